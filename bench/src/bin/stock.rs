//! The stock file: its import beside what reading and decompressing the same file costs, memory, look-ups, and PostgreSQL's
//! COPY of the same columns. Files of invented establishments are made for it and removed afterwards.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use bench::disk::{self, Took};
use bench::mailbox::Mailbox;
use bench::report::{Report, figure, mib};
use bench::service::{Ran, Service};
use bench::settings::Settings;
use bench::stock_file::{absent_siret, compress, scattered, siret, write};
use clap::Parser;
use directory::Stock;
use domain::values::Siret;
use serde::Serialize;
use sqlx::Executor;

/// Look-ups of each kind.
const LOOK_UPS: u64 = 200_000;
/// Look-ups from a thread that may wait, as a service makes them.
const SPAWNED: u64 = 20_000;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    settings: Settings,
    /// Sizes of the files, in establishments.
    #[arg(long, value_delimiter = ',', default_values_t = [1_000_000])]
    rows: Vec<u64>,
    /// How often each is read and imported; medians count.
    #[arg(long, default_value_t = 3)]
    repeats: usize,
}

/// Bytes, memory and times of one file.
#[derive(Default, Serialize)]
struct Figures {
    rows: u64,
    load: String,
    plain_bytes: u64,
    gzip_bytes: u64,
    read: Seconds,
    count_lines: Seconds,
    decompress: Seconds,
    import_plain: Seconds,
    import_gzip: Seconds,
    import_again: Seconds,
    peak_growth_kib: u64,
    index_bytes: u64,
    copy_s: f64,
    primary_key_s: f64,
    look_ups: Vec<LookUps>,
}

/// By the clock, and on a core.
#[derive(Clone, Copy, Default, Serialize)]
struct Seconds {
    wall: f64,
    cpu: f64,
}

/// Microseconds of look-ups.
#[derive(Serialize)]
struct LookUps {
    kind: &'static str,
    p50_us: f64,
    p99_us: f64,
    max_us: f64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mailbox = Mailbox::open().await?;
    let service = Service::start(&arguments.settings, mailbox.url())?;
    let mut all = Vec::new();
    for &rows in &arguments.rows {
        all.push(measured(&service, rows, arguments.repeats).await?);
    }
    import_report(&all).write(&all)?;
    for report in [size_report(&all), look_up_report(&all)] {
        report.write(&"the figures are above")?;
    }
    Ok(())
}

async fn measured(service: &Service, rows: u64, repeats: usize) -> anyhow::Result<Figures> {
    let files = Files::write(service.folder(), rows)?;
    let stock = Stock::of_data_dir(service.folder());
    // A file of a smaller size would be taken for one that was cut off.
    let _ = fs::remove_file(stock.path());
    let small = import(service, &files.small)?;
    let mut figures = Figures {
        rows,
        load: fs::read_to_string("/proc/loadavg")?.chars().take(4).collect(),
        plain_bytes: fs::metadata(&files.plain)?.len(),
        gzip_bytes: fs::metadata(&files.gzip)?.len(),
        ..Figures::default()
    };
    // Limit and import by turns, so that both meet the same neighbours on the machine.
    let mut took: [Vec<Took>; 6] = Default::default();
    for _ in 0..repeats {
        let mut imported = |file: &Path, over_an_old_one: bool| -> anyhow::Result<Took> {
            if !over_an_old_one {
                let _ = fs::remove_file(stock.path());
            }
            disk::forget(file)?;
            let ran = import(service, file)?;
            let growth = ran.peak_rss_kib.saturating_sub(small.peak_rss_kib);
            figures.peak_growth_kib = figures.peak_growth_kib.max(growth);
            Ok(Took {
                wall: ran.took.saturating_sub(small.took),
                cpu: ran.cpu.saturating_sub(small.cpu),
            })
        };
        disk::forget(&files.plain)?;
        took[0].push(disk::read(&files.plain)?);
        disk::forget(&files.plain)?;
        took[1].push(disk::count_lines(&files.plain)?.0);
        took[2].push(imported(&files.plain, false)?);
        took[3].push(imported(&files.plain, true)?);
        disk::forget(&files.gzip)?;
        took[4].push(disk::decompress(&files.gzip)?);
        took[5].push(imported(&files.gzip, false)?);
    }
    [
        figures.read,
        figures.count_lines,
        figures.import_plain,
        figures.import_again,
        figures.decompress,
        figures.import_gzip,
    ] = took.map(medians);
    figures.index_bytes = fs::metadata(stock.path())?.len();
    figures.look_ups = look_ups(&stock, rows).await?;
    (figures.copy_s, figures.primary_key_s) = copy(&service.postgres_url, &files.three).await?;
    Ok(figures)
}

fn import(service: &Service, file: &Path) -> anyhow::Result<Ran> {
    service.watched_command(&["directory", "import", "sirene", &file.display().to_string()])
}

fn medians(took: Vec<Took>) -> Seconds {
    let median = |of: fn(&Took) -> Duration| {
        let mut each: Vec<_> = took.iter().map(of).collect();
        each.sort_unstable();
        each.get(each.len() / 2).map_or(0.0, Duration::as_secs_f64)
    };
    Seconds {
        wall: median(|it| it.wall),
        cpu: median(|it| it.cpu),
    }
}

/// The files of one size. They go when they are not needed any more.
struct Files {
    plain: PathBuf,
    gzip: PathBuf,
    three: PathBuf,
    small: PathBuf,
}

impl Files {
    fn write(folder: &Path, rows: u64) -> anyhow::Result<Self> {
        let [plain, gzip, three, small] =
            ["stock.csv", "stock.csv.gz", "three.csv", "small.csv"].map(|name| folder.join(name));
        write(&small, &three, 1_000)?;
        write(&plain, &three, rows).context("the file cannot be written")?;
        compress(&plain, &gzip).context("the file cannot be compressed")?;
        Ok(Self {
            plain,
            gzip,
            three,
            small,
        })
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        for file in [&self.plain, &self.gzip, &self.three, &self.small] {
            let _ = fs::remove_file(file);
        }
    }
}

async fn look_ups(stock: &Stock, rows: u64) -> anyhow::Result<Vec<LookUps>> {
    let asked = |number_of: fn(u64) -> u64, round: u64| {
        let numbers = (0..LOOK_UPS).map(move |it| scattered(it ^ round << 40) % rows);
        numbers
            .map(move |it| Siret::parse(&format!("{:014}", number_of(it.max(1)))))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| anyhow::anyhow!("an invented SIRET is not valid"))
    };
    let (hits, misses) = (asked(siret, 1)?, asked(absent_siret, 2)?);
    // Once for nothing, so that the index lies in memory.
    hits.iter().chain(&misses).for_each(|it| drop(stock.look_up(it)));
    let mut told = Vec::new();
    for (kind, sirets, is_listed) in [("listed", &hits, true), ("not listed", &misses, false)] {
        let mut took = Vec::with_capacity(sirets.len());
        for siret in sirets {
            let begun = Instant::now();
            let found = stock.look_up(siret)?;
            took.push(begun.elapsed());
            ensure!(found.is_some() == is_listed, "a look-up is wrong");
        }
        told.push(percentiles(kind, took));
    }
    let mut took = Vec::new();
    for siret in hits.into_iter().take(SPAWNED as usize) {
        let (stock, begun) = (stock.clone(), Instant::now());
        tokio::task::spawn_blocking(move || stock.look_up(&siret)).await??;
        took.push(begun.elapsed());
    }
    told.push(percentiles("listed, in a thread that may wait", took));
    told.push(percentiles("the disk asked anew each time", cold(stock, rows)?));
    Ok(told)
}

/// Look-ups whose pages the system has been told to forget.
fn cold(stock: &Stock, rows: u64) -> anyhow::Result<Vec<Duration>> {
    let mut took = Vec::new();
    for number in 0..500 {
        disk::forget(&stock.path())?;
        let siret = Siret::parse(&format!("{:014}", siret((scattered(number) % rows).max(1))))
            .map_err(|_| anyhow::anyhow!("an invented SIRET is not valid"))?;
        let begun = Instant::now();
        stock.look_up(&siret)?;
        took.push(begun.elapsed());
    }
    Ok(took)
}

fn percentiles(kind: &'static str, mut took: Vec<Duration>) -> LookUps {
    took.sort_unstable();
    let at = |share: f64| {
        let rank = (took.len() as f64 * share).ceil() as usize;
        took.get(rank.saturating_sub(1))
            .map_or(0.0, |it| it.as_secs_f64() * 1e6)
    };
    LookUps {
        kind,
        p50_us: at(0.5),
        p99_us: at(0.99),
        max_us: at(1.0),
    }
}

/// COPY of the three columns into a bare table, and then its primary key, without which nothing can be looked up.
async fn copy(url: &str, three: &Path) -> anyhow::Result<(f64, f64)> {
    let mut connection = runtime::postgres::connect_once(&runtime::Secret::new(url), "bench").await?;
    connection
        .execute("CREATE TABLE bench_stock (siret bigint, closed boolean, closed_on date)")
        .await?;
    let begun = Instant::now();
    let mut copy = connection
        .copy_in_raw("COPY bench_stock FROM STDIN (FORMAT csv)")
        .await?;
    let file = std::io::BufReader::with_capacity(256 * 1024, fs::File::open(three)?);
    let mut file = file;
    loop {
        let text = std::io::BufRead::fill_buf(&mut file)?;
        if text.is_empty() {
            break;
        }
        copy.send(text).await?;
        let count = text.len();
        std::io::BufRead::consume(&mut file, count);
    }
    copy.finish().await?;
    let copied = begun.elapsed().as_secs_f64();
    connection
        .execute("ALTER TABLE bench_stock ADD PRIMARY KEY (siret)")
        .await?;
    let keyed = begun.elapsed().as_secs_f64() - copied;
    connection.execute("DROP TABLE bench_stock").await?;
    Ok((copied, keyed))
}

fn import_report(all: &[Figures]) -> Report {
    let mut report = Report::new(
        "Stock file: import",
        &[
            "rows",
            "beside",
            "file GB",
            "raw s (CPU)",
            "raw MB/s",
            "import s (CPU)",
            "import MB/s",
            "of raw",
            "rows/s",
            "load",
        ],
    );
    for it in all {
        for (beside, bytes, raw, import) in [
            ("plain: read only", it.plain_bytes, it.read, it.import_plain),
            (
                "plain: lines counted",
                it.plain_bytes,
                it.count_lines,
                it.import_plain,
            ),
            (
                "plain, over an old index: read only",
                it.plain_bytes,
                it.read,
                it.import_again,
            ),
            ("gzip: decompressed", it.gzip_bytes, it.decompress, it.import_gzip),
        ] {
            let rate = |of: Seconds| figure(it.plain_bytes as f64 / 1e6 / of.wall);
            let told = |of: Seconds| format!("{} ({})", figure(of.wall), figure(of.cpu));
            report.row([
                it.rows.to_string(),
                beside.to_owned(),
                figure(bytes as f64 / 1e9),
                told(raw),
                rate(raw),
                told(import),
                rate(import),
                figure(raw.wall / import.wall),
                figure(it.rows as f64 / import.wall),
                it.load.clone(),
            ]);
        }
    }
    report.note(
        "Each import is the whole command on the running service, less the command with a file of 1,000 rows; flushing the index to the disk is in it. \
         MB/s are of the text after decompression; CPU sums all threads. Files are read from the disk: the system was told to forget them before. \
         Read only: 256 KiB a read, nothing done with it; lines counted with the same search as the import's; decompressed by the same decoder. \
         Medians, limit and import by turns.",
    );
    report
}

fn size_report(all: &[Figures]) -> Report {
    let mut report = Report::new(
        "Stock file: memory and size, and PostgreSQL",
        &[
            "rows",
            "peak RSS growth MiB",
            "index MB",
            "import rows/s",
            "COPY rows/s",
            "COPY and primary key rows/s",
        ],
    );
    for it in all {
        let rate = |seconds: f64| figure(it.rows as f64 / seconds);
        report.row([
            it.rows.to_string(),
            mib(it.peak_growth_kib),
            figure(it.index_bytes as f64 / 1e6),
            rate(it.import_plain.wall),
            rate(it.copy_s),
            rate(it.copy_s + it.primary_key_s),
        ]);
    }
    report.note(
        "Growth: the largest of all imports, beside the same command with 1,000 rows. COPY: the three columns alone, cut out before, into a bare table \
         on the service's PostgreSQL; nothing can be looked up in it before it has its key.",
    );
    report
}

fn look_up_report(all: &[Figures]) -> Report {
    let mut report = Report::new(
        "Stock file: look-ups",
        &["rows", "which", "p50 µs", "p99 µs", "max µs"],
    );
    for it in all {
        for of in &it.look_ups {
            let cells = [of.p50_us, of.p99_us, of.max_us].map(figure);
            report.row([it.rows.to_string(), of.kind.to_owned()].into_iter().chain(cells));
        }
    }
    report.note(
        "`Stock::look_up` at random places, the index in the system's memory save in the last kind; each look asks the system whether the file was replaced.",
    );
    report
}

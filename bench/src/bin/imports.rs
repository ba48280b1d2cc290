//! The organisation's files: their import, first and again, beside PostgreSQL's COPY of the same rows into the same tables
//! and beside reading the file.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bench::disk;
use bench::mailbox::Mailbox;
use bench::report::{Report, figure, mib};
use bench::service::{Ran, Service};
use bench::settings::Settings;
use clap::Parser;
use domain::values::Siret;
use serde::Serialize;
use sqlx::Executor;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    settings: Settings,
    /// Lines of each file.
    #[arg(long, default_value_t = 200_000)]
    rows: u64,
}

/// Seconds and memory of one kind of file.
#[derive(Serialize)]
struct Figures {
    kind: &'static str,
    rows: u64,
    load: String,
    read_s: f64,
    copy_s: f64,
    first_s: f64,
    again_s: f64,
    replace_s: f64,
    peak_growth_kib: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mailbox = Mailbox::open().await?;
    let service = Service::start(&arguments.settings, mailbox.url())?;
    let mut all = Vec::new();
    for kind in ["establishments", "contacts"] {
        all.push(measured(&service, kind, arguments.rows).await?);
    }
    report(&all).write(&all)
}

async fn measured(service: &Service, kind: &'static str, rows: u64) -> anyhow::Result<Figures> {
    let file = Lines::of(kind).write(service.folder(), rows)?;
    let small = Lines::of(kind).write(&service.folder().join("small"), 1)?;
    let load = fs::read_to_string("/proc/loadavg")?.chars().take(4).collect();
    let read = disk::read(&file)?;
    let alone = import(service, kind, &small, &[])?;
    let less = |ran: Ran| ran.took.saturating_sub(alone.took).as_secs_f64();
    let first = import(service, kind, &file, &[])?;
    let again = import(service, kind, &file, &[])?;
    let copied = copy(&service.postgres_url, kind).await?;
    let replaced = import(service, kind, &file, &["--replace"])?;
    fs::remove_file(&file)?;
    let peak = [first, again, replaced].map(|it| it.peak_rss_kib);
    Ok(Figures {
        kind,
        rows,
        load,
        read_s: read.wall.as_secs_f64(),
        copy_s: copied.as_secs_f64(),
        first_s: less(first),
        again_s: less(again),
        replace_s: less(replaced),
        peak_growth_kib: peak
            .into_iter()
            .max()
            .unwrap_or(0)
            .saturating_sub(alone.peak_rss_kib),
    })
}

fn import(service: &Service, kind: &str, file: &Path, more: &[&str]) -> anyhow::Result<Ran> {
    let file = file.display().to_string();
    service.watched_command(&[&["directory", "import", kind, &file], more].concat())
}

/// Lines of an invented file.
struct Lines {
    header: &'static str,
    line: fn(u64, &str) -> String,
}

impl Lines {
    fn of(kind: &str) -> Self {
        match kind {
            "contacts" => Self {
                header: "contact_id,civility,last_name,first_name,email,sirets",
                line: |n, siret| format!("C{n},Mme,Nom,Prenom,contact{n}@example.org,{siret}"),
            },
            _ => Self {
                header: "siret,name,idcc,member_number,training_declaration_number,state",
                line: |n, siret| format!("{siret},ETABLISSEMENT INVENTE {n},1979,{n:07},,active"),
            },
        }
    }

    fn write(&self, folder: &Path, rows: u64) -> anyhow::Result<PathBuf> {
        fs::create_dir_all(folder)?;
        let path = folder.join("file.csv");
        let mut file = BufWriter::new(File::create(&path)?);
        writeln!(file, "{}", self.header)?;
        let sirets = (1..).filter_map(|n| Siret::parse(&format!("{n:014}")).ok());
        for (n, siret) in (1..=rows).zip(sirets) {
            writeln!(file, "{}", (self.line)(n, siret.as_str()))?;
        }
        file.flush()?;
        Ok(path)
    }
}

/// COPY of the very rows that the import made, into an empty table with the same indexes and checks and without the
/// trigger, in one transaction.
async fn copy(url: &str, kind: &str) -> anyhow::Result<Duration> {
    let mut connection = runtime::postgres::connect_once(&runtime::Secret::new(url), "bench").await?;
    let text = {
        let mut rows = Vec::new();
        let mut out = connection
            .copy_out_raw(&format!("COPY directory.{kind} TO STDOUT (FORMAT csv)"))
            .await?;
        while let Some(chunk) = futures::StreamExt::next(&mut out).await {
            rows.extend_from_slice(&chunk?);
        }
        rows
    };
    let make = format!("CREATE TABLE bench_copy (LIKE directory.{kind} INCLUDING ALL)");
    connection.execute(make.as_str()).await?;
    let begun = Instant::now();
    let mut copy = connection
        .copy_in_raw("COPY bench_copy FROM STDIN (FORMAT csv)")
        .await?;
    for chunk in text.chunks(256 * 1024) {
        copy.send(chunk).await?;
    }
    copy.finish().await?;
    let took = begun.elapsed();
    connection.execute("DROP TABLE bench_copy").await?;
    Ok(took)
}

fn report(all: &[Figures]) -> Report {
    let mut report = Report::new(
        "Imports of the organisation's files",
        &[
            "file",
            "rows",
            "COPY rows/s",
            "first rows/s",
            "of COPY",
            "again rows/s",
            "again, --replace rows/s",
            "reading alone rows/s",
            "peak RSS growth MiB",
            "load",
        ],
    );
    for it in all {
        let rate = |seconds: f64| figure(it.rows as f64 / seconds);
        report.row([
            it.kind.to_owned(),
            it.rows.to_string(),
            rate(it.copy_s),
            rate(it.first_s),
            figure(it.copy_s / it.first_s),
            rate(it.again_s),
            rate(it.replace_s),
            rate(it.read_s),
            mib(it.peak_growth_kib),
            it.load.clone(),
        ]);
    }
    report.note(
        "Each import is the whole command on the running service, less the command with a file of one line. COPY: the very rows that the import made, \
         already indexed and sealed, into an empty table with the same indexes and checks, in one transaction and without the trigger that notes changed contacts. \
         Reading alone: the file from the system's memory.",
    );
    report
}

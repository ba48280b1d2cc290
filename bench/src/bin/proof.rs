//! Proof: what it costs to sign, to replay, to verify and to export a long log, beside COPY of the same rows
//! and SHA-256 of as many bytes alone.

use std::time::{Duration, Instant};

use bench::long_log::{self, EVENTS_EACH};
use bench::mailbox::Mailbox;
use bench::report::{Report, figure, mib};
use bench::service::{Ran, Service};
use bench::settings::Settings;
use clap::Parser;
use futures::TryStreamExt;
use serde::Serialize;
use sqlx::PgPool;
use tlog::Frontier;

/// What a verifier must read.
const COPY: &str = "COPY (SELECT * FROM public.events ORDER BY position) TO STDOUT";

#[derive(Parser)]
struct Asked {
    #[command(flatten)]
    settings: Settings,
    /// How many events; each number is reached from the one before.
    #[arg(long, value_delimiter = ',', default_value = "100000,1000000")]
    events: Vec<u64>,
    /// Also the verifier in Python on the export.
    #[arg(long)]
    python: bool,
}

#[derive(Serialize)]
struct Row {
    events: u64,
    what: String,
    seconds: f64,
    per_second: f64,
    peak_rss_kib: Option<u64>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let asked = Asked::parse();
    let mailbox = Mailbox::open().await?;
    let service = Service::start(&asked.settings, mailbox.url())?;
    let pool = database::pool_options().connect(&service.postgres_url).await?;
    let mut rows = Vec::new();
    let mut there = 0;
    for events in &asked.events {
        let more = (events.saturating_sub(there)).div_ceil(EVENTS_EACH);
        let signing = long_log::grow(&pool, more, there).await?;
        rows.push(Row::of(more * EVENTS_EACH, "signed", signing, None));
        there += more * EVENTS_EACH;
        let bytes = copy(&pool, there, &mut rows).await?;
        hash(there, bytes, &mut rows);
        let folder = service.folder().join(format!("export-{there}"));
        let folder = folder.display().to_string();
        let commands: [(&str, &[&str]); 4] = [
            ("audit replay", &["audit", "replay"]),
            ("audit verify", &["audit", "verify"]),
            ("audit export", &["audit", "export", &folder]),
            ("audit verify --export", &["audit", "verify", "--export", &folder]),
        ];
        for (what, arguments) in commands {
            let ran = service.watched_command(arguments)?;
            rows.push(Row::of(there, what, ran.took, Some(ran)));
        }
        if asked.python {
            let begun = Instant::now();
            let ended = std::process::Command::new("python3")
                .arg(format!("{folder}/verify.py"))
                .arg(&folder)
                .status()?;
            anyhow::ensure!(ended.success(), "verify.py: {ended}");
            rows.push(Row::of(there, "verify.py", begun.elapsed(), None));
        }
        std::fs::remove_dir_all(folder)?;
    }
    let mut report = Report::new(
        "Proof",
        &["events", "what", "seconds", "events/s", "peak RSS MiB"],
    );
    for row in &rows {
        report.row([
            row.events.to_string(),
            row.what.clone(),
            figure(row.seconds),
            figure(row.per_second),
            row.peak_rss_kib.map_or_else(|| "–".to_owned(), mib),
        ]);
    }
    report.note(
        "Sequenced and signed: from the last insert's commit until a checkpoint covers everything, while the relay also \
         publishes and the projector folds. COPY: the same rows, read by one client and thrown away. SHA-256: as many \
         bytes, and the tree over them, on one core. Commands start the program and connect; `up` is at rest.",
    );
    report.write(&rows)
}

impl Row {
    fn of(events: u64, what: &str, took: Duration, ran: Option<Ran>) -> Self {
        Self {
            events,
            what: what.to_owned(),
            seconds: took.as_secs_f64(),
            per_second: events as f64 / took.as_secs_f64(),
            peak_rss_kib: ran.map(|it| it.peak_rss_kib),
        }
    }
}

async fn copy(pool: &PgPool, events: u64, rows: &mut Vec<Row>) -> anyhow::Result<u64> {
    let begun = Instant::now();
    let mut connection = pool.acquire().await?;
    let mut bytes = 0;
    {
        let mut stream = connection.copy_out_raw(COPY).await?;
        while let Some(chunk) = stream.try_next().await? {
            bytes += chunk.len() as u64;
        }
    }
    rows.push(Row::of(events, "COPY of the same rows", begun.elapsed(), None));
    Ok(bytes)
}

fn hash(events: u64, bytes: u64, rows: &mut Vec<Row>) {
    let entry = vec![0x61; (bytes / events.max(1)) as usize];
    let begun = Instant::now();
    let mut tree = Frontier::default();
    for _ in 0..events {
        tree.push(tlog::hash::leaf(std::hint::black_box(&entry)));
    }
    std::hint::black_box(tree.root());
    rows.push(Row::of(
        events,
        "SHA-256 of as many bytes, and the tree",
        begun.elapsed(),
        None,
    ));
}

//! The example clients as they are: from an event's commit until the client has kept its effect and the server has taken
//! its acknowledgement.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::Context;
use bench::client::Client;
use bench::load::{Measured, open_loop};
use bench::mailbox::Mailbox;
use bench::people::People;
use bench::report::{Report, figure};
use bench::service::Service;
use bench::settings::Settings;
use chrono::{DateTime, Utc};
use clap::Parser;
use futures::StreamExt;
use runtime::config::Secret;
use runtime::nats;
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

/// Each start commits one of these.
const EVENT: &str = "IdentitySubmitted";
/// Starts a second.
const RATES: [f64; 2] = [5.0, 100.0];
/// How long the next acknowledgement may take.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Parser)]
struct Asked {
    #[command(flatten)]
    settings: Settings,
    /// The folder with the examples.
    #[arg(long, default_value = "examples")]
    examples: PathBuf,
    /// The program of the example in Rust; beside this one when absent.
    #[arg(long)]
    rust: Option<PathBuf>,
    /// Where Python finds the packages of its example.
    #[arg(long, default_value = ".onboarding/tools/python")]
    python_path: PathBuf,
}

#[derive(Serialize)]
struct Row {
    client: &'static str,
    starts_per_second: f64,
    events: u64,
    p50_ms: f64,
    p99_ms: f64,
}

/// What the server says of an acknowledgement.
#[derive(Deserialize)]
struct Acknowledged {
    timestamp: DateTime<Utc>,
    stream_seq: u64,
}

/// A client; killed when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let asked = Asked::parse();
    let beside = std::env::current_exe()?
        .with_file_name("examples")
        .join("consumer");
    let examples = asked.examples.canonicalize()?;
    let clients = [
        ("rust", asked.rust.clone().unwrap_or(beside), None),
        (
            "python",
            "python3".into(),
            Some(examples.join("python/consumer.py")),
        ),
        ("node", "node".into(), Some(examples.join("node/consumer.mjs"))),
    ];
    let mailbox = Mailbox::open().await?;
    let service = Service::start(&asked.settings, mailbox.url())?;
    let pool = database::pool_options().connect(&service.postgres_url).await?;
    let mut rows = Vec::new();
    for (name, program, script) in clients {
        let mut command = Command::new(&program);
        command
            .args(script)
            .env("PYTHONPATH", asked.python_path.canonicalize().unwrap_or_default())
            .env("FEED_STORE", service.folder().join(format!("{name}.store")));
        rows.extend(measure(&asked, &service, &pool, name, command).await?);
    }

    let mut report = Report::new(
        "Example clients",
        &["client", "starts/s", "events", "p50 ms", "p99 ms"],
    );
    for row in &rows {
        report.row([
            row.client.to_owned(),
            figure(row.starts_per_second),
            row.events.to_string(),
            figure(row.p50_ms),
            figure(row.p99_ms),
        ]);
    }
    report.note(
        "From the time of the event (the database's clock, within its transaction) to the time at which the server took the \
         acknowledgement, as it tells itself; in between each client keeps its effect as its file shows: Python in SQLite \
         with a flush of the disk an event, Rust and Node in a file that is written anew and renamed.",
    );
    report.write(&rows)
}

async fn measure(
    asked: &Asked,
    service: &Service,
    pool: &PgPool,
    name: &'static str,
    mut command: Command,
) -> anyhow::Result<Vec<Row>> {
    let told = service.command(&["subscriber", "add", name, "--events", EVENT, "--from", "now"])?;
    for line in String::from_utf8(told)?.lines() {
        let (variable, value) = line.split_once('=').context("a line of the five")?;
        command.env(variable, value);
    }
    let nats = nats::connect(&Secret::new(&service.nats_url), "bench").await?;
    let metric = format!(
        "$JS.EVENT.METRIC.CONSUMER.ACK.SUBSCRIBER_{}.>",
        name.to_uppercase()
    );
    let mut acknowledged = nats.subscribe(metric).await?;
    nats.flush().await?;
    let log = std::fs::File::create(service.folder().join(format!("{name}.log")))?;
    let _client = Running(
        command
            .current_dir(service.folder())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .with_context(|| format!("{name} does not start"))?,
    );
    let client = Client::new(&service.url)?;
    let people = std::sync::Arc::new(People::newcomers());
    let mut rows = Vec::new();
    // A first turn that does not count: the program begins, and its files are made.
    for rate in [RATES[0]].into_iter().chain(RATES) {
        let before: i64 = sqlx::query_scalar("SELECT coalesce(max(position), 0) FROM events")
            .fetch_one(pool)
            .await?;
        let lasting = asked.settings.window() * 2;
        let (client, people) = (client.clone(), people.clone());
        let starts = open_loop(rate, lasting, move || {
            let (client, person) = (client.clone(), people.next());
            async move { client.start(&person).await.map(drop) }
        })
        .await?;
        let mut taken = Vec::new();
        for _ in 0..starts {
            let told = tokio::time::timeout(PATIENCE, acknowledged.next()).await;
            let told = told.with_context(|| format!("{name} did not acknowledge in time"))?;
            let told: Acknowledged = serde_json::from_slice(&told.context("NATS went away")?.payload)?;
            taken.push((told.stream_seq, told.timestamp));
        }
        // Its own stream holds the events in the order of the log.
        taken.sort_unstable();
        let committed: Vec<DateTime<Utc>> = sqlx::query_scalar(
            "SELECT recorded_at FROM events WHERE event_type = $1 AND position > $2 ORDER BY position",
        )
        .bind(EVENT)
        .bind(before)
        .fetch_all(pool)
        .await?;
        anyhow::ensure!(committed.len() == taken.len(), "one acknowledgement an event");
        let took = committed
            .iter()
            .zip(&taken)
            .map(|(from, (_, to))| {
                (*to - *from)
                    .to_std()
                    .context("acknowledged before it was committed")
            })
            .collect::<anyhow::Result<Vec<_>>>()?;
        let events = took.len() as u64;
        let measured = Measured::of(took, lasting);
        rows.push(Row {
            client: name,
            starts_per_second: rate,
            events,
            p50_ms: measured.p50_ms,
            p99_ms: measured.p99_ms,
        });
    }
    Ok(rows.split_off(1))
}

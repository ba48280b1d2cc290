//! The feed: publishing, verifying, and what a subscriber has of it, alone and among a hundred.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use async_nats::header::{
    HeaderMap, NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL, NATS_BATCH_ID, NATS_BATCH_SEQUENCE,
};
use async_nats::jetstream::consumer::pull;
use async_nats::jetstream::stream::Config;
use async_nats::{Client as Nats, jetstream};
use bench::client::Client;
use bench::family;
use bench::load::{Measured, open_loop};
use bench::long_log::{self, EVENTS_EACH};
use bench::mailbox::Mailbox;
use bench::people::People;
use bench::report::{Report, figure};
use bench::service::Service;
use bench::settings::Settings;
use chrono::Utc;
use clap::Parser;
use domain::EventMessage;
use futures::StreamExt;
use runtime::config::Secret;
use runtime::nats;
use serde::Serialize;
use tokio::sync::mpsc;

/// How many subscribers are many.
const MANY: usize = 100;
/// Of these, each start commits one and each registration of the long log has one.
const EVENT: &str = "IdentitySubmitted";
/// Messages of an atomic batch, and their bytes: as the relay's.
const BATCH: usize = 1_000;
const BYTES: usize = 900;
/// Forgets the read models, so that the projector finds itself at the beginning of the log.
const FORGET: &str = "
    TRUNCATE read.registrations, read.people, read.people_establishments, read.funnel;
    UPDATE read.checkpoints SET position = 0";
/// How long the next message may take.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Parser)]
struct Asked {
    #[command(flatten)]
    settings: Settings,
    /// Events in the log.
    #[arg(long, default_value_t = 100_000)]
    events: u64,
}

#[derive(Serialize)]
struct Row {
    what: String,
    events: u64,
    per_second: f64,
    /// Beside the bare limit of this run, where the two do the same.
    of_the_limit: Option<f64>,
    p50_ms: Option<f64>,
    p99_ms: Option<f64>,
    /// Time on a core an event, of the service and its servers. Milliseconds.
    cpu_ms: Option<f64>,
}

/// Makes the running projector fold the log from its beginning, and answers how long that took from its first page on.
async fn project_again(pool: &sqlx::PgPool, client: &Client, events: u64) -> anyhow::Result<Duration> {
    sqlx::raw_sql(FORGET).execute(pool).await?;
    // A new event makes it look where it stands.
    client.start(&People::newcomers().next()).await?;
    let (mut begun, mut first) = (Instant::now(), 0);
    loop {
        let position: i64 = sqlx::query_scalar("SELECT min(position) FROM read.checkpoints")
            .fetch_one(pool)
            .await?;
        let position = position.unsigned_abs();
        if first == 0 && position > 0 {
            (begun, first) = (Instant::now(), position);
        }
        if position >= events {
            // As if its first page had taken as long as the others.
            let share = events as f64 / (events - first).max(1) as f64;
            return Ok(begun.elapsed().mul_f64(share));
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let asked = Asked::parse();
    let mailbox = Mailbox::open().await?;
    let service = Service::start(&asked.settings, mailbox.url())?;
    let pool = database::pool_options().connect(&service.postgres_url).await?;
    let nats = nats::connect(&Secret::new(&service.nats_url), "bench").await?;
    let mut rows = Vec::new();

    long_log::grow(&pool, asked.events.div_ceil(EVENTS_EACH), 0).await?;
    let events = asked.events.div_ceil(EVENTS_EACH) * EVENTS_EACH;
    let bare = bare_batches(&nats, events).await?;
    rows.push(Row::rate("atomic batches of 1,000 alone", events, bare, None));
    for (what, command) in [("bus rebuild", "rebuild"), ("bus verify", "verify")] {
        let took = service.watched_command(&["bus", command])?.took;
        let limit = (command == "rebuild").then_some(bare);
        rows.push(Row::rate(what, events, took, limit));
    }
    let took = project_again(&pool, &Client::new(&service.url)?, events).await?;
    rows.push(Row::rate(
        "the read models made again by the projector",
        events,
        took,
        None,
    ));

    add(&service, "alone", "start")?;
    // One for each registration of the long log, and that of the start just made.
    let each = events / EVENTS_EACH + 1;
    let mut alone = fetch(&nats, "alone").await?;
    rows.push(Row::rate(
        "one subscriber catches up",
        each,
        drain(&mut alone, each).await?,
        None,
    ));
    service.command(&["subscriber", "replay", "alone", "--from", "1", "--rate", "100000"])?;
    rows.push(Row::rate(
        "a replay, unthrottled",
        each,
        drain(&mut alone, each).await?,
        None,
    ));

    let client = Client::new(&service.url)?;
    let window = asked.settings.window() * 2;
    for (what, rate) in [
        ("5 starts/s, one subscriber", 5.0),
        ("100 starts/s, one subscriber", 100.0),
    ] {
        rows.push(live(&service, &client, what, rate, window, &mut [&mut alone]).await?);
    }
    let names: Vec<String> = (1..MANY).map(|number| format!("many-{number}")).collect();
    let mut many = Vec::with_capacity(MANY - 1);
    for name in &names {
        add(&service, name, "now")?;
        many.push(fetch(&nats, name).await?);
    }
    let mut everybody: Vec<&mut Fetched> = std::iter::once(&mut alone).chain(&mut many).collect();
    rows.push(
        live(
            &service,
            &client,
            "5 starts/s, a hundred subscribers",
            5.0,
            window,
            &mut everybody,
        )
        .await?,
    );

    let mut report = Report::new(
        "Feed",
        &[
            "what",
            "events",
            "events/s",
            "of the limit",
            "p50 ms",
            "p99 ms",
            "CPU ms/event",
        ],
    );
    for row in &rows {
        let told = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), figure);
        report.row([
            row.what.clone(),
            row.events.to_string(),
            figure(row.per_second),
            told(row.of_the_limit),
            told(row.p50_ms),
            told(row.p99_ms),
            told(row.cpu_ms),
        ]);
    }
    report.note(
        "Commands start the program and connect. Milliseconds are taken as in Delivery, to the arrival at the subscriber's \
         client, which acknowledges each message. CPU is that of `up`, PostgreSQL and nats-server together, divided by the \
         events handed over to all subscribers; what the starts themselves cost is in it.",
    );
    report.write(&rows)
}

impl Row {
    fn rate(what: &str, events: u64, took: Duration, limit: Option<Duration>) -> Self {
        Self {
            what: what.to_owned(),
            events,
            per_second: events as f64 / took.as_secs_f64(),
            of_the_limit: limit.map(|limit| limit.as_secs_f64() / took.as_secs_f64()),
            p50_ms: None,
            p99_ms: None,
            cpu_ms: None,
        }
    }
}

/// As many messages as events, in atomic batches, onto a stream of the same server, and nothing else.
async fn bare_batches(nats: &Nats, events: u64) -> anyhow::Result<Duration> {
    let context = jetstream::new(nats.clone());
    let config = Config {
        name: "BENCH".to_owned(),
        subjects: vec!["bench.>".to_owned()],
        allow_atomic_publish: true,
        ..Config::default()
    };
    context.create_stream(config).await?;
    let payload = vec![b'x'; BYTES];
    let begun = Instant::now();
    let mut left = usize::try_from(events)?;
    while left > 0 {
        let batch = left.min(BATCH);
        let id = uuid::Uuid::new_v4().simple().to_string();
        for place in 1..=batch {
            let mut headers = HeaderMap::new();
            headers.insert(NATS_BATCH_ID, id.as_str());
            headers.insert(NATS_BATCH_SEQUENCE, place.to_string());
            if place < batch {
                nats.publish_with_headers("bench.event", headers, payload.clone().into())
                    .await?;
            } else {
                headers.insert(NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL);
                let answer = nats
                    .request_with_headers("bench.event", headers, payload.clone().into())
                    .await?;
                let answer: serde_json::Value = serde_json::from_slice(&answer.payload)?;
                anyhow::ensure!(answer.get("error").is_none(), "a batch was refused: {answer}");
            }
        }
        left -= batch;
    }
    let took = begun.elapsed();
    context.delete_stream("BENCH").await?;
    Ok(took)
}

fn add(service: &Service, name: &str, from: &str) -> anyhow::Result<()> {
    service
        .command(&["subscriber", "add", name, "--events", EVENT, "--from", from])
        .map(drop)
}

/// What comes to one subscriber: how long after its time each message arrived.
struct Fetched(mpsc::UnboundedReceiver<Duration>);

/// A client that fetches and acknowledges. It uses the service's own credential, which makes no difference in speed.
async fn fetch(nats: &Nats, name: &str) -> anyhow::Result<Fetched> {
    let stream = format!("SUBSCRIBER_{}", name.to_uppercase());
    let consumer: jetstream::consumer::Consumer<pull::Config> = jetstream::new(nats.clone())
        .get_consumer_from_stream(name, stream)
        .await?;
    let mut messages = consumer.messages().await?;
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(Ok(message)) = messages.next().await {
            let arrived = Utc::now();
            let Ok(event) = EventMessage::from_bytes(&message.payload) else {
                continue;
            };
            if message.ack().await.is_err()
                || sender
                    .send((arrived - event.time).to_std().unwrap_or_default())
                    .is_err()
            {
                break;
            }
        }
    });
    Ok(Fetched(receiver))
}

impl Fetched {
    async fn next(&mut self) -> anyhow::Result<Duration> {
        tokio::time::timeout(PATIENCE, self.0.recv())
            .await
            .context("an event was not delivered in time")?
            .context("the client ended")
    }
}

/// How long until so many have come.
async fn drain(fetched: &mut Fetched, count: u64) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    for _ in 0..count {
        fetched.next().await?;
    }
    Ok(begun.elapsed())
}

/// Starts at a rate, and every subscriber's client.
async fn live(
    service: &Service,
    client: &Client,
    what: &str,
    rate: f64,
    lasting: Duration,
    subscribers: &mut [&mut Fetched],
) -> anyhow::Result<Row> {
    let people = Arc::new(People::newcomers());
    let before = cpu(service)?;
    let client = client.clone();
    let asked = open_loop(rate, lasting, move || {
        let (client, person) = (client.clone(), people.next());
        async move { client.start(&person).await.map(drop) }
    })
    .await?;
    let mut took = Vec::new();
    for subscriber in subscribers {
        for _ in 0..asked {
            took.push(subscriber.next().await?);
        }
    }
    let spent = cpu(service)?.saturating_sub(before);
    let events = took.len() as u64;
    let measured = Measured::of(took, lasting);
    Ok(Row {
        what: what.to_owned(),
        events,
        per_second: measured.per_second,
        of_the_limit: None,
        p50_ms: Some(measured.p50_ms),
        p99_ms: Some(measured.p99_ms),
        cpu_ms: Some(spent.as_secs_f64() * 1_000.0 / events.max(1) as f64),
    })
}

fn cpu(service: &Service) -> anyhow::Result<Duration> {
    Ok(family::uses(service.pid())?.values().map(|it| it.cpu).sum())
}

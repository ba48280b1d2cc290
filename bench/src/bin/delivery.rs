//! From an event's commit to its delivery by JetStream, to a subscriber on this machine: idle, and at 200 starts a second.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use async_nats::jetstream;
use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use bench::client::Client;
use bench::load::{Measured, open_loop};
use bench::mailbox::Mailbox;
use bench::people::People;
use bench::report::{Report, figure};
use bench::service::Service;
use bench::settings::Settings;
use chrono::Utc;
use clap::Parser;
use domain::EventMessage;
use domain::message::STREAM;
use futures::StreamExt;
use runtime::config::Secret;
use runtime::nats;
use serde::Serialize;
use tokio::sync::mpsc;

/// Starts a second.
const RATES: [(&str, f64); 2] = [("idle (5 starts/s)", 5.0), ("200 starts/s", 200.0)];
/// A newcomer's start commits so many events.
const EVENTS_PER_START: u64 = 2;
/// How long the last event may take.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Serialize)]
struct Row {
    load: &'static str,
    measured: Measured,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let settings = Settings::parse();
    let mailbox = Mailbox::open().await?;
    let service = Service::start(&settings, mailbox.url())?;
    let client = Client::new(&service.url)?;
    let mut delivered = subscribe(&service.nats_url).await?;

    let people = Arc::new(People::newcomers());
    let mut rows = Vec::new();
    for (load, rate) in RATES {
        let lasting = settings.window() * 2;
        let asking = {
            let (client, people) = (client.clone(), people.clone());
            tokio::spawn(async move {
                open_loop(rate, lasting, move || {
                    let (client, person) = (client.clone(), people.next());
                    async move { client.start(&person).await.map(drop) }
                })
                .await
            })
        };
        let mut took = Vec::new();
        let mut due = None;
        let mut asking = std::pin::pin!(asking);
        while due.is_none_or(|due| (took.len() as u64) < due) {
            tokio::select! {
                biased;
                asked = &mut asking, if due.is_none() => due = Some(asked?? * EVENTS_PER_START),
                one = tokio::time::timeout(PATIENCE, delivered.recv()) => {
                    took.push(one.context("an event was not delivered in time")?.context("the subscription ended")?);
                }
            }
        }
        rows.push(Row {
            load,
            measured: Measured::of(took, lasting),
        });
    }

    let mut report = Report::new(
        "Delivery: from the commit to a JetStream subscriber",
        &["load", "events", "events/s", "p50 ms", "p99 ms"],
    );
    for row in &rows {
        report.row([
            row.load.to_owned(),
            row.measured.count.to_string(),
            figure(row.measured.per_second),
            figure(row.measured.p50_ms),
            figure(row.measured.p99_ms),
        ]);
    }
    report.note(
        "Taken from the event's `time`, which PostgreSQL's clock gives just before the commit, to the message's arrival, by \
         the same machine's clock: so each figure includes the commit itself (one flush of the disk) \
         and the stream's own flush of the acknowledged message.",
    );
    report.write(&rows)
}

/// Listens to what comes from now on, and hands on how long after its time each message came.
async fn subscribe(url: &str) -> anyhow::Result<mpsc::UnboundedReceiver<Duration>> {
    let context = jetstream::new(nats::connect(&Secret::new(url), "bench").await?);
    let stream = context.get_stream(STREAM).await?;
    let consumer = stream
        .create_consumer(pull::OrderedConfig {
            deliver_policy: DeliverPolicy::New,
            ..Default::default()
        })
        .await?;
    let mut messages = consumer.messages().await?;
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(Ok(message)) = messages.next().await {
            let arrived = Utc::now();
            let Ok(event) = EventMessage::from_bytes(&message.payload) else {
                continue;
            };
            // Clocks of one machine agree; a leap backwards in mid-run would show as nothing rather than as a wrap.
            let took = (arrived - event.time).to_std().unwrap_or_default();
            if sender.send(took).is_err() {
                break;
            }
        }
    });
    Ok(receiver)
}

//! Checkpoints on NATS: a stream of their own, for whoever watches the logs.

use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream;
use async_nats::jetstream::stream::{Config, DiscardPolicy, StorageType};
use runtime::CancellationToken;
use runtime::outage::Outage;
use store::SignedLog;
use tokio::sync::watch;

use crate::failure::RelayError;

/// The stream that checkpoints are published in.
pub const CHECKPOINTS: &str = "CHECKPOINTS";
/// The subject of the events' log; the access log's has `.access` behind it.
pub const CHECKPOINT_SUBJECT: &str = "onboarding.checkpoint.v1";

/// Checkpoints of a log that are kept there: all of them are in the database, these are for who listens.
const KEPT: i64 = 100_000;

fn subject(log: SignedLog) -> String {
    match log {
        SignedLog::Events => CHECKPOINT_SUBJECT.to_owned(),
        SignedLog::Accesses => format!("{CHECKPOINT_SUBJECT}.access"),
    }
}

fn wanted() -> Config {
    Config {
        name: CHECKPOINTS.to_owned(),
        description: Some("Signed checkpoints of the logs (C2SP tlog-checkpoint).".to_owned()),
        subjects: vec![CHECKPOINT_SUBJECT.to_owned(), format!("{CHECKPOINT_SUBJECT}.>")],
        storage: StorageType::File,
        discard: DiscardPolicy::Old,
        max_messages_per_subject: KEPT,
        duplicate_window: Duration::from_secs(120),
        allow_direct: true,
        ..Config::default()
    }
}

/// The last note that was published; none when there is none or the bus does not say.
pub(super) async fn last(context: &jetstream::Context, log: SignedLog) -> Option<String> {
    let stream = context.get_stream(CHECKPOINTS).await.ok()?;
    let message = stream.get_last_raw_message_by_subject(&subject(log)).await.ok()?;
    String::from_utf8(message.payload.to_vec()).ok()
}

/// Publishes the newest note whenever there is one, until `shutdown`. Notes that came while NATS was away are skipped:
/// the newest covers them.
pub(super) async fn announce(
    context: jetstream::Context,
    log: SignedLog,
    mut notes: watch::Receiver<Option<String>>,
    shutdown: CancellationToken,
) {
    let mut outage = Outage::of("checkpoints");
    loop {
        let note = tokio::select! {
            () = shutdown.cancelled() => return,
            changed = notes.changed() => match changed {
                Ok(()) => notes.borrow_and_update().clone(),
                Err(_) => return,
            },
        };
        let Some(mut note) = note else { continue };
        while let Err(error) = publish(&context, log, &note).await {
            let pause = outage.failed(&error);
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
            if let Some(newer) = notes.borrow_and_update().clone() {
                note = newer;
            }
        }
        outage.over();
    }
}

async fn publish(context: &jetstream::Context, log: SignedLog, note: &str) -> Result<(), RelayError> {
    let failed = |error: &dyn std::fmt::Display| RelayError::bus("publishing a checkpoint", error);
    runtime::stream::ensure(context, &wanted()).await?;
    // The note's first two lines are the log's name and size: one message for each, whoever publishes it.
    let id: Vec<&str> = note.lines().take(2).collect();
    let mut headers = HeaderMap::new();
    headers.insert(NATS_MESSAGE_ID, id.join("/"));
    headers.insert("Content-Type", "text/plain; charset=utf-8");
    context
        .publish_with_headers(subject(log), headers, note.to_owned().into())
        .await
        .map_err(|error| failed(&error))?
        .await
        .map_err(|error| failed(&error))?;
    Ok(())
}

//! Drains the outbox into the log, and hands each batch to the publisher.

use std::sync::Arc;
use std::time::Duration;

use async_nats::{Client, Subscriber};
use domain::message::NUDGE_SUBJECT;
use futures::{FutureExt, StreamExt};
use runtime::CancellationToken;
use runtime::outage::Outage;
use store::{LogEntry, SEQUENCE_BATCH_MAX, Store, StoreError};
use tokio::sync::{Notify, mpsc};

/// How often the outbox is looked at without being called. One indexed look a time, which takes no lock.
const LOOK_AFTER: Duration = Duration::from_millis(50);

/// Runs until `shutdown`.
pub(crate) async fn run(
    store: Store,
    client: Client,
    notify: Arc<Notify>,
    fresh: mpsc::Sender<Vec<LogEntry>>,
    shutdown: CancellationToken,
) {
    // Without the subscription the look every 50 ms remains.
    let mut nudges = client.subscribe(NUDGE_SUBJECT).await.ok();
    let mut outage = Outage::of("sequencer");
    loop {
        match drain(&store, &fresh).await {
            Ok(()) => outage.over(),
            Err(error) => {
                let pause = outage.failed(&error);
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    () = tokio::time::sleep(pause) => continue,
                }
            }
        }
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return,
            () = notify.notified() => {}
            () = nudged(&mut nudges) => {}
            () = tokio::time::sleep(LOOK_AFTER) => {}
        }
    }
}

/// Gives everything that waits its place.
async fn drain(store: &Store, fresh: &mpsc::Sender<Vec<LogEntry>>) -> Result<(), StoreError> {
    loop {
        let batch = store.sequence_batch(SEQUENCE_BATCH_MAX).await?;
        if batch.is_empty() {
            return Ok(());
        }
        // A full queue means that the publisher is behind: it reads from the log what it was not handed.
        let _handed_or_read_later = fresh.try_send(batch);
    }
}

/// Waits for a nudge and takes those that came with it; without a subscription, waits for ever.
async fn nudged(nudges: &mut Option<Subscriber>) {
    let Some(subscription) = nudges else {
        return std::future::pending().await;
    };
    match subscription.next().await {
        Some(_) => while let Some(Some(_)) = subscription.next().now_or_never() {},
        None => *nudges = None,
    }
}

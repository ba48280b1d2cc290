//! The relay gives each committed event its place in the log and carries it to JetStream in that order.
//!
//! Beside them, [signing] attests to what the logs hold.
//!
//! Two loops run beside each other, joined by a short queue. The [sequencer](sequencer) drains the outbox into the log
//! and works as long as PostgreSQL does; the [publisher](publisher) brings to the stream whatever the log has and the
//! stream lacks. Were they one loop, a NATS server that is away would also hold up the log, and with it the signed
//! checkpoints that every event must be covered by.
//!
//! The stream's sequence equals the log's position. That makes the stream its own cursor: there is no table of what was
//! sent. Each publication names the sequence that it expects to follow, so that a rival relay, a late duplicate or a
//! foreign message makes it fail instead of doubling or disordering anything. After any error the stream is asked where
//! it stands. Deliberately missing: a leader election, which fencing makes unnecessary, and deletion from the stream,
//! since sealed data becomes unreadable with its key.

pub mod bus;
mod failure;
mod outgoing;
mod publish;
mod publisher;
mod sequencer;
pub mod signing;
pub mod stream;
mod tip;
mod watch;

use std::sync::Arc;

use async_nats::jetstream;
use runtime::CancellationToken;
use store::{SignedLog, Store};
use tokio::sync::{Notify, mpsc};

pub use domain::message::NUDGE_SUBJECT;
pub use failure::{RelayError, Standstill};
pub use signing::{Halt, SigningHealth, SigningSettings};

use publisher::Publisher;

/// Batches that may wait between the two loops. More would only be read from the log again.
const QUEUE: usize = 4;

/// What the relay works with.
#[derive(Debug)]
pub struct RelaySettings {
    /// The event store.
    pub store: Store,
    /// The connection to NATS.
    pub client: async_nats::Client,
    /// Woken by whoever commits events in the same process. Processes elsewhere publish to [`NUDGE_SUBJECT`].
    pub notify: Arc<Notify>,
    /// How the logs are signed; nothing: they are not.
    pub signing: Option<SigningSettings>,
    /// Ends the relay.
    pub shutdown: CancellationToken,
}

/// Runs until `shutdown`. PostgreSQL and NATS may go away and come back; neither ends the relay.
///
/// # Errors
/// Only when one of its loops dies of a bug.
pub async fn run(settings: RelaySettings) -> anyhow::Result<()> {
    let RelaySettings {
        store,
        client,
        notify,
        signing,
        shutdown,
    } = settings;
    let (fresh, waiting) = mpsc::channel(QUEUE);
    let reached = watch::Reached::default();
    let context = jetstream::new(client.clone());
    let publisher = Publisher::new(store.clone(), client.clone(), context.clone(), reached.clone());
    let mut loops = tokio::task::JoinSet::new();
    loops.spawn(sequencer::run(
        store.clone(),
        client,
        notify,
        fresh,
        shutdown.clone(),
    ));
    loops.spawn(publisher.run(waiting, shutdown.clone()));
    if let Some(signing) = signing {
        for log in [SignedLog::Events, SignedLog::Accesses] {
            let (store, settings, context) = (store.clone(), signing.clone(), context.clone());
            loops.spawn(signing::run(store, settings, log, context, shutdown.clone()));
        }
    }
    loops.spawn(watch::run(store, reached, shutdown));
    while let Some(ended) = loops.join_next().await {
        ended?;
    }
    Ok(())
}

//! The relay carries each event of the log to JetStream, in the log's order.
//!
//! Beside it, [signing] attests to what the logs hold.
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
pub mod signing;
pub mod stream;
mod tip;
mod watch;

use std::sync::Arc;

use runtime::CancellationToken;
use store::{SignedLog, Store};
use tokio::sync::Notify;

pub use domain::message::NUDGE_SUBJECT;
pub use failure::{RelayError, Standstill};
pub use signing::{Halt, SigningHealth, SigningSettings};

use publisher::Publisher;

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
    let reached = watch::Reached::default();
    let context = runtime::nats::jetstream(&client);
    let publisher = Publisher::new(store.clone(), client, context.clone(), reached.clone());
    let mut loops = tokio::task::JoinSet::new();
    loops.spawn(publisher.run(notify, shutdown.clone()));
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

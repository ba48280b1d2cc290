//! Tells the relay that something was committed, so that it need not wait for its next look.
//!
//! A nudge may be lost without harm: the relay looks by itself many times a second. It is sent after the commit
//! and never inside it, since NOTIFY would make every commit wait for every other.

use std::sync::{Arc, OnceLock};

use domain::message::NUDGE_SUBJECT;
use tokio::sync::Notify;

/// Both ways of telling: in process, and between processes.
#[derive(Clone, Debug, Default)]
pub struct Nudge {
    /// Wakes a relay in this process.
    pub local: Arc<Notify>,
    /// Wakes relays elsewhere, once there is a connection. Registrations are accepted without one.
    pub nats: Arc<OnceLock<async_nats::Client>>,
}

impl Nudge {
    /// Tells them. Never fails and never waits for an answer.
    pub(crate) fn tell(&self) {
        self.local.notify_one();
        if let Some(nats) = self
            .nats
            .get()
            .filter(|it| it.connection_state() == async_nats::connection::State::Connected)
        {
            let nats = nats.clone();
            tokio::spawn(async move {
                if let Err(cause) = nats.publish(NUDGE_SUBJECT, Vec::new().into()).await {
                    tracing::debug!(%cause, "nudge not sent");
                }
            });
        }
    }
}

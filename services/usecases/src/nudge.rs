//! Tells the relay that something was committed, so that it need not wait for its next look.
//!
//! A nudge may be lost without harm: the relay looks by itself many times a second. It is sent after the commit
//! and never inside it, since NOTIFY would make every commit wait for every other.

use std::sync::Arc;

use tokio::sync::Notify;

/// The core NATS subject of nudges between processes. Outside the stream's subjects on purpose.
pub const NUDGE_SUBJECT: &str = "onboarding.nudge";

/// Both ways of telling: in process, and between processes.
#[derive(Clone, Default)]
pub struct Nudge {
    /// Wakes a relay in this process.
    pub local: Arc<Notify>,
    /// Wakes relays elsewhere.
    pub nats: Option<async_nats::Client>,
}

impl Nudge {
    /// Tells them. Never fails and never waits for an answer.
    pub(crate) fn tell(&self) {
        self.local.notify_one();
        if let Some(nats) = self.nats.clone() {
            tokio::spawn(async move {
                if let Err(cause) = nats.publish(NUDGE_SUBJECT, Vec::new().into()).await {
                    tracing::debug!(%cause, "nudge not sent");
                }
            });
        }
    }
}

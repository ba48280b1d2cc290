//! How webhooks are called: for how long, and how often again.

use std::time::Duration;

use super::parse;
use super::sources::Sources;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Settings of webhooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Webhooks {
    /// How long a call may take, the look-up of the name included.
    pub timeout: Duration,
    /// The wait after the first failure; each is five times the one before.
    pub first_retry: Duration,
    /// The longest wait.
    pub longest_retry: Duration,
    /// Once all waits come to this, the event is given up and its registration parked.
    pub give_up_after: Duration,
    /// How long calls are kept for operators.
    pub deliveries_kept: Duration,
}

impl Webhooks {
    pub(super) fn read(sources: &mut Sources) -> Self {
        let mut read = |key, usual| {
            let set = sources.read(key, parse::duration);
            set.unwrap_or(Duration::from_secs(usual))
        };
        Self {
            timeout: read("webhook_timeout", 15),
            first_retry: read("webhook_first_retry", 5),
            longest_retry: read("webhook_longest_retry", 12 * HOUR),
            give_up_after: read("webhook_give_up_after", 5 * DAY),
            deliveries_kept: read("webhook_deliveries_kept", 30 * DAY),
        }
    }
}

//! How often one subscriber may ask.
//!
//! Ample for a system that follows the feed, and far too little to copy everybody in a moment with a stolen secret. It
//! holds for one instance of the service, and comes after the secret: guessing secrets is counted by network.

use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Requests at once.
const AT_ONCE: NonZeroU32 = NonZeroU32::new(200).unwrap();
/// Requests a second from there on.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(20).unwrap();

/// The count of every subscriber; they are few, and known by their secrets.
pub struct SubscriberLimit(DefaultKeyedRateLimiter<String>);

impl Default for SubscriberLimit {
    fn default() -> Self {
        Self(RateLimiter::keyed(
            Quota::per_second(PER_SECOND).allow_burst(AT_ONCE),
        ))
    }
}

impl SubscriberLimit {
    /// Counts one more; beyond the limit, the seconds after which another is accepted.
    pub fn check(&self, subscriber: &str) -> Result<(), u64> {
        self.0.check_key(&subscriber.to_owned()).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            wait.as_secs() + 1
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_subscriber_does_not_use_up_what_another_may() {
        let limit = SubscriberLimit::default();
        let accepted = (0..10_000).take_while(|_| limit.check("crm").is_ok()).count();
        assert!(accepted >= 200, "{accepted}");
        assert!(limit.check("billing").is_ok());
    }
}

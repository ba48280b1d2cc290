//! Limits by network: how often one may start, sign in, follow links, and ask at all.
//!
//! They hold for one instance of the service. Limits that must hold for all of them, by address and by registration,
//! are counted in the store by the use cases.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::network::Network;

/// Networks counted at once by one limit; beyond them new ones share a count, so that memory stays bounded.
const NETWORKS_MAX: usize = 50_000;
/// Networks that have been quiet long enough are forgotten once in so many checks.
const CHECKS_BETWEEN_SWEEPS: u32 = 4_096;

/// What is being done, as far as limits tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Starting a registration: 100 at once, then one each 6 seconds.
    Starting,
    /// Signing in: 60 at once, then one each 2 seconds.
    SigningIn,
    /// Posting a link's token, or asking for one: 100 at once, then one each 3 seconds.
    FollowingLinks,
    /// Anything else: 600 at once, then 50 a second.
    Anything,
}

/// The counts of every network.
pub struct Limits {
    starting: Limit,
    signing_in: Limit,
    following_links: Limit,
    anything: Limit,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            starting: Limit::new(Quota::per_minute(at_once(10)).allow_burst(at_once(100))),
            signing_in: Limit::new(Quota::per_minute(at_once(30)).allow_burst(at_once(60))),
            following_links: Limit::new(Quota::per_minute(at_once(20)).allow_burst(at_once(100))),
            anything: Limit::new(Quota::per_second(at_once(50)).allow_burst(at_once(600))),
        }
    }
}

impl Limits {
    /// Counts one more; beyond the limit, the seconds after which another is accepted.
    pub fn check(&self, doing: Doing, network: Network) -> Result<(), u64> {
        match doing {
            Doing::Starting => &self.starting,
            Doing::SigningIn => &self.signing_in,
            Doing::FollowingLinks => &self.following_links,
            Doing::Anything => &self.anything,
        }
        .check(network)
    }
}

struct Limit {
    counts: DefaultKeyedRateLimiter<Network>,
    checks: AtomicU32,
}

impl Limit {
    fn new(quota: Quota) -> Self {
        Self {
            counts: RateLimiter::keyed(quota),
            checks: AtomicU32::new(0),
        }
    }

    fn check(&self, network: Network) -> Result<(), u64> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % CHECKS_BETWEEN_SWEEPS == CHECKS_BETWEEN_SWEEPS - 1 {
            self.counts.retain_recent();
        }
        let counted = if self.counts.len() < NETWORKS_MAX {
            network
        } else {
            Network::Shared
        };
        self.counts.check_key(&counted).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            wait.as_secs() + 1
        })
    }
}

/// Never none: 0 counts as 1.
fn at_once(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Network = Network::V4([192, 0, 2, 1]);
    const OTHER: Network = Network::V4([192, 0, 2, 2]);

    fn accepted(limits: &Limits, doing: Doing, network: Network) -> usize {
        (0..1000)
            .take_while(|_| limits.check(doing, network).is_ok())
            .count()
    }

    #[test]
    fn each_network_has_its_own_count_for_each_thing() {
        let limits = Limits::default();
        assert_eq!(accepted(&limits, Doing::Starting, ONE), 100);
        assert_eq!(limits.check(Doing::Starting, ONE), Err(6));
        assert_eq!(accepted(&limits, Doing::Starting, OTHER), 100);
        assert_eq!(accepted(&limits, Doing::SigningIn, ONE), 60);
        assert_eq!(accepted(&limits, Doing::FollowingLinks, ONE), 100);
        assert!(accepted(&limits, Doing::Anything, ONE) >= 600);
    }

    #[test]
    fn the_number_of_networks_counted_is_bounded() {
        let limit = Limit::new(Quota::per_minute(at_once(1)));
        for index in 0..(NETWORKS_MAX as u32 + 10) {
            let _ = limit.check(Network::V4(index.to_be_bytes()));
        }
        assert!(limit.counts.len() <= NETWORKS_MAX + 1);
    }
}

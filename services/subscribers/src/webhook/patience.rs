//! How long an endpoint that does not take an event is waited for.

use std::time::Duration;

use rand::Rng as _;

/// Each wait is so many times the one before.
const GROWTH: u32 = 5;
/// A wait is longer by up to this part, by chance, so that what failed together does not come back together.
const SPREAD: f64 = 0.1;

/// When an event is tried again, and when no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// The wait after the first failure.
    pub first: Duration,
    /// The longest wait.
    pub longest: Duration,
    /// Once all waits together come to this, the event is given up and its registration parked.
    pub give_up_after: Duration,
}

impl Patience {
    /// How long to wait after so many attempts; none when it is time to give up. `asked` is the endpoint's own wish
    /// (`Retry-After`), heeded up to the longest wait.
    pub fn wait(&self, attempts: u32, asked: Option<Duration>) -> Option<Duration> {
        let next = self.step(attempts);
        let mut all = next;
        for attempt in 1..attempts {
            all += self.step(attempt);
            if all > self.give_up_after {
                return None;
            }
        }
        if all > self.give_up_after {
            return None;
        }
        let wait = next.max(asked.unwrap_or_default().min(self.longest));
        Some(wait.mul_f64(1.0 + rand::rng().random_range(0.0..=SPREAD)))
    }

    fn step(&self, attempt: u32) -> Duration {
        let factor = GROWTH.saturating_pow(attempt.saturating_sub(1).min(12));
        self.first.saturating_mul(factor).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600;

    fn usual() -> Patience {
        Patience {
            first: Duration::from_secs(5),
            longest: Duration::from_secs(12 * HOUR),
            give_up_after: Duration::from_secs(120 * HOUR),
        }
    }

    #[test]
    fn waits_grow_up_to_the_longest_and_end_after_days() {
        let steps: Vec<u64> = (1..=8).map(|attempt| usual().step(attempt).as_secs()).collect();
        assert_eq!(steps, [5, 25, 125, 625, 3_125, 15_625, 12 * HOUR, 12 * HOUR]);
        let tries = (1..100)
            .take_while(|attempt| usual().wait(*attempt, None).is_some())
            .count();
        assert_eq!(tries, 15, "over five days");
        for attempt in 1..=15 {
            let (wait, step) = (usual().wait(attempt, None).unwrap(), usual().step(attempt));
            assert!(wait >= step && wait <= step.mul_f64(1.1));
        }
        assert!(usual().wait(u32::MAX, None).is_none());
    }

    #[test]
    fn the_endpoints_own_wish_is_heeded_within_bounds() {
        let minute = usual().wait(1, Some(Duration::from_secs(60))).unwrap();
        assert!((60..=66).contains(&minute.as_secs()));
        let month = usual().wait(1, Some(Duration::from_secs(720 * HOUR))).unwrap();
        assert!(month <= Duration::from_secs(12 * HOUR).mul_f64(1.1));
        assert!(usual().wait(3, Some(Duration::ZERO)).unwrap() >= Duration::from_secs(125));
    }
}

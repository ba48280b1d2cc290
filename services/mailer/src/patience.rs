//! When to try again: a mail that was put off waits longer each time, one that is refused for a cause of ours longer still, and
//! a server that cannot be reached is left alone.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use rand::Rng;

/// Waits after the first, second, third … try of one mail; the last one repeats.
const WAITS: [Duration; 5] = [
    Duration::from_secs(2),
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(600),
];
/// Waits of a mail that the server refuses (5xx) for a cause that an operator has to mend.
const WAITS_REFUSED: [Duration; 5] = [
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_secs(120),
    Duration::from_secs(600),
    Duration::from_secs(1_800),
];
/// The first wait after a server could not be reached; it doubles with each failure in a row.
const CIRCUIT_WAIT_MIN: Duration = Duration::from_secs(1);
/// The longest wait for a server: mails leave at most this long after it is back.
const CIRCUIT_WAIT_MAX: Duration = Duration::from_secs(30);

/// How long a mail waits after so many tries, give or take a fifth, so that mails put off together do not return together.
/// `refused`: whether the server said that it will not do, rather than not now.
pub fn wait_after(attempts: u32, refused: bool) -> Duration {
    let waits = if refused { WAITS_REFUSED } else { WAITS };
    let nth = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    with_jitter(waits[nth.min(waits.len() - 1)])
}

/// The wait, give or take a fifth.
pub fn with_jitter(wait: Duration) -> Duration {
    wait.mul_f64(rand::rng().random_range(0.8..1.2))
}

/// Whether a mail may go to the server now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Yes.
    Go,
    /// Not for this long.
    Wait(Duration),
}

/// Keeps mails away from a server that cannot be reached. After each wait one mail is let through to see.
#[derive(Debug, Default)]
pub struct Circuit(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failures_in_a_row: u32,
    closed_until: Option<Instant>,
    /// One mail has gone to see and is not back.
    is_asking: bool,
}

impl Circuit {
    /// Asks to go to the server.
    pub fn admit(&self) -> Admission {
        self.admit_at(Instant::now())
    }

    fn admit_at(&self, now: Instant) -> Admission {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match state.closed_until {
            None => Admission::Go,
            Some(until) if now < until => Admission::Wait(until - now),
            Some(_) => {
                // This one goes to see; the others wait for what it finds, or for another to go should it never return.
                state.is_asking = true;
                state.closed_until = Some(now + state.wait());
                Admission::Go
            }
        }
    }

    /// The server was reached.
    pub fn reached(&self) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = State::default();
    }

    /// The server could not be reached. Answers how long to leave it alone.
    pub fn missed(&self) -> Duration {
        self.missed_at(Instant::now())
    }

    fn missed_at(&self, now: Instant) -> Duration {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Mails that were under way together miss together: that is one failure, not several.
        if let Some(until) = state
            .closed_until
            .filter(|until| now < *until && !state.is_asking)
        {
            return until - now;
        }
        state.is_asking = false;
        state.failures_in_a_row = state.failures_in_a_row.saturating_add(1);
        let wait = with_jitter(state.wait());
        state.closed_until = Some(now + wait);
        wait
    }
}

impl State {
    fn wait(&self) -> Duration {
        let doublings = self.failures_in_a_row.saturating_sub(1).min(16);
        CIRCUIT_WAIT_MIN
            .saturating_mul(1 << doublings)
            .min(CIRCUIT_WAIT_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_waits_longer_each_time() {
        for (attempts, expected) in [(1, 2), (2, 10), (3, 30), (4, 120), (5, 600), (50, 600)] {
            let wait = wait_after(attempts, false).as_secs_f64();
            assert!(
                (f64::from(expected) * 0.8..f64::from(expected) * 1.2).contains(&wait),
                "{attempts}: {wait}"
            );
        }
    }

    #[test]
    fn a_server_that_is_away_is_asked_by_one_mail_at_a_time() {
        let (circuit, start) = (Circuit::default(), Instant::now());
        assert_eq!(circuit.admit_at(start), Admission::Go);
        let wait = circuit.missed_at(start);
        assert!(matches!(circuit.admit_at(start), Admission::Wait(_)));
        assert_eq!(
            circuit.missed_at(start),
            wait,
            "mails under way together count once"
        );

        let later = start + wait;
        assert_eq!(circuit.admit_at(later), Admission::Go, "one goes to see");
        assert!(
            matches!(circuit.admit_at(later), Admission::Wait(_)),
            "the others wait for it"
        );
        circuit.reached();
        assert_eq!(circuit.admit_at(later), Admission::Go);
    }

    #[test]
    fn the_longest_wait_is_short_enough_for_a_person() {
        let (circuit, mut now, mut wait) = (Circuit::default(), Instant::now(), Duration::ZERO);
        for _ in 0..40 {
            wait = circuit.missed_at(now);
            assert!(wait <= CIRCUIT_WAIT_MAX.mul_f64(1.2));
            now += wait;
            assert_eq!(circuit.admit_at(now), Admission::Go);
        }
        assert!(
            wait >= CIRCUIT_WAIT_MAX.mul_f64(0.8),
            "each failure doubles the wait: {wait:?}"
        );
    }
}

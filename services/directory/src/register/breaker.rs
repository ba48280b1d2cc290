//! A circuit breaker: after a row of faults a source is left alone for a while, and nobody waits for it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Faults in a row that open the breaker.
pub const FAULTS_MAX: u32 = 5;
/// How long it stays open.
pub const REST: Duration = Duration::from_secs(30);

/// Counts faults in a row.
#[derive(Debug, Default)]
pub struct Breaker {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    faults: u32,
    resting_until: Option<Instant>,
}

impl Breaker {
    /// Whether the source may be asked. After a rest one call goes through as a trial; the others wait for its result, or for another rest.
    pub fn lets_through(&self) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match state.resting_until {
            None => true,
            Some(until) if Instant::now() < until => false,
            Some(_) => {
                state.resting_until = Some(Instant::now() + REST);
                true
            }
        }
    }

    /// Whether it is open, or on trial.
    pub fn is_open(&self) -> bool {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .resting_until
            .is_some()
    }

    /// Notes how a call ended. True when the breaker opens by it.
    pub fn note(&self, fault: bool) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !fault {
            *state = State::default();
            return false;
        }
        let was_open = state.resting_until.is_some();
        state.faults = state.faults.saturating_add(1);
        if state.faults >= FAULTS_MAX {
            state.resting_until = Some(Instant::now() + REST);
        }
        !was_open && state.resting_until.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_opens_after_five_faults_in_a_row_and_tries_once_after_the_rest() {
        let breaker = Breaker::default();
        for _ in 1..FAULTS_MAX {
            assert!(!breaker.note(true));
        }
        assert!(breaker.lets_through());
        assert!(breaker.note(true), "the fifth opens it");
        assert!(!breaker.lets_through());
        tokio::time::advance(REST).await;
        assert!(breaker.lets_through(), "the trial");
        assert!(!breaker.lets_through(), "one at a time");
        breaker.note(true);
        tokio::time::advance(REST / 2).await;
        assert!(!breaker.lets_through(), "the trial failed");
        tokio::time::advance(REST).await;
        assert!(breaker.lets_through());
        breaker.note(false);
        assert!(breaker.lets_through() && breaker.lets_through(), "well again");
    }

    #[test]
    fn a_good_answer_ends_the_row() {
        let breaker = Breaker::default();
        for _ in 0..3 {
            for _ in 1..FAULTS_MAX {
                breaker.note(true);
            }
            breaker.note(false);
        }
        assert!(breaker.lets_through());
    }
}

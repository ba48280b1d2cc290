//! One outage, told once: what a loop does while a server it needs is away.
//!
//! A loop that fails every second would fill the log with one sentence. It is written when the outage begins, when its
//! cause changes, and when it is over, with how long it lasted; in between only the metric moves.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The first pause after a failure; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// No pause is longer: servers are expected back soon, and a try is cheap.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// A loop that has been interrupted for longer does not do its work; a shorter time is a hiccup.
const HICCUP: Duration = Duration::from_secs(2);

/// The loops of this process that are interrupted now, for its readiness.
static INTERRUPTED: Mutex<BTreeMap<&'static str, (Instant, String)>> = Mutex::new(BTreeMap::new());

/// Whether every loop of this process is at work.
///
/// # Errors
/// Which one is interrupted, for how long, and why.
pub fn all_at_work() -> Result<(), String> {
    let interrupted = INTERRUPTED.lock().unwrap_or_else(PoisonError::into_inner);
    let longest = interrupted.iter().min_by_key(|(_, (since, _))| *since);
    match longest.filter(|(_, (since, _))| since.elapsed() > HICCUP) {
        None => Ok(()),
        Some((who, (since, cause))) => Err(format!(
            "{who} has been interrupted for {:.0} s: {cause}",
            since.elapsed().as_secs_f64()
        )),
    }
}

/// The outages of one loop.
#[derive(Debug)]
pub struct Outage {
    who: &'static str,
    current: Option<Current>,
}

#[derive(Debug)]
struct Current {
    since: Instant,
    cause: String,
    pause: Duration,
}

impl Outage {
    /// None so far. `who` names the loop in logs and in the label of `onboarding_outage_failures_total`.
    pub fn of(who: &'static str) -> Self {
        Self { who, current: None }
    }

    /// A try failed. Answers how long to rest before the next one.
    pub fn failed(&mut self, error: &(dyn std::error::Error + 'static)) -> Duration {
        metrics::counter!("onboarding_outage_failures_total", "loop" => self.who).increment(1);
        let cause = chain(error);
        let (since, pause) = match &self.current {
            Some(current) => (current.since, (current.pause * 2).min(LONGEST_PAUSE)),
            None => (Instant::now(), FIRST_PAUSE),
        };
        if self.current.as_ref().is_none_or(|current| current.cause != cause) {
            tracing::error!(who = self.who, %cause, "interrupted; trying again until it works");
        }
        let mut interrupted = INTERRUPTED.lock().unwrap_or_else(PoisonError::into_inner);
        interrupted.insert(self.who, (since, cause.clone()));
        self.current = Some(Current { since, cause, pause });
        pause
    }

    /// A try went well.
    pub fn over(&mut self) {
        if let Some(current) = self.current.take() {
            self.forget();
            let seconds = current.since.elapsed().as_secs_f64();
            tracing::info!(who = self.who, seconds, "working again");
        }
    }
}

impl Outage {
    fn forget(&self) {
        let mut interrupted = INTERRUPTED.lock().unwrap_or_else(PoisonError::into_inner);
        interrupted.remove(self.who);
    }
}

/// A loop that has ended is not interrupted.
impl Drop for Outage {
    fn drop(&mut self) {
        if self.current.is_some() {
            self.forget();
        }
    }
}

/// An error and everything beneath it, on one line.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let more = cause.to_string();
        // Many errors already say what their source says.
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_and_start_again_after_recovery() {
        let mut outage = Outage::of("test");
        let error = std::io::Error::other("away");
        let pauses: Vec<_> = (0..8).map(|_| outage.failed(&error)).collect();
        assert_eq!(pauses[0], FIRST_PAUSE);
        assert!(pauses.windows(2).all(|pair| pair[0] <= pair[1]));
        assert_eq!(pauses[7], LONGEST_PAUSE);
        outage.over();
        assert_eq!(outage.failed(&error), FIRST_PAUSE);
    }
}

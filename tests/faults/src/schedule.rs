//! When each fault comes and how long it stays: made from the seed before anything runs.

use std::fmt;
use std::time::Duration;

use crate::fault::Fault;
use crate::seed::Seed;

/// A fault that a scenario wants, and between which times it may last.
#[derive(Clone, Debug)]
pub struct Card {
    /// The fault.
    pub fault: Fault,
    /// How long at least.
    pub least: Duration,
    /// How long at most.
    pub most: Duration,
}

impl Card {
    /// A fault that lasts between so many milliseconds.
    pub fn new(fault: Fault, least: u64, most: u64) -> Self {
        Self {
            fault,
            least: Duration::from_millis(least),
            most: Duration::from_millis(most),
        }
    }
}

/// A fault with its time.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// When it begins, from the start of the load.
    pub at: Duration,
    /// How long it stays.
    pub lasts: Duration,
    /// The fault.
    pub fault: Fault,
}

impl Planned {
    /// When it ends.
    pub fn ends(&self) -> Duration {
        self.at + self.lasts
    }
}

/// The faults of a run, by their beginning.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schedule(pub Vec<Planned>);

impl Schedule {
    /// Every card of the deck once, in an order, at times and for as long as the seed says. Each fault begins at a moment in
    /// its own slice of the time, so that neighbours may meet and a slice is never empty.
    pub fn deal(seed: &Seed, mut deck: Vec<Card>, from: Duration, until: Duration) -> Self {
        let mut seed = seed.branch("schedule");
        seed.shuffle(&mut deck);
        let slice = until.saturating_sub(from) / u32::try_from(deck.len()).unwrap_or(u32::MAX).max(1);
        let planned = deck.into_iter().enumerate().map(|(place, card)| {
            let begins = from + slice * place as u32;
            Planned {
                at: begins + seed.between(Duration::ZERO, slice / 2),
                lasts: seed.between(card.least, card.most),
                fault: card.fault,
            }
        });
        Self(planned.collect())
    }

    /// When the last fault is over.
    pub fn ends(&self) -> Duration {
        self.0.iter().map(Planned::ends).max().unwrap_or_default()
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Planned { at, lasts, fault } in &self.0 {
            writeln!(
                text,
                "{:7.2} s for {:5.2} s  {fault}",
                at.as_secs_f64(),
                lasts.as_secs_f64()
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deal(number: u64) -> Schedule {
        let deck = ["api.1", "relay.1", "relay.2", "mailer.1"]
            .map(|role| Card::new(Fault::KillRole(role.to_owned()), 100, 900));
        let (from, until) = (Duration::from_secs(2), Duration::from_secs(20));
        Schedule::deal(&Seed::new(number), deck.to_vec(), from, until)
    }

    #[test]
    fn a_seed_deals_the_same_schedule_again() {
        assert_eq!(deal(11).to_string(), deal(11).to_string());
        assert_ne!(deal(11), deal(12));
    }

    #[test]
    fn every_fault_is_dealt_once_within_its_time() {
        let schedule = deal(3);
        assert_eq!(schedule.0.len(), 4);
        for planned in &schedule.0 {
            assert!(planned.at >= Duration::from_secs(2) && planned.at < Duration::from_secs(20));
            assert!((100..=900).contains(&planned.lasts.as_millis()));
        }
        assert!(schedule.ends() < Duration::from_secs(21));
    }
}

//! Which steps a registration has just reached.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{Journey, Memory};

/// The step that everybody reaches: the first form is in, and the address has been looked up.
pub const IDENTITY: &str = "identity";

/// A step reached for the first time; the members have the names that `store.sql` reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reached {
    /// When the event was stored that led there.
    pub at: DateTime<Utc>,
    /// The journey that the registration was on.
    pub journey: Journey,
    /// The step.
    pub step: &'static str,
}

/// The steps that the last event led to and that were not counted before. They count as reached from here on.
///
/// Between an address and the answer to its look-up, which is always the next event, the journey and therefore the
/// stage are not known yet: both steps wait for the answer.
pub fn newly_reached(memory: &mut Memory) -> Vec<Reached> {
    let Some(journey) = memory.journey else {
        return Vec::new();
    };
    [IDENTITY, memory.registration.stage().name()]
        .into_iter()
        .filter(|step| memory.reached.insert((*step).to_owned()))
        .map(|step| Reached {
            at: memory.last_event_at,
            journey,
            step,
        })
        .collect()
}

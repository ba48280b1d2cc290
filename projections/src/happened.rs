//! One event as the folds see it: what happened, to which registration, when, and where in the log.

use chrono::{DateTime, Utc};
use domain::Event;
use domain::values::RegistrationId;

/// An event with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Happened {
    /// Place in the whole log, from 1 without gaps.
    pub position: u64,
    /// The registration.
    pub registration: RegistrationId,
    /// Place within the registration, from 1 without gaps.
    pub sequence: u64,
    /// When it was stored, by the store's clock.
    pub recorded_at: DateTime<Utc>,
    /// What happened.
    pub event: Event,
}

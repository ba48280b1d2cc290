//! One event as the folds see it: what happened, to which registration, when, and where in the log.

use chrono::{DateTime, Utc};
use domain::values::RegistrationId;
use domain::{Event, EventMessage};
use uuid::Uuid;

/// An event with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Happened {
    /// Place in the whole log, from 1 without gaps.
    pub position: u64,
    /// The event's id: tells whether the log has this very event at this position.
    pub id: Uuid,
    /// The registration.
    pub registration: RegistrationId,
    /// Place within the registration, from 1 without gaps.
    pub sequence: u64,
    /// When it was stored, by the store's clock.
    pub recorded_at: DateTime<Utc>,
    /// What happened.
    pub event: Event,
}

impl Happened {
    /// What a message of the feed tells.
    ///
    /// # Errors
    /// When its payload is not an event that this release knows.
    pub fn of_message(message: &EventMessage) -> Result<Self, serde_json::Error> {
        Ok(Self {
            position: message.position,
            id: message.id,
            registration: message.subject,
            sequence: message.sequence,
            recorded_at: message.time,
            event: message.event()?,
        })
    }
}

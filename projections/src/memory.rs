//! What the folds remember of a registration between two events.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::registration::evolve;
use domain::values::Siret;
use domain::{Event, Registration};
use serde::{Deserialize, Serialize};

use crate::{Happened, ProjectionError};

/// Whether the organisation knew the address when it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Journey {
    /// The address is a contact's.
    Known,
    /// No contact has this address.
    Unknown,
}

impl Journey {
    /// The name, as in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Unknown => "unknown",
        }
    }
}

/// A registration as the read models remember it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// The state that the domain itself would decide from.
    pub registration: Registration,
    /// Sequence of the last event.
    pub version: u64,
    /// Place of the last event in the log.
    pub position: u64,
    /// Absent until the address has been looked up.
    pub journey: Option<Journey>,
    /// When the first event was stored.
    pub started_at: DateTime<Utc>,
    /// When the last event was stored.
    pub last_event_at: DateTime<Utc>,
    /// When the person last did something.
    pub idle_since: DateTime<Utc>,
    /// When the first password was set.
    pub active_since: Option<DateTime<Utc>>,
    /// When each attachment that still stands was made.
    pub linked_at: BTreeMap<Siret, DateTime<Utc>>,
    /// The funnel's steps that are counted already.
    pub reached: BTreeSet<String>,
}

impl Memory {
    /// Remembers one more event.
    ///
    /// # Errors
    /// [`ProjectionError::OutOfTurn`] when it is not the registration's next one.
    pub fn remember(&mut self, happened: &Happened) -> Result<(), ProjectionError> {
        let expected = self.version + 1;
        if happened.sequence != expected {
            return Err(ProjectionError::OutOfTurn {
                position: happened.position,
                expected,
                found: happened.sequence,
            });
        }
        if self.version == 0 {
            self.started_at = happened.recorded_at;
        }
        self.version = happened.sequence;
        self.position = happened.position;
        self.last_event_at = happened.recorded_at;
        if happened.event.is_by_person() {
            self.idle_since = happened.recorded_at;
        }
        evolve(&mut self.registration, &happened.event);
        match &happened.event {
            Event::IdentitySubmitted(it) if it.new_address => self.journey = None,
            Event::ContactMatched(_) => self.journey = Some(Journey::Known),
            Event::ContactNotMatched(_) => self.journey = Some(Journey::Unknown),
            Event::PasswordSet(_) => self.active_since = self.active_since.or(Some(happened.recorded_at)),
            Event::PersonErased(_) => self.forget(),
            _ => {}
        }
        self.date_links(happened.recorded_at);
        Ok(())
    }

    /// Of an erased person nothing is kept that a count does not need.
    fn forget(&mut self) {
        self.registration = Registration {
            started: self.registration.started,
            flow: self.registration.flow,
            erased: true,
            ..Registration::default()
        };
        self.active_since = None;
    }

    /// An attachment dates from the event that made it, and loses its date with the event that takes it away.
    fn date_links(&mut self, now: DateTime<Utc>) {
        let links = &self.registration.links;
        self.linked_at
            .retain(|siret, _| links.iter().any(|link| link.siret == *siret));
        for link in links {
            self.linked_at.entry(link.siret.clone()).or_insert(now);
        }
    }
}

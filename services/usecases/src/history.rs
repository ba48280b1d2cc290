//! A registration read back from its events, and what is sealed in them opened for as long as it is needed.

use chrono::{DateTime, Utc};
use domain::registration::event::{IdentitySubmitted, VerificationRequested};
use domain::values::{Identity, RegistrationId, RequestId};
use domain::{Event, Registration, evolve};
use keyring::{PersonKey, Place};
use store::{AddressFacts, Loaded, PersonKeyRow, StoredEvent};

use crate::{Denied, Ground};

/// A registration as it stood before the command.
pub(crate) struct Before {
    pub id: RegistrationId,
    pub state: Registration,
    pub version: u64,
    pub now: DateTime<Utc>,
    pub events: Vec<(u64, DateTime<Utc>, Event)>,
    pub key: Option<PersonKey>,
    /// What is known of the address of a registration that begins; others look it up when they must.
    pub address: Option<AddressFacts>,
}

impl Before {
    /// A registration that begins: there is nothing of it yet.
    pub fn nothing(id: RegistrationId, address: AddressFacts) -> Self {
        Self {
            id,
            state: Registration::default(),
            version: 0,
            now: address.now,
            events: Vec::new(),
            key: None,
            address: Some(address),
        }
    }

    /// Folds what was loaded, up to `until` where given.
    pub fn of(
        ground: &Ground,
        id: RegistrationId,
        loaded: &Loaded,
        until: Option<u64>,
    ) -> Result<Self, Denied> {
        let mut before = Self {
            id,
            state: Registration::default(),
            version: 0,
            now: loaded.now,
            events: Vec::with_capacity(loaded.events.len()),
            key: match &loaded.key {
                PersonKeyRow::Live(wrapped) => Some(ground.keyring.unwrap(id, wrapped)?),
                PersonKeyRow::Absent | PersonKeyRow::Destroyed => None,
            },
            address: None,
        };
        for stored in loaded
            .events
            .iter()
            .filter(|it| until.is_none_or(|until| it.sequence <= until))
        {
            let event = read(stored)?;
            evolve(&mut before.state, &event);
            before.version = stored.sequence;
            before.events.push((stored.sequence, stored.recorded_at, event));
        }
        Ok(before)
    }

    /// The key of the person, which must be there.
    pub fn person_key(&self) -> Result<&PersonKey, Denied> {
        self.key.as_ref().ok_or(Denied::NotFound)
    }

    /// The latest identity, as submitted, with its sequence.
    pub fn submitted(&self) -> Option<(u64, &IdentitySubmitted)> {
        self.events
            .iter()
            .rev()
            .find_map(|(sequence, _, event)| match event {
                Event::IdentitySubmitted(it) => Some((*sequence, it)),
                _ => None,
            })
    }

    /// The latest identity, submitted or corrected, opened.
    pub fn identity(&self) -> Result<Identity, Denied> {
        let latest = self
            .events
            .iter()
            .rev()
            .find_map(|(sequence, _, event)| match event {
                Event::IdentitySubmitted(it) => Some((identity_place(self.id, *sequence), &it.sealed)),
                Event::IdentityRectified(it) => Some((rectified_place(self.id, *sequence), &it.sealed)),
                _ => None,
            });
        let (place, sealed) = latest.ok_or(Denied::NotFound)?;
        Ok(self.person_key()?.open(&place, sealed)?)
    }

    /// A request for a mail, current or past.
    pub fn request(&self, request_id: RequestId) -> Option<&VerificationRequested> {
        self.events.iter().rev().find_map(|(_, _, event)| match event {
            Event::VerificationRequested(it) if it.request_id == request_id => Some(it),
            _ => None,
        })
    }

    /// When the person last did something; mails, registers and reminders do not count.
    pub fn idle_since(&self) -> DateTime<Utc> {
        self.events
            .iter()
            .rev()
            .find(|(_, _, event)| event.is_by_person())
            .map_or(self.now, |(_, at, _)| *at)
    }
}

/// Where a sealed identity stands.
pub(crate) fn identity_place(id: RegistrationId, sequence: u64) -> Place {
    Place {
        registration: id,
        sequence,
        event: "IdentitySubmitted",
        field: "sealed",
    }
}

/// Where a corrected identity stands.
pub(crate) fn rectified_place(id: RegistrationId, sequence: u64) -> Place {
    Place {
        registration: id,
        sequence,
        event: "IdentityRectified",
        field: "sealed",
    }
}

/// Where sealed contact references stand.
pub(crate) fn contact_place(id: RegistrationId, sequence: u64) -> Place {
    Place {
        registration: id,
        sequence,
        event: "ContactMatched",
        field: "sealed",
    }
}

fn read(stored: &StoredEvent) -> Result<Event, Denied> {
    Event::read(&stored.event_type, &stored.event_version, &stored.payload).map_err(Denied::fault)
}

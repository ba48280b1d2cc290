//! Looking at a person who is not oneself: a named person, a purpose, a grant that is good now; and an entry in the
//! access log that stands before anything is shown.

use chrono::{DateTime, Utc};
use domain::Stage;
use domain::values::{RegistrationId, TopicCode};
use serde::Serialize;
use store::{AccessEntry, Grant};
use uuid::Uuid;

use crate::account::{Attachment, ExportedEvent, Person, opened};
use crate::{Denied, Onboarding};

/// What an operator with a grant sees of a person.
#[derive(Serialize)]
pub struct Looked {
    /// The entry of the access log that tells of this look.
    pub access: u64,
    /// The registration.
    pub registration: RegistrationId,
    /// Where it stands.
    pub state: Stage,
    /// Who it is.
    pub person: Person,
    /// The topics that they are written to about.
    pub topics: Vec<TopicCode>,
    /// Every establishment that they are attached to.
    pub establishments: Vec<Attachment>,
    /// The events with something sealed in them, opened.
    pub opened: Vec<ExportedEvent>,
}

/// Why a grant opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantRefused {
    /// There is no such grant.
    #[error("there is no such grant")]
    Unknown,
    /// Its time is over.
    #[error("the grant's time is over")]
    Expired,
    /// It was taken back.
    #[error("the grant was revoked")]
    Revoked,
    /// It opens another registration.
    #[error("the grant is for another registration")]
    OtherRegistration,
}

/// What came of a look.
pub enum Look {
    /// The person.
    Seen(Box<Looked>),
    /// The grant does not allow it.
    Refused(GrantRefused),
    /// The person is forgotten: there is nothing left to be seen.
    Forgotten,
}

/// Who looked, as the person may read it.
#[derive(Clone, Debug, Serialize)]
pub struct Looker {
    /// The entry's place in the access log.
    pub position: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: String,
    /// As what.
    pub role: String,
    /// What for.
    pub purpose: String,
    /// What was looked at or done.
    pub what: String,
}

impl Onboarding {
    /// Shows a person to whoever holds a grant, and records it first.
    ///
    /// # Errors
    /// [`Denied::NotFound`], or a fault of ours; then nothing was shown.
    pub async fn look_at(&self, id: RegistrationId, grant: Uuid) -> Result<Look, Denied> {
        let store = &self.ground.store;
        let Some(grant) = store.grant(grant).await? else {
            return Ok(Look::Refused(GrantRefused::Unknown));
        };
        if let Some(refused) = refusal(&grant, id) {
            return Ok(Look::Refused(refused));
        }
        let before = self.before(id).await?;
        if before.key.is_none() {
            return Ok(Look::Forgotten);
        }
        let access = store
            .record_access(&AccessEntry {
                actor: format!("operator:{}", grant.granted_to),
                role: grant.role.clone(),
                purpose: grant.purpose.clone(),
                registration: Some(id),
                what: "person".to_owned(),
                grant: Some(grant.grant_id),
            })
            .await?;
        let mut events = Vec::new();
        for (sequence, recorded_at, event) in &before.events {
            if let Some(value) = opened(&before, *sequence, event)? {
                events.push(ExportedEvent {
                    sequence: *sequence,
                    recorded_at: *recorded_at,
                    event: event.clone(),
                    opened: Some(value),
                });
            }
        }
        let me = self.me_of(&before).await?;
        Ok(Look::Seen(Box::new(Looked {
            access,
            registration: id,
            state: before.state.stage(),
            person: me.person,
            topics: me.topics,
            establishments: me.establishments,
            opened: events,
        })))
    }

    /// Who looked at this person, and what operators did about their registration: for the person.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn lookers_at(&self, id: RegistrationId) -> Result<Vec<Looker>, Denied> {
        let accesses = self.ground.store.accesses_of(id).await?;
        Ok(accesses
            .into_iter()
            .map(|access| Looker {
                position: access.position,
                at: access.accessed_at,
                actor: access.entry.actor,
                role: access.entry.role,
                purpose: access.entry.purpose,
                what: access.entry.what,
            })
            .collect())
    }
}

fn refusal(grant: &Grant, id: RegistrationId) -> Option<GrantRefused> {
    if grant.revoked_at.is_some() {
        return Some(GrantRefused::Revoked);
    }
    if !grant.is_good {
        return Some(GrantRefused::Expired);
    }
    grant
        .registration_id
        .is_some_and(|only| only != id.0)
        .then_some(GrantRefused::OtherRegistration)
}

//! What a memory means to the model `people`.

use chrono::{DateTime, Utc};
use domain::Stage;
use domain::registration::event::LinkedBy;
use domain::values::{RegistrationId, Siret, TopicCode};
use serde::Serialize;

use crate::Memory;

/// A row of `people`; the columns have these names.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PersonRow<'a> {
    /// The account.
    pub registration_id: RegistrationId,
    /// When its first password was set.
    pub active_since: DateTime<Utc>,
    /// The topics it wants mail about.
    pub topics: &'a [TopicCode],
}

/// A row of `people_establishments`; the columns have these names.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EstablishmentRow<'a> {
    /// The account.
    pub registration_id: RegistrationId,
    /// The establishment.
    pub siret: &'a Siret,
    /// What the attachment rests on.
    pub linked_by: LinkedBy,
    /// When it was made.
    pub linked_at: DateTime<Utc>,
}

/// The person's row, when the registration is an account.
pub fn person(registration_id: RegistrationId, memory: &Memory) -> Option<PersonRow<'_>> {
    let active_since = memory
        .active_since
        .filter(|_| memory.registration.stage() == Stage::Active)?;
    let topics = memory.registration.topics.as_deref().unwrap_or_default();
    Some(PersonRow {
        registration_id,
        active_since,
        topics,
    })
}

/// The person's attachments, when the registration is an account.
pub fn establishments(
    registration_id: RegistrationId,
    memory: &Memory,
) -> impl Iterator<Item = EstablishmentRow<'_>> {
    let active = memory.registration.stage() == Stage::Active;
    memory
        .registration
        .links
        .iter()
        .filter(move |_| active)
        .filter_map(move |link| {
            let linked_at = *memory.linked_at.get(&link.siret)?;
            Some(EstablishmentRow {
                registration_id,
                siret: &link.siret,
                linked_by: link.by,
                linked_at,
            })
        })
}

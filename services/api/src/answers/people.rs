//! A person as a subscriber of the feed may know them, on the wire.

use domain::Stage;
use domain::values::RegistrationId;
use serde::Serialize;
use usecases::KnownPerson;
use utoipa::ToSchema;

use super::account::{AttachmentAnswer, PersonAnswer};
use super::vocabulary;

/// Who stands behind a registration.
#[derive(Serialize, ToSchema)]
pub struct KnownPersonAnswer {
    /// The registration.
    #[schema(value_type = uuid::Uuid)]
    registration: RegistrationId,
    /// The `sequence` of its last event: this answer holds what that event says.
    #[schema(example = 9)]
    version: u64,
    /// Where the registration stands.
    #[schema(value_type = vocabulary::RegistrationState)]
    state: Stage,
    /// Who they are.
    person: PersonAnswer,
    /// The topics that they are written to about.
    topics: Vec<String>,
    /// Every establishment that they are attached to.
    establishments: Vec<AttachmentAnswer>,
}

impl From<KnownPerson> for KnownPersonAnswer {
    fn from(it: KnownPerson) -> Self {
        Self {
            registration: it.registration,
            version: it.version,
            state: it.state,
            person: it.person.into(),
            topics: it.topics.into_iter().map(Into::into).collect(),
            establishments: it.establishments.into_iter().map(Into::into).collect(),
        }
    }
}

//! A signed-in person's own data on the wire.

use chrono::{DateTime, Utc};
use domain::registration::event::LinkedBy;
use serde::Serialize;
use serde_json::Value;
use usecases::{Attachment, Export, Me, Person};
use utoipa::ToSchema;

use super::registration::RegistrationAnswer;
use super::vocabulary;

/// "Mon espace".
#[derive(Serialize, ToSchema)]
pub struct MeAnswer {
    /// Who they are.
    person: PersonAnswer,
    /// The topics that they are written to about.
    topics: Vec<String>,
    /// Every establishment that they are attached to.
    establishments: Vec<AttachmentAnswer>,
}

/// Who a person is.
#[derive(Serialize, ToSchema)]
pub struct PersonAnswer {
    /// Civility: `mme` or `m`.
    #[schema(example = "mme")]
    civility: &'static str,
    /// Last name.
    last_name: String,
    /// First name.
    first_name: String,
    /// E-mail address.
    email: String,
}

/// An establishment that a person is attached to.
#[derive(Serialize, ToSchema)]
pub struct AttachmentAnswer {
    /// Its SIRET.
    #[schema(example = "13002526500013")]
    siret: String,
    /// Its name, where the organisation knows it.
    name: Option<String>,
    /// What the attachment rests on.
    #[schema(schema_with = vocabulary::attachments)]
    linked_by: LinkedBy,
}

/// Everything held on a person.
#[derive(Serialize, ToSchema)]
pub struct ExportAnswer {
    /// As "Mon espace" shows it.
    me: MeAnswer,
    /// Where the registration stands.
    registration: RegistrationAnswer,
    /// Every event of it, in order, with what is sealed opened.
    events: Vec<ExportedEventAnswer>,
}

/// An event, as its person may read it.
#[derive(Serialize, ToSchema)]
pub struct ExportedEventAnswer {
    /// Its place in the registration.
    sequence: u64,
    /// When it was recorded.
    recorded_at: DateTime<Utc>,
    /// What it says, as stored; described by the schemas of events.
    #[schema(value_type = Object)]
    event: Value,
    /// Its sealed member, opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    opened: Option<Value>,
}

impl From<Me> for MeAnswer {
    fn from(me: Me) -> Self {
        Self {
            person: me.person.into(),
            topics: me.topics.into_iter().map(Into::into).collect(),
            establishments: me.establishments.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Attachment> for AttachmentAnswer {
    fn from(it: Attachment) -> Self {
        Self {
            siret: it.siret.into(),
            name: it.name,
            linked_by: it.linked_by,
        }
    }
}

impl From<Person> for PersonAnswer {
    fn from(person: Person) -> Self {
        Self {
            civility: person.civility.code(),
            last_name: person.last_name,
            first_name: person.first_name,
            email: person.email,
        }
    }
}

impl TryFrom<Export> for ExportAnswer {
    type Error = serde_json::Error;

    fn try_from(export: Export) -> Result<Self, serde_json::Error> {
        let mut events = Vec::with_capacity(export.events.len());
        for it in export.events {
            let event = serde_json::to_value(&it.event)?;
            events.push(ExportedEventAnswer {
                sequence: it.sequence,
                recorded_at: it.recorded_at,
                event,
                opened: it.opened,
            });
        }
        Ok(Self {
            me: export.me.into(),
            registration: export.registration.into(),
            events,
        })
    }
}

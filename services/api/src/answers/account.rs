//! A signed-in person's own data on the wire.

use chrono::{DateTime, NaiveDate, Utc};
use domain::registration::event::LinkedBy;
use serde::Serialize;
use serde_json::Value;
use usecases::{Attachment, Export, Held, HeldAnswer, HeldMail, HeldSession, HeldUse, Looker, Me, Person};
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
    /// How they are addressed.
    #[schema(value_type = vocabulary::CivilityCode)]
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
    #[schema(required = true)]
    name: Option<String>,
    /// What the attachment rests on.
    #[schema(value_type = vocabulary::AttachmentBasis)]
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
    /// What is kept beside the events.
    kept: KeptAnswer,
    /// Who looked at the person, subscribers included, and what operators did about the registration; oldest first.
    looked_at_by: Vec<LookerAnswer>,
}

/// What is kept beside the events.
#[derive(Serialize, ToSchema)]
pub struct KeptAnswer {
    /// Since when the address is this account's.
    #[schema(required = true)]
    account_since: Option<DateTime<Utc>>,
    /// When the password's hash was last written; the hash itself is nobody's to take along.
    #[schema(required = true)]
    password_hash_written_at: Option<DateTime<Utc>>,
    /// The first day of the month in which the person last signed in.
    #[schema(required = true)]
    last_seen_month: Option<NaiveDate>,
    /// Sessions: `created_at`, `expires_at`.
    #[schema(value_type = Vec<Object>)]
    sessions: Vec<HeldSession>,
    /// Mails in the mailer's ledger: `message_id`, `state`, `attempts`, `started_at`, `finished_at`.
    #[schema(value_type = Vec<Object>)]
    mails: Vec<HeldMail>,
    /// Uses of the address that are counted against limits: `kind`, `used_at`.
    #[schema(value_type = Vec<Object>)]
    address_uses: Vec<HeldUse>,
    /// Answers kept so that a repeated request gets the same one: `status`, `code`, `created_at`.
    #[schema(value_type = Vec<Object>)]
    answers: Vec<HeldAnswer>,
}

/// Somebody who looked, or did something.
#[derive(Serialize, ToSchema)]
pub struct LookerAnswer {
    /// The entry's place in the access log.
    position: u64,
    /// When.
    at: DateTime<Utc>,
    /// Who.
    #[schema(example = "subscriber:crm")]
    actor: String,
    /// As what.
    #[schema(example = "privacy_officer")]
    role: String,
    /// What for.
    purpose: String,
    /// What was looked at or done.
    #[schema(example = "person")]
    what: String,
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
            kept: export.kept.into(),
            looked_at_by: export.looked_at_by.into_iter().map(Into::into).collect(),
        })
    }
}

impl From<Held> for KeptAnswer {
    fn from(held: Held) -> Self {
        Self {
            account_since: held.account_since,
            password_hash_written_at: held.password_hash_written_at,
            last_seen_month: held.last_seen_month,
            sessions: held.sessions,
            mails: held.mails,
            address_uses: held.address_uses,
            answers: held.answers,
        }
    }
}

impl From<Looker> for LookerAnswer {
    fn from(it: Looker) -> Self {
        Self {
            position: it.position,
            at: it.at,
            actor: it.actor,
            role: it.role,
            purpose: it.purpose,
            what: it.what,
        }
    }
}

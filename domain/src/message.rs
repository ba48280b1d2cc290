//! The message that carries one event to the outside: a CloudEvent 1.0 in structured JSON.
//!
//! The relay writes it, the projector, the mailer and every subscriber read it. Its form is promised in `schemas/`.
//! The payload travels as the bytes that were stored, so that whoever holds the log can check it byte by byte.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::registration::Event;
use crate::values::RegistrationId;

/// The JetStream stream that holds every message, and nothing else.
pub const STREAM: &str = "ONBOARDING";
/// What every subject begins with; the registration's id and the event's name follow.
pub const SUBJECT_PREFIX: &str = "onboarding.v1.registration";
/// Every subject of the stream.
pub const SUBJECTS: &str = "onboarding.v1.registration.>";
/// The core NATS subject on which a process says, with an empty message, that it has just committed events. Outside the
/// stream on purpose: nothing is lost with it, since the relay also looks by itself.
pub const NUDGE_SUBJECT: &str = "onboarding.nudge";
/// The core NATS subject on which the relay says, with an empty message, that it has just published. Whoever only wants to look
/// at the log listens here: as a subscriber of [`SUBJECTS`] it would be sent every event whole.
pub const PUBLISHED_SUBJECT: &str = "onboarding.published";
/// CloudEvents `source`: a URI-reference, the same for all registrations.
pub const SOURCE: &str = "/onboarding";
/// Version of the CloudEvents specification.
pub const SPEC_VERSION: &str = "1.0";
/// Content type of a message: a CloudEvent in structured mode (CloudEvents NATS binding 1.0.2).
pub const CONTENT_TYPE: &str = "application/cloudevents+json";
/// Content type of the member `data`.
pub const DATA_CONTENT_TYPE: &str = "application/json";
/// Header with [`EventMessage::position`].
pub const POSITION_HEADER: &str = "Onboarding-Position";
/// Header with [`EventMessage::sequence`].
pub const SEQUENCE_HEADER: &str = "Onboarding-Sequence";
/// Header of an event that a subscriber asked to be sent again: the replay's id. Never in the stream [`STREAM`].
pub const REPLAY_HEADER: &str = "Onboarding-Replay";

const TYPE_PREFIX: &str = "onboarding.registration.";
const SCHEMA_PREFIX: &str = "urn:onboarding:schema:registration:";

/// The subject that a message is published to.
pub fn subject_of(registration: RegistrationId, name: &str) -> String {
    format!("{SUBJECT_PREFIX}.{registration}.{name}")
}

/// CloudEvents `type` of an event in this version, such as `onboarding.registration.EmailVerified.v1`.
pub fn type_of(name: &str, version: &str) -> String {
    format!("{TYPE_PREFIX}{name}.v{version}")
}

/// Identifies the schema of such a message: its `dataschema`, and the `$id` in `schemas/events/`.
pub fn schema_of(name: &str, version: &str) -> String {
    format!("{SCHEMA_PREFIX}{name}:v{version}")
}

/// A stored event as its columns hold it, with its place in the log.
#[derive(Clone, Copy)]
pub struct LoggedEvent<'a> {
    /// Column `event_id`: identifies the event everywhere, and lets a bus recognise a message it has seen.
    pub event_id: Uuid,
    /// The registration it belongs to.
    pub registration: RegistrationId,
    /// Place within the registration, from 1.
    pub sequence: u64,
    /// Place in the whole log, from 1, without gaps.
    pub position: u64,
    /// The event's name.
    pub event_type: &'a str,
    /// The version of its payload.
    pub event_version: &'a str,
    /// When it was stored, by the store's clock.
    pub recorded_at: DateTime<Utc>,
    /// The payload as stored: the JSON text of an [`Event`].
    pub payload: &'a str,
}

/// A CloudEvent 1.0 that carries one event of a registration.
///
/// Members that a later release adds are ignored when read, as subscribers are asked to do.
#[derive(Clone, Serialize, Deserialize)]
pub struct EventMessage {
    /// Version of the CloudEvents specification, [`SPEC_VERSION`].
    pub specversion: String,
    /// The event's id, also the message's `Nats-Msg-Id`.
    pub id: Uuid,
    /// Where it comes from, [`SOURCE`].
    pub source: String,
    /// The event's name and version; see [`type_of`].
    #[serde(rename = "type")]
    pub event_type: String,
    /// The registration.
    pub subject: RegistrationId,
    /// When the event was stored (UTC, RFC 3339, microseconds).
    #[serde(with = "microseconds")]
    pub time: DateTime<Utc>,
    /// Content type of `data`, [`DATA_CONTENT_TYPE`].
    pub datacontenttype: String,
    /// The schema that the message satisfies; see [`schema_of`].
    pub dataschema: String,
    /// Place within the registration, from 1 without gaps.
    pub sequence: u64,
    /// Place in the whole log, from 1 without gaps.
    pub position: u64,
    /// W3C trace context of the request that caused the event, where one was traced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// The payload, byte for byte as stored.
    pub data: Box<RawValue>,
}

impl EventMessage {
    /// The message of a logged event.
    ///
    /// # Errors
    /// When the stored payload is not JSON.
    pub fn of(event: LoggedEvent<'_>) -> Result<Self, serde_json::Error> {
        Ok(Self {
            specversion: SPEC_VERSION.to_owned(),
            id: event.event_id,
            source: SOURCE.to_owned(),
            event_type: type_of(event.event_type, event.event_version),
            subject: event.registration,
            time: event.recorded_at,
            datacontenttype: DATA_CONTENT_TYPE.to_owned(),
            dataschema: schema_of(event.event_type, event.event_version),
            sequence: event.sequence,
            position: event.position,
            traceparent: None,
            data: RawValue::from_string(event.payload.to_owned())?,
        })
    }

    /// The headers that say beside the body what a subscriber sorts by. `Nats-Msg-Id` is the publisher's to add: the event's
    /// id where it is published for the first time.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("Content-Type", CONTENT_TYPE.to_owned()),
            (POSITION_HEADER, self.position.to_string()),
            (SEQUENCE_HEADER, self.sequence.to_string()),
        ];
        headers.extend(self.traceparent.clone().map(|trace| ("traceparent", trace)));
        headers
    }

    /// Reads a message from its bytes.
    ///
    /// # Errors
    /// When they are not a message of this form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// The bytes that are published.
    ///
    /// # Errors
    /// None that occurs with members of these types.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// The event's name, such as `EmailVerified`; empty when `type` is not of this service.
    pub fn name(&self) -> &str {
        self.name_and_version().map_or("", |(name, _)| name)
    }

    /// The version of the payload; 0 when `type` is not of this service.
    pub fn version(&self) -> u32 {
        self.name_and_version().map_or(0, |(_, version)| version)
    }

    /// The subject that it is published to.
    pub fn nats_subject(&self) -> String {
        subject_of(self.subject, self.name())
    }

    /// The event that it carries.
    ///
    /// # Errors
    /// When the payload is not an event that this release knows, such as one of a later release.
    pub fn event(&self) -> Result<Event, serde_json::Error> {
        Event::read(self.name(), &self.version().to_string(), self.data.get())
    }

    fn name_and_version(&self) -> Option<(&str, u32)> {
        let (name, version) = self.event_type.strip_prefix(TYPE_PREFIX)?.rsplit_once(".v")?;
        Some((name, version.parse().ok()?))
    }
}

/// Leaves the payload out: a SIRET beside a registration has no place in a log line.
impl std::fmt::Debug for EventMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventMessage")
            .field("type", &self.event_type)
            .field("subject", &self.subject)
            .field("sequence", &self.sequence)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

/// RFC 3339 in UTC with six digits of the second: what PostgreSQL keeps, and always the same width.
mod microseconds {
    use chrono::{DateTime, SecondsFormat, Utc};
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&time.to_rfc3339_opts(SecondsFormat::Micros, true))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
        DateTime::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAYLOAD: &str = r#"{"type" : "ContactNotMatched"}"#;

    fn message() -> EventMessage {
        EventMessage::of(LoggedEvent {
            event_id: Uuid::from_u128(1),
            registration: RegistrationId(Uuid::from_u128(2)),
            sequence: 2,
            position: 41,
            event_type: "ContactNotMatched",
            event_version: "1",
            recorded_at: DateTime::from_timestamp(1_767_225_600, 1_000).unwrap(),
            payload: PAYLOAD,
        })
        .unwrap()
    }

    #[test]
    fn the_stored_bytes_travel_untouched() {
        let bytes = message().to_bytes().unwrap();
        let read = EventMessage::from_bytes(&bytes).unwrap();
        assert_eq!(read.data.get(), PAYLOAD);
        assert_eq!(read.to_bytes().unwrap(), bytes);
        assert_eq!(read.event().unwrap().name(), "ContactNotMatched");
    }

    #[test]
    fn a_message_says_what_it_is_and_where_it_belongs() {
        let message = message();
        assert_eq!((message.name(), message.version()), ("ContactNotMatched", 1));
        assert_eq!(
            message.nats_subject(),
            "onboarding.v1.registration.00000000-0000-0000-0000-000000000002.ContactNotMatched"
        );
        assert_eq!(
            message.dataschema,
            "urn:onboarding:schema:registration:ContactNotMatched:v1"
        );
        assert!(
            String::from_utf8(message.to_bytes().unwrap())
                .unwrap()
                .contains("2026-01-01T00:00:00.000001Z")
        );
    }

    #[test]
    fn a_member_that_a_later_release_adds_is_ignored() {
        let mut later: serde_json::Value = serde_json::from_slice(&message().to_bytes().unwrap()).unwrap();
        later["added"] = "later".into();
        assert!(EventMessage::from_bytes(later.to_string().as_bytes()).is_ok());
    }

    #[test]
    fn a_foreign_message_has_no_name() {
        let mut foreign = message();
        foreign.event_type = "something.else".to_owned();
        assert_eq!((foreign.name(), foreign.version()), ("", 0));
    }
}

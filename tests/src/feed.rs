//! The feed, read as a subscriber reads it, and what every subscriber may rely on.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use async_nats::jetstream;
use jsonschema::Validator;
use serde_json::Value;

use crate::programs::repository;

/// A message of the stream.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its sequence in the stream.
    pub stream_sequence: u64,
    /// Its subject.
    pub subject: String,
    /// Its headers.
    pub headers: BTreeMap<String, String>,
    /// The CloudEvent.
    pub event: Value,
}

impl Message {
    /// The event's name.
    pub fn name(&self) -> &str {
        self.event["data"]["type"].as_str().unwrap_or_default()
    }

    /// The registration.
    pub fn registration(&self) -> &str {
        self.event["subject"].as_str().unwrap_or_default()
    }

    /// A member of the event's data.
    pub fn data(&self, member: &str) -> &Value {
        &self.event["data"][member]
    }
}

/// How many events that ask for a mail the mailer is not done with; nothing while it has no consumer.
pub async fn unread_by_the_mailer(nats_url: &str) -> Option<u64> {
    let context = jetstream::new(async_nats::connect(nats_url).await.ok()?);
    let stream = context.get_stream("ONBOARDING").await.ok()?;
    let consumer = stream.consumer_info("mailer").await.ok()?;
    Some(consumer.num_pending + consumer.num_ack_pending as u64)
}

/// The stream's last sequence; nothing while there is no stream.
pub async fn last_sequence(nats_url: &str) -> Option<u64> {
    let client = async_nats::connect(nats_url).await.ok()?;
    let stream = jetstream::new(client).get_stream("ONBOARDING").await.ok()?;
    Some(stream.cached_info().state.last_sequence)
}

/// Every message of the stream, from the first.
pub async fn read(nats_url: &str) -> Vec<Message> {
    let client = async_nats::connect(nats_url).await.expect("NATS");
    let Ok(stream) = jetstream::new(client).get_stream("ONBOARDING").await else {
        return Vec::new();
    };
    let state = &stream.cached_info().state;
    let mut messages = Vec::new();
    for sequence in 1..=state.last_sequence {
        let raw = stream
            .get_raw_message(sequence)
            .await
            .expect("no message of the stream is missing");
        messages.push(Message {
            stream_sequence: raw.sequence,
            subject: raw.subject.to_string(),
            headers: raw
                .headers
                .iter()
                .map(|(name, values)| (name.to_string(), values[0].as_str().to_owned()))
                .collect(),
            event: serde_json::from_slice(&raw.payload).expect("JSON"),
        });
    }
    messages
}

/// Checks what is promised: each position once and in order, sequences without gaps per registration, identifiers that
/// a subscriber may tell doubles by, and a schema for every message.
#[track_caller]
pub fn check(messages: &[Message]) {
    let schemas = Schemas::default();
    let mut sequences: BTreeMap<&str, u64> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    for (message, position) in messages.iter().zip(1..) {
        let event = &message.event;
        assert_eq!(message.stream_sequence, position, "the stream has a gap");
        assert_eq!(
            event["position"], position,
            "positions are the stream's sequences"
        );
        let sequence = sequences.entry(message.registration()).or_default();
        *sequence += 1;
        assert_eq!(
            event["sequence"], *sequence,
            "{} at position {position}",
            message.subject
        );
        assert!(
            ids.insert(event["id"].to_string()),
            "the event at position {position} is there twice"
        );
        let header = |name: &str| message.headers.get(name).map(String::as_str).unwrap_or_default();
        assert_eq!(Some(header("Nats-Msg-Id")), event["id"].as_str());
        assert_eq!(header("Content-Type"), "application/cloudevents+json");
        assert_eq!(header("Onboarding-Position"), position.to_string());
        assert_eq!(header("Onboarding-Sequence"), sequence.to_string());
        let subject = format!(
            "onboarding.v1.registration.{}.{}",
            message.registration(),
            message.name()
        );
        assert_eq!(message.subject, subject);
        schemas.check(message);
    }
}

/// The schemas of `schemas/events`, by the names of their files.
struct Schemas(BTreeMap<String, Validator>);

impl Default for Schemas {
    fn default() -> Self {
        let folder = fs::read_dir(repository().join("schemas/events")).expect("schemas");
        let read = |path: std::path::PathBuf| {
            let schema = serde_json::from_slice(&fs::read(&path).expect("a schema")).expect("JSON");
            let validator = jsonschema::options()
                .should_validate_formats(true)
                .build(&schema)
                .expect("a schema");
            (
                path.file_stem().expect("a name").to_string_lossy().into_owned(),
                validator,
            )
        };
        Self(folder.map(|entry| read(entry.expect("a file").path())).collect())
    }
}

impl Schemas {
    #[track_caller]
    fn check(&self, message: &Message) {
        let kind = message.event["type"].as_str().unwrap_or_default();
        let name = kind.strip_prefix("onboarding.registration.").unwrap_or(kind);
        let schema = self
            .0
            .get(name)
            .unwrap_or_else(|| panic!("schemas/events has no {name}.json"));
        let faults: Vec<String> = schema
            .iter_errors(&message.event)
            .map(|fault| fault.to_string())
            .collect();
        assert!(
            faults.is_empty(),
            "{name} is not as its schema says: {faults:?}\n{}",
            message.event
        );
    }
}

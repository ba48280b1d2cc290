//! What the tests tell: short events, and an aggregate that only counts them.

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, DomainEvent};
use domain::values::RegistrationId;
use keyring::{BlindIndex, WrappedKey};
use serde::{Deserialize, Serialize};
use store::{KeyUse, NewCommand, NewEvent, UnitOfWork};
use uuid::Uuid;

pub fn new_registration() -> RegistrationId {
    RegistrationId(Uuid::now_v7())
}

/// The spaces and the order of the members are kept byte for byte.
pub const TOPICS_PAYLOAD: &str = r#"{"type": "TopicsChosen",   "b":1, "a":[2]}"#;

pub fn topics_chosen() -> NewEvent {
    NewEvent {
        event_type: "TopicsChosen".into(),
        event_version: "1".into(),
        payload: TOPICS_PAYLOAD.into(),
        metadata: r#"{"actor":"test"}"#.into(),
    }
}

pub fn several(count: usize) -> Vec<NewEvent> {
    vec![topics_chosen(); count]
}

pub fn wrapped_key() -> WrappedKey {
    WrappedKey {
        key_id: Uuid::now_v7(),
        epoch: "2026-01".into(),
        wrapped: vec![7; 60],
    }
}

pub fn address() -> BlindIndex {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(Uuid::new_v4().as_bytes());
    BlindIndex(bytes)
}

pub fn command() -> NewCommand {
    NewCommand {
        id: Uuid::new_v4(),
        request_hash: [3; 32],
        status: 201,
        code: None,
    }
}

pub fn with_key(key: KeyUse) -> UnitOfWork {
    UnitOfWork {
        key,
        ..UnitOfWork::default()
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Counted {
    Added { number: u32 },
}

impl DomainEvent for Counted {
    fn event_type(&self) -> String {
        "Added".into()
    }
    fn event_version(&self) -> String {
        "1".into()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("refused")]
pub struct Refused;

/// Adds as many events as the command asks for.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counter {
    pub events: u32,
}

impl Aggregate for Counter {
    const TYPE: &'static str = "registration";
    type Command = u32;
    type Event = Counted;
    type Error = Refused;
    type Services = ();

    async fn handle(&mut self, count: u32, (): &(), sink: &EventSink<Self>) -> Result<(), Refused> {
        for number in 0..count {
            sink.write(Counted::Added { number }, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, _event: Counted) {
        self.events += 1;
    }
}

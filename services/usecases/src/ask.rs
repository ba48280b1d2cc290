//! Who asks, and how: what travels with a command beside its content.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::denied::FieldFault;

/// The content of a step: parsed, or every fault in it. The step's order is judged before its faults are told.
pub type Form<T> = Result<T, Vec<FieldFault>>;

/// Who causes an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Whoever fills in the form.
    Person,
    /// The mailer.
    Mailer,
    /// A periodic worker.
    Worker,
    /// A person of the organisation, at the command line or console.
    Operator,
}

impl Actor {
    /// The name, as in an event's metadata.
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Mailer => "mailer",
            Self::Worker => "worker",
            Self::Operator => "operator",
        }
    }
}

/// Makes a repeated request harmless: the same key and content get the same answer.
#[derive(Clone, Debug)]
pub struct Idempotency {
    /// Identifies the command; derived from who asks, what and the client's key.
    pub command_id: Uuid,
    /// Keyed hash of the content, the password left out.
    pub request_hash: [u8; 32],
}

/// What travels with a command.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Who causes the events.
    pub actor: Actor,
    /// Ties log lines, events and messages of one request together. Carries nothing of the person.
    pub correlation_id: String,
    /// W3C trace context.
    pub traceparent: Option<String>,
    /// The version that the client last saw (`If-Match`).
    pub expected_version: Option<u64>,
    /// The client's idempotency key, digested.
    pub idempotency: Option<Idempotency>,
}

impl Ask {
    /// An ask of a service of ours.
    pub fn by(actor: Actor, correlation_id: impl Into<String>, traceparent: Option<String>) -> Self {
        Self {
            actor,
            correlation_id: correlation_id.into(),
            traceparent,
            expected_version: None,
            idempotency: None,
        }
    }

    /// What an event's metadata say of it. Strings only, nothing of the person.
    pub(crate) fn metadata(&self) -> BTreeMap<&'static str, String> {
        let mut metadata = BTreeMap::from([
            ("actor", self.actor.name().to_owned()),
            ("correlation_id", self.correlation_id.clone()),
        ]);
        if let Some(traceparent) = &self.traceparent {
            metadata.insert("traceparent", traceparent.clone());
        }
        if let Some(idempotency) = &self.idempotency {
            metadata.insert("command_id", idempotency.command_id.to_string());
        }
        metadata
    }
}

//! A logged event as the message that is published.

use async_nats::header::{HeaderMap, NATS_MESSAGE_ID};
use bytes::Bytes;
use domain::message::subject_of;
use store::LogEntry;

use crate::failure::RelayError;

/// A message ready to be published, save for the headers of its batch.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub subject: String,
    pub headers: HeaderMap,
    pub payload: Bytes,
}

impl Outgoing {
    /// The message of an event.
    pub fn of(entry: &LogEntry) -> Result<Self, RelayError> {
        let unwritable = |source| RelayError::Unwritable {
            position: entry.position,
            source,
        };
        let message = entry.as_message().map_err(unwritable)?;
        let mut headers = HeaderMap::new();
        headers.insert(NATS_MESSAGE_ID, entry.event_id.to_string());
        for (name, value) in message.headers() {
            headers.insert(name, value);
        }
        Ok(Self {
            subject: subject_of(entry.registration_id, &entry.event_type),
            headers,
            payload: message.to_bytes().map_err(unwritable)?.into(),
        })
    }
}

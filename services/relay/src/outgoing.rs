//! A logged event as the message that is published.

use async_nats::header::{HeaderMap, NATS_MESSAGE_ID};
use domain::EventMessage;
use domain::message::{CONTENT_TYPE, POSITION_HEADER, SEQUENCE_HEADER, subject_of};
use serde::Deserialize;
use store::LogEntry;

use crate::failure::RelayError;

/// A message ready to be published, save for the headers of its batch.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub subject: String,
    pub headers: HeaderMap,
    pub payload: Vec<u8>,
}

impl Outgoing {
    /// The message of an event.
    pub fn of(entry: &LogEntry) -> Result<Self, RelayError> {
        let unwritable = |source| RelayError::Unwritable {
            position: entry.position,
            source,
        };
        let mut message = EventMessage::of(entry.as_logged()).map_err(unwritable)?;
        message.traceparent = traceparent_of(&entry.metadata);
        let mut headers = HeaderMap::new();
        headers.insert(NATS_MESSAGE_ID, entry.event_id.to_string());
        headers.insert("Content-Type", CONTENT_TYPE);
        headers.insert(POSITION_HEADER, entry.position.to_string());
        headers.insert(SEQUENCE_HEADER, entry.sequence.to_string());
        if let Some(traceparent) = &message.traceparent {
            headers.insert("traceparent", traceparent.as_str());
        }
        Ok(Self {
            subject: subject_of(entry.registration_id, &entry.event_type),
            headers,
            payload: message.to_bytes().map_err(unwritable)?,
        })
    }
}

/// The trace that the event's metadata name. Metadata of another form have none; only visible ASCII may be a header.
fn traceparent_of(metadata: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Traced {
        traceparent: String,
    }
    let traced: Traced = serde_json::from_str(metadata).ok()?;
    let fits =
        traced.traceparent.len() <= 64 && traced.traceparent.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then_some(traced.traceparent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_trace_becomes_a_header() {
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(
            traceparent_of(&format!(r#"{{"traceparent":"{trace}","x":"y"}}"#)).as_deref(),
            Some(trace)
        );
        assert_eq!(traceparent_of("{}"), None);
        assert_eq!(traceparent_of(r#"{"traceparent":"a\r\nNats-Msg-Id: b"}"#), None);
    }
}

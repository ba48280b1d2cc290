//! Every event in the order of the log, as the messages that subscribers were sent: one JSON object a line.
//!
//! A replay covers what the log held when it began, so it ends even while people register. It comes to that end or
//! to an error: a hole in the log is never passed over in silence, and neither is a lost connection.

use chrono::{DateTime, Utc};
use domain::EventMessage;
use domain::message::LoggedEvent;
use domain::values::RegistrationId;
use store::Store;

use crate::error::AuditError;
use crate::history::history;

/// How many events are in memory at once.
const PAGE: u32 = 500;

/// What is replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first position, from 1.
    pub from: u64,
    /// Only this registration's events.
    pub registration: Option<RegistrationId>,
    /// Only what had been recorded by this moment (UTC, the database's clock).
    pub at: Option<DateTime<Utc>>,
}

impl Range {
    fn includes(&self, recorded_at: DateTime<Utc>) -> bool {
        self.at.is_none_or(|at| recorded_at <= at)
    }
}

/// Hands each line, without its line break, to `take`; answers how many there were. Events that wait for a place in the
/// log are not part of it yet. `take` may fail, as a closed pipe does, which ends the replay.
///
/// # Errors
/// [`AuditError::Gap`] or [`AuditError::MissingEvent`] at the first hole, [`AuditError::Output`] when `take` fails,
/// else what kept the log from being read.
pub async fn replay(
    store: &Store,
    range: Range,
    mut take: impl FnMut(&str) -> std::io::Result<()>,
) -> Result<u64, AuditError> {
    match range.registration {
        Some(registration) => replay_one(store, registration, range, &mut take).await,
        None => replay_all(store, range, &mut take).await,
    }
}

async fn replay_all(
    store: &Store,
    range: Range,
    take: &mut impl FnMut(&str) -> std::io::Result<()>,
) -> Result<u64, AuditError> {
    let last = store.log_head().await?.position();
    let mut due = range.from.max(1);
    let mut taken = 0;
    while due <= last {
        let page = store.read_log(due, PAGE).await?;
        if page.is_empty() {
            return Err(AuditError::Gap { position: due });
        }
        for entry in page {
            if entry.position != due {
                return Err(AuditError::Gap { position: due });
            }
            if due > last {
                break;
            }
            due += 1;
            if range.includes(entry.recorded_at) {
                take(&line(&entry.as_logged())?)?;
                taken += 1;
            }
        }
    }
    Ok(taken)
}

/// By way of the registration's own events, since looking through the whole log for ten of them would take minutes.
async fn replay_one(
    store: &Store,
    registration: RegistrationId,
    range: Range,
    take: &mut impl FnMut(&str) -> std::io::Result<()>,
) -> Result<u64, AuditError> {
    let mut taken = 0;
    for placed in history(store, registration).await? {
        let Some(position) = placed.position else { break };
        let event = &placed.event;
        if position < range.from || !range.includes(event.recorded_at) {
            continue;
        }
        let logged = LoggedEvent {
            event_id: event.event_id,
            registration,
            sequence: event.sequence,
            position,
            event_type: &event.event_type,
            event_version: &event.event_version,
            recorded_at: event.recorded_at,
            payload: &event.payload,
        };
        take(&line(&logged)?)?;
        taken += 1;
    }
    Ok(taken)
}

fn line(event: &LoggedEvent<'_>) -> Result<String, AuditError> {
    let unwritable = |source| AuditError::Unwritable {
        position: event.position,
        source,
    };
    let message = EventMessage::of(*event).map_err(unwritable)?;
    let text = serde_json::to_string(&message).map_err(unwritable)?;
    // Stored payloads keep their white space, and a line is a line. Inside a JSON string no raw line break can stand.
    Ok(if text.contains(['\n', '\r']) {
        text.replace(['\n', '\r'], " ")
    } else {
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_of_several_lines_is_still_one_line() {
        let event = LoggedEvent {
            event_id: uuid::Uuid::nil(),
            registration: RegistrationId(uuid::Uuid::nil()),
            sequence: 1,
            position: 1,
            event_type: "ContactNotMatched",
            event_version: "1",
            recorded_at: DateTime::UNIX_EPOCH,
            payload: "{\n\"type\":\r\n\"ContactNotMatched\"}",
        };
        let line = line(&event).unwrap();
        assert!(!line.contains(['\n', '\r']));
        let message = EventMessage::from_bytes(line.as_bytes()).unwrap();
        assert_eq!(message.event().unwrap().name(), "ContactNotMatched");
    }
}

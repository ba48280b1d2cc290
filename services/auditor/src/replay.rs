//! Every event in the order of the log, as the messages that subscribers were sent: one JSON object a line.
//!
//! A replay covers what the log held when it began, so it ends even while people register, unless it is to follow. It
//! comes to its end or to an error: a hole in the log is never passed over in silence, and neither is a lost connection.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::EventMessage;
use domain::message::LoggedEvent;
use domain::values::RegistrationId;
use store::{Store, StoredEvent};

use crate::error::AuditError;
use crate::history::history;

/// How many events are in memory at once.
const PAGE: u32 = 500;
/// How often the log is looked at for more, when following.
const LOOK_AFTER: Duration = Duration::from_millis(250);
/// So many registrations are found by their own events; for more, the whole log is walked.
const BY_REGISTRATION_MAX: usize = 1_000;

/// What is replayed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// The first position, from 1.
    pub from: u64,
    /// The last position; none: as far as the log goes.
    pub to: Option<u64>,
    /// Only these registrations' events; none named: all.
    pub registrations: Vec<RegistrationId>,
    /// Only events of these names; none named: all.
    pub events: Vec<String>,
    /// Only what was recorded from this moment on (UTC, the database's clock).
    pub since: Option<DateTime<Utc>>,
    /// Only what had been recorded by this moment.
    pub until: Option<DateTime<Utc>>,
    /// Whether to go on with what comes.
    pub follow: bool,
}

impl Range {
    /// Everything that the log holds.
    pub fn all() -> Self {
        Self::default()
    }

    fn includes(&self, event: &LoggedEvent<'_>) -> bool {
        let named = self.events.is_empty() || self.events.iter().any(|it| it == event.event_type);
        let of_these = self.registrations.is_empty() || self.registrations.contains(&event.registration);
        named
            && of_these
            && event.position >= self.from
            && self.to.is_none_or(|to| event.position <= to)
            && self.since.is_none_or(|since| event.recorded_at >= since)
            && self.until.is_none_or(|until| event.recorded_at <= until)
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
    range: &Range,
    mut take: impl FnMut(&str) -> std::io::Result<()>,
) -> Result<u64, AuditError> {
    let few = (1..=BY_REGISTRATION_MAX).contains(&range.registrations.len());
    if few && !range.follow {
        replay_few(store, range, &mut take).await
    } else {
        replay_all(store, range, &mut take).await
    }
}

async fn replay_all(
    store: &Store,
    range: &Range,
    take: &mut impl FnMut(&str) -> std::io::Result<()>,
) -> Result<u64, AuditError> {
    let end = range.to.unwrap_or(u64::MAX);
    let mut last = store.log_head().await?.position().min(end);
    let mut due = range.from.max(1);
    let mut taken = 0;
    loop {
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
                let logged = entry.as_logged();
                if range.includes(&logged) {
                    take(&line(&logged)?)?;
                    taken += 1;
                }
            }
        }
        if !range.follow || due > end {
            return Ok(taken);
        }
        tokio::time::sleep(LOOK_AFTER).await;
        last = store.log_head().await?.position().min(end);
    }
}

/// By way of the registrations' own events, since looking through the whole log for ten of them would take minutes.
async fn replay_few(
    store: &Store,
    range: &Range,
    take: &mut impl FnMut(&str) -> std::io::Result<()>,
) -> Result<u64, AuditError> {
    let mut found: Vec<(RegistrationId, StoredEvent)> = Vec::new();
    for registration in &range.registrations {
        let events = history(store, *registration).await?;
        found.extend(events.into_iter().map(|event| (*registration, event)));
    }
    found.sort_by_key(|(_, event)| event.position);
    found.dedup_by_key(|(_, event)| event.position);
    let mut taken = 0;
    for (registration, event) in &found {
        let logged = LoggedEvent {
            event_id: event.event_id,
            registration: *registration,
            sequence: event.sequence,
            position: event.position,
            event_type: &event.event_type,
            event_version: &event.event_version,
            recorded_at: event.recorded_at,
            payload: &event.payload,
        };
        if range.includes(&logged) {
            take(&line(&logged)?)?;
            taken += 1;
        }
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

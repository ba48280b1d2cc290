//! An event as a subscriber gets it: the bytes and headers of the feed, and what tells a repetition.

use std::collections::HashMap;

use domain::message::REPLAY_HEADER;
use store::{LogEntry, Store};

use crate::SubscriberError;
use crate::lanes::Due;

/// What is handed over for a ticket.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// The ticket and what it is for.
    pub due: Due,
    /// Identifies the hand-over: the event's id the first time, so that it is the id of the feed's message; with the replay or
    /// the attempt behind it after that, or a server would take a repetition that was asked for as a double.
    pub message_id: String,
    /// The other headers, as the feed's message has them, and the replay's where it is one.
    pub headers: Vec<(&'static str, String)>,
    /// The CloudEvent, byte for byte as in the feed.
    pub body: Vec<u8>,
}

impl Parcel {
    fn of(due: Due, entry: &LogEntry) -> Result<Self, serde_json::Error> {
        let message = entry.as_message()?;
        let mut headers = message.headers();
        let mut message_id = entry.event_id.to_string();
        if let Some(replay) = due.replay {
            message_id = format!("{message_id}.{replay}");
            headers.push((REPLAY_HEADER, replay.to_string()));
        }
        if due.attempt > 1 {
            message_id = format!("{message_id}.{}", due.attempt);
        }
        Ok(Self {
            due,
            message_id,
            headers,
            body: message.to_bytes()?,
        })
    }
}

/// The parcels of these tickets, in their order, read from the log.
///
/// # Errors
/// [`SubscriberError::Store`]; [`SubscriberError::Unwritable`] for an event that is no JSON or is not there.
pub async fn parcels(store: &Store, due: &[Due]) -> Result<Vec<Parcel>, SubscriberError> {
    let positions: Vec<u64> = due.iter().map(|it| it.position).collect();
    let entries = store.read_places(&positions).await?;
    let by_position: HashMap<u64, &LogEntry> = entries.iter().map(|entry| (entry.position, entry)).collect();
    due.iter()
        .map(|it| {
            let entry = by_position
                .get(&it.position)
                .ok_or(SubscriberError::Unwritable(it.position))?;
            Parcel::of(*it, entry).map_err(|_| SubscriberError::Unwritable(it.position))
        })
        .collect()
}

//! An event as a subscriber gets it: the bytes and headers of the feed, and what tells a repetition.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use domain::message::REPLAY_HEADER;
use store::{LogEntry, Store};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::SubscriberError;
use crate::lanes::Due;

/// How many events the shelf holds: what all subscribers at the head of the log are at, and some more.
const SHELF_MAX: usize = 4_096;

/// What is handed over for a ticket.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// The ticket and what it is for.
    pub due: Due,
    /// Identifies the hand-over: the event's id the first time, so that it is the id of the feed's message; with the replay or
    /// the attempt behind it after that, or a server would take a repetition that was asked for as a double.
    pub message_id: String,
    /// The event.
    pub event_id: Uuid,
    /// The other headers, as the feed's message has them, and the replay's where it is one.
    pub headers: Vec<(&'static str, String)>,
    /// The CloudEvent, byte for byte as in the feed.
    pub body: Bytes,
}

/// An event ready to be handed over to anybody.
#[derive(Debug)]
struct Written {
    event_id: Uuid,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
}

impl Written {
    fn of(entry: &LogEntry) -> Result<Self, SubscriberError> {
        let unwritable = |_| SubscriberError::Unwritable(entry.position);
        let message = entry.as_message().map_err(unwritable)?;
        Ok(Self {
            event_id: entry.event_id,
            headers: message.headers(),
            body: message.to_bytes().map_err(unwritable)?.into(),
        })
    }

    fn for_ticket(&self, due: Due) -> Parcel {
        let mut message_id = self.event_id.to_string();
        let mut headers = self.headers.clone();
        if let Some(replay) = due.replay {
            message_id = format!("{message_id}.{replay}");
            headers.push((REPLAY_HEADER, replay.to_string()));
        }
        if due.attempt > 1 {
            message_id = format!("{message_id}.{}", due.attempt);
        }
        Parcel {
            due,
            message_id,
            event_id: self.event_id,
            headers,
            body: self.body.clone(),
        }
    }
}

/// The parcels of these tickets, in their order, read from the log.
///
/// # Errors
/// [`SubscriberError::Store`]; [`SubscriberError::Unwritable`] for an event that is no JSON or is not there.
pub async fn parcels(store: &Store, due: &[Due]) -> Result<Vec<Parcel>, SubscriberError> {
    Shelf::default().parcels(store, due).await
}

/// Events that were written out lately. Subscribers at the head of the log are all at the same events, which are so read
/// and written out once for all of them.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    written: Mutex<BTreeMap<u64, Arc<Written>>>,
}

impl Shelf {
    /// As [`parcels`], from the shelf where they stand there.
    pub async fn parcels(&self, store: &Store, due: &[Due]) -> Result<Vec<Parcel>, SubscriberError> {
        // Held while reading: whoever needs the same events meanwhile finds them here afterwards.
        let mut shelf = self.written.lock().await;
        let lacking: Vec<u64> = due
            .iter()
            .map(|it| it.position)
            .filter(|position| !shelf.contains_key(position))
            .collect();
        if !lacking.is_empty() {
            for entry in store.read_places(&lacking).await? {
                shelf.insert(entry.position, Arc::new(Written::of(&entry)?));
            }
        }
        let parcels = due
            .iter()
            .map(|it| match shelf.get(&it.position) {
                Some(written) => Ok(written.for_ticket(*it)),
                None => Err(SubscriberError::Unwritable(it.position)),
            })
            .collect();
        // The oldest go first: a replay of the past does not push out the present.
        while shelf.len() > SHELF_MAX {
            shelf.pop_first();
        }
        parcels
    }
}

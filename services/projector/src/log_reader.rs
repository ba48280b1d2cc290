//! The log as the folds want it.

use domain::Event;
use projections::Happened;
use store::{LogEntry, Store};

use crate::failure::ProjectorError;

/// How many events are folded in one transaction.
pub(crate) const BATCH: u32 = 500;

/// The events from position `from` on, at most `limit` of them.
pub(crate) async fn read(store: &Store, from: u64, limit: u32) -> Result<Vec<Happened>, ProjectorError> {
    store.read_log(from, limit).await?.iter().map(happened).collect()
}

/// Whether the log has this very event at this position, and with it everything before.
///
/// After a backup was restored, the stream still holds messages of a past that the log no longer knows. They form the
/// stream's end, so that one look at the last of a stretch speaks for the whole.
pub(crate) async fn confirm(store: &Store, event: &Happened) -> Result<(), ProjectorError> {
    let found = store.read_log(event.position, 1).await?;
    match found.first().filter(|entry| entry.position == event.position) {
        Some(entry) if entry.event_id == event.id => Ok(()),
        Some(_) => Err(ProjectorError::Diverged {
            position: event.position,
        }),
        None => Err(ProjectorError::AheadOfLog {
            stream: event.position,
            log: store.log_head().await?.position(),
        }),
    }
}

fn happened(entry: &LogEntry) -> Result<Happened, ProjectorError> {
    let unreadable = |source| ProjectorError::Unreadable {
        after: entry.position - 1,
        source,
    };
    Ok(Happened {
        position: entry.position,
        id: entry.event_id,
        registration: entry.registration_id,
        sequence: entry.sequence,
        recorded_at: entry.recorded_at,
        event: Event::read(&entry.event_type, &entry.event_version, &entry.payload).map_err(unreadable)?,
    })
}

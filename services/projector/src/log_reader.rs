//! The log as the folds want it.

use domain::Event;
use projections::Happened;
use store::{LogEntry, Store};

use crate::failure::ProjectorError;

/// How many events are folded in one transaction. A registration's events mostly stand close together, and its rows are
/// written once for all that a page has of it.
pub(crate) const PAGE: u32 = 2_000;

/// The events from position `from` on, at most `limit` of them.
pub(crate) async fn read(store: &Store, from: u64, limit: u32) -> Result<Vec<Happened>, ProjectorError> {
    store.read_log(from, limit).await?.iter().map(happened).collect()
}

fn happened(entry: &LogEntry) -> Result<Happened, ProjectorError> {
    let unreadable = |source| ProjectorError::Unreadable {
        after: entry.position - 1,
        source,
    };
    Ok(Happened {
        position: entry.position,
        registration: entry.registration_id,
        sequence: entry.sequence,
        recorded_at: entry.recorded_at,
        event: Event::read(&entry.event_type, &entry.event_version, &entry.payload).map_err(unreadable)?,
    })
}

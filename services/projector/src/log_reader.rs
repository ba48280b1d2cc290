//! The log as the folds want it.

use projections::Happened;
use store::{LogEntry, Store};

use crate::failure::ProjectorError;

/// How many events are folded in one transaction.
pub(crate) const BATCH: u32 = 500;

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
        event: serde_json::from_str(&entry.payload).map_err(unreadable)?,
    })
}

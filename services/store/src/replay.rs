//! Streams of events for cqrs-es's replay. They end in one of two ways: after the last event, or with an error.
//!
//! The feed of cqrs-es cannot say which end it came to, so every cause of an early end must be pushed into it, even a
//! task that dies of its own. `QueryReplay` drops such an error unless it is given an error handler.

use std::panic::AssertUnwindSafe;

use cqrs_es::persist::{PersistenceError, ReplayFeed, ReplayStream, SerializedEvent};
use futures::{FutureExt, TryStreamExt};
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};

use crate::Unavailable;

/// How many events wait for a slow reader.
const BUFFERED_EVENTS_MAX: usize = 200;

const ONE_AGGREGATE: &str = "
    SELECT aggregate_type, aggregate_id, sequence, event_type, event_version, payload::text AS payload, metadata::text AS metadata
      FROM public.events WHERE aggregate_type = $1 AND aggregate_id = $2 ORDER BY sequence";

/// In the order of insertion, which is the order of each registration. postgres-es gives all first events, then all
/// second ones; no reader can want that.
const ALL_AGGREGATES: &str = "
    SELECT aggregate_type, aggregate_id, sequence, event_type, event_version, payload::text AS payload, metadata::text AS metadata
      FROM public.events WHERE aggregate_type = $1 ORDER BY insert_order";

/// Streams the events of one aggregate, or of all of this type.
pub(crate) fn stream(
    pool: PgPool,
    aggregate_type: &'static str,
    aggregate_id: Option<String>,
) -> ReplayStream {
    let (mut feed, stream) = ReplayStream::new(BUFFERED_EVENTS_MAX);
    tokio::spawn(async move {
        let reading = read(&pool, aggregate_type, aggregate_id.as_deref(), &mut feed);
        let last_word = match AssertUnwindSafe(reading).catch_unwind().await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error,
            Err(_) => PersistenceError::UnknownError("the task that read the events died".into()),
        };
        // A reader that has gone away needs no word.
        let _ = feed.push(Err(last_word)).await;
    });
    stream
}

async fn read(
    pool: &PgPool,
    aggregate_type: &str,
    aggregate_id: Option<&str>,
    feed: &mut ReplayFeed,
) -> Result<(), PersistenceError> {
    let query = match aggregate_id {
        Some(id) => sqlx::query(ONE_AGGREGATE).bind(aggregate_type).bind(id),
        None => sqlx::query(ALL_AGGREGATES).bind(aggregate_type),
    };
    let mut rows = query.fetch(pool);
    while let Some(row) = rows.try_next().await.map_err(database)? {
        if feed.push(Ok(serialized_event(&row)?)).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}

pub(crate) fn serialized_event(row: &PgRow) -> Result<SerializedEvent, PersistenceError> {
    let sequence: i64 = row.try_get("sequence").map_err(database)?;
    Ok(SerializedEvent {
        aggregate_id: row.try_get("aggregate_id").map_err(database)?,
        sequence: usize::try_from(sequence)
            .map_err(|error| PersistenceError::DeserializationError(Box::new(error)))?,
        aggregate_type: row.try_get("aggregate_type").map_err(database)?,
        event_type: row.try_get("event_type").map_err(database)?,
        event_version: row.try_get("event_version").map_err(database)?,
        payload: serde_json::from_str(row.try_get("payload").map_err(database)?)?,
        metadata: serde_json::from_str(row.try_get("metadata").map_err(database)?)?,
    })
}

/// A lost connection is told apart, because a reader may try again after it.
pub(crate) fn database(error: sqlx::Error) -> PersistenceError {
    match Unavailable::of(&error) {
        Some(_) => PersistenceError::ConnectionError(Box::new(error)),
        None => PersistenceError::UnknownError(Box::new(error)),
    }
}

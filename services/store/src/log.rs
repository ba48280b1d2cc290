//! The log: every committed event in its place, 1, 2, 3, without gaps.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::EventMessage;
use domain::message::LoggedEvent;
use domain::values::RegistrationId;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, Row};
use tlog::Frontier;
use uuid::Uuid;

use crate::Store;
use crate::error::StoreError;
use crate::leaf::LeafColumns;

macro_rules! entries {
    () => {
        "SELECT e.position, e.leaf_hash, e.insert_order, e.event_id, e.aggregate_type, e.aggregate_id, e.sequence,
                e.event_type, e.event_version, e.recorded_at, e.payload::text AS payload, e.metadata::text AS metadata"
    };
}
macro_rules! page {
    () => {
        " FROM public.events e WHERE e.position >= $1 ORDER BY e.position LIMIT $2"
    };
}
/// A look-up for each, whatever the statistics say: a plan for `= ANY` that was made when the table was small scans it.
const READ_PLACES: &str = concat!(
    entries!(),
    " FROM unnest($1::bigint[]) AS wanted(position)
      CROSS JOIN LATERAL (SELECT * FROM public.events v WHERE v.position = wanted.position LIMIT 1) e
     ORDER BY e.position"
);
const READ_LOG: &str = concat!(entries!(), page!());
/// Whoever has the answer knows that the statement's own commit, which comes after all that it saw, is replicated. Where
/// nothing is found nothing is committed.
pub(crate) const READ_REPLICATED_LOG: &str = concat!(
    "WITH waited AS MATERIALIZED (",
    crate::replicated::wait!(),
    ") ",
    entries!(),
    ", (SELECT at FROM waited)",
    page!()
);
const LAST_LOGGED: &str = concat!(
    entries!(),
    " FROM public.events e
      WHERE e.aggregate_type = 'registration' AND e.aggregate_id = $1 ORDER BY e.sequence DESC LIMIT 1"
);

/// An event in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// Its place in the log, from 1.
    pub position: u64,
    /// Identifies the event.
    pub event_id: Uuid,
    /// The aggregate's type, `registration`.
    pub aggregate_type: String,
    /// Whose event it is.
    pub registration_id: RegistrationId,
    /// Its place within the registration, from 1.
    pub sequence: u64,
    /// Its name.
    pub event_type: String,
    /// Its version.
    pub event_version: String,
    /// When it was appended, by the database's clock.
    pub recorded_at: DateTime<Utc>,
    /// JSON, as stored.
    pub payload: String,
    /// JSON, as stored.
    pub metadata: String,
    /// The order of insertion: only of use for the leaf's hash.
    pub insert_order: i64,
    /// The hash that the log holds for it.
    pub leaf_hash: [u8; 32],
}

impl LogEntry {
    /// The entry as a message carries it.
    pub fn as_logged(&self) -> LoggedEvent<'_> {
        LoggedEvent {
            event_id: self.event_id,
            registration: self.registration_id,
            sequence: self.sequence,
            position: self.position,
            event_type: &self.event_type,
            event_version: &self.event_version,
            recorded_at: self.recorded_at,
            payload: &self.payload,
        }
    }

    /// The message that carries the entry to the outside, with the trace that its metadata name.
    ///
    /// # Errors
    /// When the stored payload is not JSON.
    pub fn as_message(&self) -> Result<EventMessage, serde_json::Error> {
        let mut message = EventMessage::of(self.as_logged())?;
        message.traceparent = traceparent_of(&self.metadata);
        Ok(message)
    }

    /// The hash of the columns as they stand now. It differs from `leaf_hash` when someone has rewritten the event.
    pub fn recomputed_leaf_hash(&self) -> [u8; 32] {
        LeafColumns {
            aggregate_type: &self.aggregate_type,
            aggregate_id: &self.registration_id.to_string(),
            sequence: self.sequence,
            event_type: &self.event_type,
            event_version: &self.event_version,
            payload: &self.payload,
            metadata: &self.metadata,
            insert_order: self.insert_order,
            event_id: self.event_id,
            recorded_at: self.recorded_at,
        }
        .hash()
    }

    fn of(event: &PgRow) -> Result<Self, StoreError> {
        let aggregate_id: String = event.try_get("aggregate_id")?;
        let registration_id: RegistrationId = aggregate_id
            .parse()
            .map_err(|_| StoreError::Corrupt("events.aggregate_id"))?;
        // Another spelling of the same id would be hashed as this one, so it must not pass.
        if registration_id.to_string() != aggregate_id {
            return Err(StoreError::Corrupt("events.aggregate_id"));
        }
        let (position, sequence): (i64, i64) = (event.try_get("position")?, event.try_get("sequence")?);
        Ok(Self {
            position: u64::try_from(position).map_err(|_| StoreError::Corrupt("events.position"))?,
            event_id: event.try_get("event_id")?,
            aggregate_type: event.try_get("aggregate_type")?,
            registration_id,
            sequence: u64::try_from(sequence).map_err(|_| StoreError::Corrupt("events.sequence"))?,
            event_type: event.try_get("event_type")?,
            event_version: event.try_get("event_version")?,
            recorded_at: event.try_get("recorded_at")?,
            payload: event.try_get("payload")?,
            metadata: event.try_get("metadata")?,
            insert_order: event.try_get("insert_order")?,
            leaf_hash: event.try_get("leaf_hash")?,
        })
    }
}

/// Where the log ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogHead {
    /// The tree over the log. Its size is the last position; its root goes into the checkpoint.
    pub tree: Frontier,
}

impl LogHead {
    /// The last position, 0 while the log is empty.
    pub fn position(&self) -> u64 {
        self.tree.size()
    }
}

impl FromRow<'_, PgRow> for LogHead {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let corrupt = |column| sqlx::Error::Decode(Box::new(StoreError::Corrupt(column)));
        let size: i64 = row.try_get("size")?;
        let size = u64::try_from(size).map_err(|_| corrupt("log_head.size"))?;
        let tree = Frontier::new(size, row.try_get("frontier")?);
        Ok(Self {
            tree: tree.map_err(|_| corrupt("log_head.frontier"))?,
        })
    }
}

/// A signed statement of how large the log was and what it held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// How many events it covers: all up to this position.
    pub size: u64,
    /// The root of the tree over them.
    pub root: [u8; 32],
    /// The signed note, verbatim.
    pub note: String,
    /// When it was stored, by the database's clock.
    pub signed_at: DateTime<Utc>,
}

impl Store {
    /// Up to `limit` entries from this position on, in order.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::Corrupt`] when a row is not of the store's making.
    pub async fn read_log(&self, from_position: u64, limit: u32) -> Result<Vec<LogEntry>, StoreError> {
        self.read_page(READ_LOG, from_position, limit).await
    }

    pub(crate) async fn read_page(
        &self,
        statement: &'static str,
        from_position: u64,
        limit: u32,
    ) -> Result<Vec<LogEntry>, StoreError> {
        let rows = sqlx::query(statement)
            .bind(i64::try_from(from_position).unwrap_or(i64::MAX))
            .bind(i64::from(limit))
            .fetch_all(self.pool())
            .await?;
        rows.iter().map(LogEntry::of).collect()
    }

    /// The entries at these positions, in the order of the log, each once; those that do not exist are left out.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::Corrupt`] when a row is not of the store's making.
    pub async fn read_places(&self, positions: &[u64]) -> Result<Vec<LogEntry>, StoreError> {
        let positions: BTreeSet<i64> = positions
            .iter()
            .map(|place| i64::try_from(*place).unwrap_or(i64::MAX))
            .collect();
        let rows = sqlx::query(READ_PLACES)
            .bind(Vec::from_iter(positions))
            .fetch_all(self.pool())
            .await?;
        rows.iter().map(LogEntry::of).collect()
    }

    /// The last event of a registration.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::Corrupt`] when the row is not of the store's making.
    pub async fn last_logged(&self, registration: RegistrationId) -> Result<Option<LogEntry>, StoreError> {
        let row = sqlx::query(LAST_LOGGED)
            .bind(registration.to_string())
            .fetch_optional(self.pool())
            .await?;
        row.as_ref().map(LogEntry::of).transpose()
    }

    /// How long ago the event at this position was recorded, by the database's clock; none when there is no such event.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn age_of(&self, position: u64) -> Result<Option<Duration>, StoreError> {
        let age_us: Option<i64> = sqlx::query_scalar(
            "SELECT (extract(epoch FROM clock_timestamp() - e.recorded_at) * 1000000)::bigint
               FROM public.events e WHERE e.position = $1",
        )
        .bind(i64::try_from(position).unwrap_or(i64::MAX))
        .fetch_optional(self.pool())
        .await?;
        Ok(age_us.map(|us| Duration::from_micros(u64::try_from(us).unwrap_or(0))))
    }

    /// Where the log ends, with the tree over it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn log_head(&self) -> Result<LogHead, StoreError> {
        Ok(sqlx::query_as("SELECT size, frontier FROM public.log_head")
            .fetch_one(self.pool())
            .await?)
    }
}

/// The trace that the event's metadata name. Metadata of another form have none; only visible ASCII may be a header.
fn traceparent_of(metadata: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
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

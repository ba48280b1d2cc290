//! An event as exports and certificates carry it: every stored column, in one JSON object.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::leaf::LeafColumns;
use crate::log::LogEntry;

/// An event with its place and hash. Stored JSON stands in it as text, so that its bytes, which are hashed, survive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventRow {
    /// Its place in the log, from 1.
    pub position: u64,
    /// `registration`.
    pub aggregate_type: String,
    /// The registration's id.
    pub aggregate_id: String,
    /// Its place within the registration, from 1.
    pub sequence: u64,
    /// Its name.
    pub event_type: String,
    /// Its version.
    pub event_version: String,
    /// The event's id.
    pub event_id: Uuid,
    /// When it was recorded, UTC, to the microsecond.
    pub recorded_at: String,
    /// The order of insertion.
    pub insert_order: i64,
    /// JSON, as stored.
    pub payload: String,
    /// JSON, as stored.
    pub metadata: String,
    /// The hash that the log holds, in hexadecimal.
    pub leaf_hash: String,
}

impl EventRow {
    /// The row of an entry.
    pub fn of(entry: &LogEntry) -> Self {
        Self {
            position: entry.position,
            aggregate_type: entry.aggregate_type.clone(),
            aggregate_id: entry.registration_id.to_string(),
            sequence: entry.sequence,
            event_type: entry.event_type.clone(),
            event_version: entry.event_version.clone(),
            event_id: entry.event_id,
            recorded_at: entry.recorded_at.to_rfc3339_opts(SecondsFormat::Micros, true),
            insert_order: entry.insert_order,
            payload: entry.payload.clone(),
            metadata: entry.metadata.clone(),
            leaf_hash: tlog::hash::hex(&entry.leaf_hash),
        }
    }

    /// The hash that follows from the columns; none when the time cannot be read.
    pub fn recomputed_leaf_hash(&self) -> Option<tlog::Hash> {
        let recorded_at = DateTime::parse_from_rfc3339(&self.recorded_at).ok()?;
        let columns = LeafColumns {
            aggregate_type: &self.aggregate_type,
            aggregate_id: &self.aggregate_id,
            sequence: self.sequence,
            event_type: &self.event_type,
            event_version: &self.event_version,
            payload: &self.payload,
            metadata: &self.metadata,
            insert_order: self.insert_order,
            event_id: self.event_id,
            recorded_at: recorded_at.with_timezone(&Utc),
        };
        Some(columns.hash())
    }
}

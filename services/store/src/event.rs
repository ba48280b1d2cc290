//! An event before and after it is stored. Payloads are text: the bytes that were stored are the bytes that are hashed.

use chrono::{DateTime, Utc};
use cqrs_es::DomainEvent;
use cqrs_es::persist::{PersistenceError, SerializedEvent};
use domain::values::RegistrationId;
use uuid::Uuid;

use crate::error::AppendError;

/// The aggregate's type in the table. The table holds no other.
const AGGREGATE_TYPE: &str = "registration";

/// An event to be appended. Its sequence follows from where it stands in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// Its name, such as `TopicsChosen`.
    pub event_type: String,
    /// Its version, such as `1`.
    pub event_version: String,
    /// JSON, stored byte for byte.
    pub payload: String,
    /// A JSON object of strings about the command that caused it; nothing personal.
    pub metadata: String,
}

impl NewEvent {
    /// The event as it is stored, with `metadata`, a JSON object.
    ///
    /// # Errors
    /// [`AppendError::Unfit`] when the event cannot be written as JSON.
    pub fn of(event: &impl DomainEvent, metadata: &str) -> Result<Self, AppendError> {
        Ok(Self {
            event_type: event.event_type(),
            event_version: event.event_version(),
            payload: serde_json::to_string(event).map_err(|_| AppendError::Unfit("payload is not JSON"))?,
            metadata: metadata.to_owned(),
        })
    }
}

/// An event as it stands in the table.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredEvent {
    /// Identifies the event everywhere, the feed included.
    pub event_id: Uuid,
    /// Its place within the registration, from 1.
    #[sqlx(try_from = "i64")]
    pub sequence: u64,
    /// Its place in the log, from 1.
    #[sqlx(try_from = "i64")]
    pub position: u64,
    /// Its name.
    pub event_type: String,
    /// Its version.
    pub event_version: String,
    /// JSON, as stored.
    pub payload: String,
    /// JSON, as stored.
    pub metadata: String,
    /// When it was appended, by the database's clock.
    pub recorded_at: DateTime<Utc>,
}

impl StoredEvent {
    /// The form that cqrs-es upcasts and folds.
    ///
    /// # Errors
    /// [`PersistenceError::DeserializationError`] when payload or metadata are not JSON.
    pub fn serialized(&self, registration: RegistrationId) -> Result<SerializedEvent, PersistenceError> {
        Ok(SerializedEvent {
            aggregate_id: registration.to_string(),
            sequence: usize::try_from(self.sequence)
                .map_err(|error| PersistenceError::DeserializationError(Box::new(error)))?,
            aggregate_type: AGGREGATE_TYPE.to_owned(),
            event_type: self.event_type.clone(),
            event_version: self.event_version.clone(),
            payload: serde_json::from_str(&self.payload)?,
            metadata: serde_json::from_str(&self.metadata)?,
        })
    }
}

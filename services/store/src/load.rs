//! Loading: what a command needs before it decides, in one round trip.

use chrono::{DateTime, Utc};
use domain::values::RegistrationId;
use keyring::WrappedKey;
use sqlx::postgres::{PgExecutor, PgRow};
use sqlx::{FromRow, Row};
use uuid::Uuid;

use crate::Store;
use crate::error::StoreError;
use crate::event::{AGGREGATE_TYPE, StoredEvent};

/// Always at least one row, whether or not there are events: the command's record, the key and the time ride on it.
const LOAD: &str = "
    SELECT clock_timestamp() AS now,
           c.command_id, c.registration_id AS command_registration, c.request_hash, c.status, c.code,
           c.last_sequence AS command_sequence,
           k.key_id, k.epoch, k.wrapped,
           e.event_id, e.sequence, e.position, e.event_type, e.event_version, e.payload::text AS payload,
           e.metadata::text AS metadata, e.recorded_at
      FROM (VALUES (1)) AS always
      LEFT JOIN public.commands c ON c.command_id = $3
      LEFT JOIN keyring.person_keys k ON k.registration_id = $4
      LEFT JOIN public.events e ON e.aggregate_type = $1 AND e.aggregate_id = $2
     ORDER BY e.sequence";

/// A registration as a command finds it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Whose events these are.
    pub registration: RegistrationId,
    /// Its events in order; none when it does not exist.
    pub events: Vec<StoredEvent>,
    /// The earlier answer to the same command, if there was one.
    pub command: Option<CommandRecord>,
    /// The person's key.
    pub key: PersonKeyRow,
    /// The time by the database's clock, which judges every expiry.
    pub now: DateTime<Utc>,
}

impl Loaded {
    /// The registration's version: the sequence of its last event, 0 when it does not exist.
    pub fn version(&self) -> u64 {
        self.events.last().map_or(0, |event| event.sequence)
    }
}

/// What a command was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandRecord {
    /// The command.
    pub id: Uuid,
    /// The registration that it was about.
    pub registration: RegistrationId,
    /// Keyed hash of its request.
    pub request_hash: [u8; 32],
    /// The HTTP status that it was answered with.
    pub status: u16,
    /// The problem's code, when the answer was one.
    pub code: Option<String>,
    /// The registration's version after it.
    pub last_sequence: u64,
}

/// Where a person's key stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonKeyRow {
    /// There has never been one.
    Absent,
    /// Alive, wrapped.
    Live(WrappedKey),
    /// Destroyed: what it sealed is unreadable for ever.
    Destroyed,
}

impl Store {
    /// Everything a command needs to decide: events, the answer to `command` if it was given before, key and time.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::Corrupt`] when a row is not of the store's making.
    pub async fn load(
        &self,
        registration: RegistrationId,
        command: Option<Uuid>,
    ) -> Result<Loaded, StoreError> {
        load_on(&self.pool, registration, command).await
    }
}

pub(crate) async fn load_on(
    executor: impl PgExecutor<'_>,
    registration: RegistrationId,
    command: Option<Uuid>,
) -> Result<Loaded, StoreError> {
    let rows = sqlx::query(LOAD)
        .bind(AGGREGATE_TYPE)
        .bind(registration.to_string())
        .bind(command)
        .bind(registration.0)
        .fetch_all(executor)
        .await?;
    let first = rows
        .first()
        .ok_or(StoreError::Corrupt("load answered without a row"))?;
    let events = match first.try_get::<Option<i64>, _>("sequence")? {
        None => Vec::new(),
        Some(_) => rows.iter().map(StoredEvent::from_row).collect::<Result<_, _>>()?,
    };
    Ok(Loaded {
        registration,
        events,
        command: command_record(first)?,
        key: person_key(first)?,
        now: first.try_get("now")?,
    })
}

pub(crate) fn command_record(row: &PgRow) -> Result<Option<CommandRecord>, StoreError> {
    let Some(id) = row.try_get("command_id")? else {
        return Ok(None);
    };
    Ok(Some(CommandRecord {
        id,
        registration: RegistrationId(row.try_get("command_registration")?),
        request_hash: row.try_get("request_hash")?,
        status: u16::try_from(row.try_get::<i16, _>("status")?)
            .map_err(|_| StoreError::Corrupt("commands.status"))?,
        code: row.try_get("code")?,
        last_sequence: u64::try_from(row.try_get::<i64, _>("command_sequence")?)
            .map_err(|_| StoreError::Corrupt("commands.last_sequence"))?,
    }))
}

fn person_key(row: &PgRow) -> Result<PersonKeyRow, StoreError> {
    let Some(key_id) = row.try_get("key_id")? else {
        return Ok(PersonKeyRow::Absent);
    };
    Ok(match row.try_get("wrapped")? {
        None => PersonKeyRow::Destroyed,
        Some(wrapped) => PersonKeyRow::Live(WrappedKey {
            key_id,
            epoch: row.try_get("epoch")?,
            wrapped,
        }),
    })
}

//! Loading: what a command needs before it decides, in one round trip.

use chrono::{DateTime, Utc};
use domain::values::RegistrationId;
use futures::future::BoxFuture;
use keyring::WrappedKey;
use sqlx::postgres::{PgExecutor, PgRow};
use sqlx::{FromRow, PgConnection, Row};
use uuid::Uuid;

use crate::Store;
use crate::error::StoreError;
use crate::event::StoredEvent;

/// At least one row for each registration, whether or not there are events: the command's record, the key and the time ride on
/// it. Each look-up is by key or index, whatever the statistics say.
const LOAD: &str = "
    SELECT a.place, clock_timestamp() AS now,
           c.command_id, c.registration_id AS command_registration, c.request_hash, c.status, c.code,
           c.last_sequence AS command_sequence,
           k.key_id, k.epoch, k.wrapped,
           e.event_id, e.sequence, e.position, e.event_type, e.event_version, e.payload, e.metadata, e.recorded_at
      FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS a(registration, command, place)
      LEFT JOIN LATERAL (SELECT * FROM public.commands r WHERE r.command_id = a.command LIMIT 1) c ON true
      LEFT JOIN LATERAL (SELECT * FROM keyring.person_keys p WHERE p.registration_id = a.registration LIMIT 1) k ON true
      LEFT JOIN LATERAL (SELECT v.event_id, v.sequence, v.position, v.event_type, v.event_version, v.payload::text AS payload,
                                v.metadata::text AS metadata, v.recorded_at
                           FROM public.events v
                          WHERE v.aggregate_type = 'registration' AND v.aggregate_id = a.registration::text
                          ORDER BY v.sequence OFFSET 0) e ON true
     ORDER BY a.place, e.sequence";

/// Which registration, and the command that may have been answered already.
pub(crate) type LoadQuestion = (RegistrationId, Option<Uuid>);

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
    /// [`StoreError::Shared`], or [`StoreError::Corrupt`] when a row is not of the store's making.
    pub async fn load(
        &self,
        registration: RegistrationId,
        command: Option<Uuid>,
    ) -> Result<Loaded, StoreError> {
        self.loads.ask((registration, command)).await
    }
}

/// Loads all of these by one statement.
pub(crate) fn find<'a>(
    connection: &'a mut PgConnection,
    questions: &'a [LoadQuestion],
) -> BoxFuture<'a, Result<Vec<Result<Loaded, StoreError>>, sqlx::Error>> {
    Box::pin(load_on(connection, questions))
}

pub(crate) async fn load_on(
    executor: impl PgExecutor<'_>,
    questions: &[LoadQuestion],
) -> Result<Vec<Result<Loaded, StoreError>>, sqlx::Error> {
    let (registrations, commands): (Vec<Uuid>, Vec<Option<Uuid>>) =
        questions.iter().map(|(id, command)| (id.0, *command)).unzip();
    let rows = sqlx::query(LOAD)
        .bind(registrations)
        .bind(commands)
        .fetch_all(executor)
        .await?;
    let places = rows
        .iter()
        .map(|row| row.try_get::<i64, _>("place"))
        .collect::<Result<Vec<_>, _>>()?;
    let rows_of = |place: i64| {
        let first = places.partition_point(|it| *it < place);
        let after = places.partition_point(|it| *it <= place);
        &rows[first..after]
    };
    Ok(questions
        .iter()
        .zip(1..)
        .map(|((registration, _), place)| loaded_of(*registration, rows_of(place)))
        .collect())
}

fn loaded_of(registration: RegistrationId, rows: &[PgRow]) -> Result<Loaded, StoreError> {
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

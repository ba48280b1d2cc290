//! Questions to `registrations`. The answers may lag behind the log; whoever acts on one decides again from events.

use chrono::{DateTime, Utc};
use domain::values::{RegistrationId, Siret};
use sqlx::PgPool;
use uuid::Uuid;

use crate::ProjectionError;

/// A registration that was left before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// The registration.
    pub registration: RegistrationId,
    /// When the person last did something.
    pub idle_since: DateTime<Utc>,
}

impl From<(Uuid, DateTime<Utc>)> for Unfinished {
    fn from((id, idle_since): (Uuid, DateTime<Utc>)) -> Self {
        Self {
            registration: RegistrationId(id),
            idle_since,
        }
    }
}

/// Unfinished registrations whose person has rested since before `instant` and has not been reminded. The latest come first: some are never reminded, such
/// as those whose address has an account, and must not keep others waiting. Asked by reminders.
///
/// # Errors
/// [`ProjectionError::Database`].
pub async fn unreminded_since(
    pool: &PgPool,
    instant: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<Unfinished>, ProjectionError> {
    let rows: Vec<(Uuid, DateTime<Utc>)> = sqlx::query_as(
        "SELECT registration_id, idle_since FROM read.registrations
          WHERE stage NOT IN ('active', 'expired', 'erased') AND stage <> 'closed' AND NOT reminded AND idle_since < $1
          ORDER BY idle_since DESC LIMIT $2",
    )
    .bind(instant)
    .bind(i64::from(limit))
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(Unfinished::from).collect())
}

/// Establishments whose register still owes an answer, longest waiting first. Asked by the worker of register checks.
///
/// # Errors
/// [`ProjectionError::Database`].
pub async fn pending_register_checks(
    pool: &PgPool,
    limit: u32,
) -> Result<Vec<(RegistrationId, Siret)>, ProjectionError> {
    let rows: Vec<(Uuid, String)> = sqlx::query_as(
        "SELECT registration_id, pending_check FROM read.registrations
          WHERE pending_check IS NOT NULL ORDER BY last_event_at LIMIT $1",
    )
    .bind(i64::from(limit))
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, siret)| Some((RegistrationId(id), Siret::kept(siret).ok()?)))
        .collect())
}

/// How many checks wait for a register's answer. Asked by operators.
///
/// # Errors
/// [`ProjectionError::Database`].
pub async fn count_pending_register_checks(pool: &PgPool) -> Result<u64, ProjectionError> {
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM read.registrations WHERE pending_check IS NOT NULL")
            .fetch_one(pool)
            .await?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// How many registrations stand at each stage. Asked by the console.
///
/// # Errors
/// [`ProjectionError::Database`].
pub async fn counts_by_stage(pool: &PgPool) -> Result<Vec<(String, i64)>, ProjectionError> {
    Ok(
        sqlx::query_as("SELECT stage, count(*) FROM read.registrations GROUP BY stage ORDER BY stage")
            .fetch_all(pool)
            .await?,
    )
}

/// A registration as the console lists it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Listed {
    /// The registration.
    pub registration_id: Uuid,
    /// Its stage.
    pub stage: String,
    /// Sequence of its last event.
    pub version: i64,
    /// `known`, `unknown`, or absent until the address was looked up.
    pub journey: Option<String>,
    /// When it was started.
    pub started_at: DateTime<Utc>,
    /// When its last event was stored.
    pub last_event_at: DateTime<Utc>,
    /// `requested`, `sent` or `failed`; absent while no mail was asked for.
    pub mail: Option<String>,
    /// How many establishments the person is attached to.
    pub establishments: i32,
}

/// The registrations that moved last, latest first. Asked by the console.
///
/// # Errors
/// [`ProjectionError::Database`].
pub async fn latest(pool: &PgPool, limit: u32) -> Result<Vec<Listed>, ProjectionError> {
    Ok(sqlx::query_as(
        "SELECT registration_id, stage, version, journey, started_at, last_event_at, mail, establishments
           FROM read.registrations ORDER BY position DESC LIMIT $1",
    )
    .bind(i64::from(limit))
    .fetch_all(pool)
    .await?)
}

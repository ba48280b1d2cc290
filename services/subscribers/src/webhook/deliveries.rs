//! Calls of late, kept for operators: which event, when, how it ended, and when it is tried again.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::values::RegistrationId;
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgPool, Row};
use uuid::Uuid;

use crate::{SubscriberError, SubscriberName};

/// So many calls of each subscriber are kept at most.
const KEPT_MAX: i64 = 10_000;

/// A call of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// The registration.
    pub registration: RegistrationId,
    /// The event's place in the log.
    pub position: u64,
    /// What the receiver knows it by (`webhook-id`).
    pub webhook_id: String,
    /// The how manieth attempt it was.
    pub attempt: u32,
    /// When.
    pub called_at: DateTime<Utc>,
    /// How long it took.
    pub milliseconds: u32,
    /// The answer's status, where there was one.
    pub status: Option<u16>,
    /// `acknowledged`, `later`, `refused`: given up, the registration is parked; `gone`: the subscriber is paused.
    pub outcome: String,
    /// What was in the way.
    pub obstacle: Option<String>,
    /// When it is tried again.
    pub next_at: Option<DateTime<Utc>>,
}

impl FromRow<'_, PgRow> for Delivery {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            registration: RegistrationId(row.try_get::<Uuid, _>("registration")?),
            position: row.try_get::<i64, _>("position")?.unsigned_abs(),
            webhook_id: row.try_get("webhook_id")?,
            attempt: row.try_get::<i32, _>("attempt")?.unsigned_abs(),
            called_at: row.try_get("called_at")?,
            milliseconds: row.try_get::<i32, _>("milliseconds")?.unsigned_abs(),
            status: row.try_get::<Option<i16>, _>("status")?.map(i16::unsigned_abs),
            outcome: row.try_get("outcome")?,
            obstacle: row.try_get("obstacle")?,
            next_at: row.try_get("next_at")?,
        })
    }
}

/// The latest calls of a webhook, newest first; only those that were not acknowledged where that is asked.
///
/// # Errors
/// [`SubscriberError::Database`].
pub async fn deliveries(
    pool: &PgPool,
    name: &SubscriberName,
    failed_only: bool,
    limit: u32,
) -> Result<Vec<Delivery>, SubscriberError> {
    Ok(sqlx::query_as(
        "SELECT * FROM feed.deliveries WHERE subscriber = $1 AND (outcome <> 'acknowledged' OR NOT $2)
          ORDER BY id DESC LIMIT $3",
    )
    .bind(name.as_str())
    .bind(failed_only)
    .bind(i64::from(limit))
    .fetch_all(pool)
    .await?)
}

/// Writes down calls.
pub(super) async fn keep(
    pool: &PgPool,
    name: &SubscriberName,
    calls: &[Delivery],
) -> Result<(), SubscriberError> {
    let mut rows = sqlx::QueryBuilder::new(
        "INSERT INTO feed.deliveries (subscriber, registration, position, webhook_id, attempt, called_at, milliseconds, status,
         outcome, obstacle, next_at) ",
    );
    rows.push_values(calls, |mut row, call| {
        row.push_bind(name.as_str())
            .push_bind(call.registration.0)
            .push_bind(i64::try_from(call.position).unwrap_or(i64::MAX))
            .push_bind(call.webhook_id.as_str())
            .push_bind(i32::try_from(call.attempt).unwrap_or(i32::MAX))
            .push_bind(call.called_at)
            .push_bind(i32::try_from(call.milliseconds).unwrap_or(i32::MAX))
            .push_bind(call.status.and_then(|it| i16::try_from(it).ok()))
            .push_bind(call.outcome.as_str())
            .push_bind(call.obstacle.as_deref())
            .push_bind(call.next_at);
    });
    rows.build().execute(pool).await?;
    Ok(())
}

/// Forgets calls that are older than this, and all but the latest of each subscriber. Answers how many.
pub(super) async fn forget(pool: &PgPool, older: Duration) -> Result<u64, SubscriberError> {
    let gone = sqlx::query(
        "DELETE FROM feed.deliveries d USING feed.webhooks w
          WHERE d.subscriber = w.subscriber
            AND (d.called_at < clock_timestamp() - $1 * interval '1 second'
                 OR d.id < (SELECT k.id FROM feed.deliveries k WHERE k.subscriber = w.subscriber
                             ORDER BY k.id DESC OFFSET $2 LIMIT 1))",
    )
    .bind(older.as_secs_f64())
    .bind(KEPT_MAX - 1)
    .execute(pool)
    .await?;
    Ok(gone.rows_affected())
}

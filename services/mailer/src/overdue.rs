//! Mails that nobody is at are walked from the events that ask for them.
//!
//! The stream brings every event that asks for a mail, and is a copy: it may have been lost, put back, or read from a place
//! of a history that is no more. PostgreSQL knows which mails are open whatever became of it. Each is walked as if its
//! message had come, so that this does nothing twice and nothing that is no longer wanted.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::Event;
use domain::values::RegistrationId;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::delivery::{DeliveryError, Postman};
use crate::errand::{Asked, Errand};
use crate::patience::with_jitter;
use crate::watch::overdue;

/// Between rounds.
const ROUND_EVERY: Duration = Duration::from_secs(60);
/// Mails walked in one round.
const A_ROUND: i64 = 200;

/// Walks rounds until told to stop.
pub(crate) async fn run(postman: &Postman, pool: &PgPool, stop: &CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(with_jitter(ROUND_EVERY)) => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            walked = round(postman, pool) => match walked {
                Ok(0) => {}
                Ok(mails) => tracing::warn!(mails, "walked mails that nobody was at: did their messages come?"),
                Err(error) => tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "overdue mails could not be walked"
                ),
            },
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    registration_id: Uuid,
    sequence: i64,
    event_type: String,
    event_version: String,
    payload: String,
    recorded_at: DateTime<Utc>,
}

/// Walks the oldest overdue mails as far as they can go now. Answers how many.
///
/// # Errors
/// [`DeliveryError`]; nothing is lost by it.
pub async fn round(postman: &Postman, pool: &PgPool) -> Result<u64, DeliveryError> {
    let rows: Vec<Row> = sqlx::query_as(concat!(
        "SELECT w.registration_id, w.sequence, e.event_type, e.event_version, e.payload::text AS payload, e.recorded_at
           FROM mailer.wanted w
           JOIN public.events e ON e.aggregate_type = 'registration' AND e.aggregate_id = w.registration_id::text
                               AND e.sequence = w.sequence
          WHERE ",
        overdue!(),
        " ORDER BY w.asked_at LIMIT $1"
    ))
    .bind(A_ROUND)
    .fetch_all(pool)
    .await
    .map_err(crate::ledger::LedgerError::from)?;
    let mut walked = 0;
    for row in rows {
        let Ok(event) = Event::read(&row.event_type, &row.event_version, &row.payload) else {
            continue; // A later release wrote it, and reads it.
        };
        let asked = Asked {
            registration: RegistrationId(row.registration_id),
            sequence: row.sequence.unsigned_abs(),
            at: row.recorded_at,
            traceparent: None,
        };
        if let Some(errand) = Errand::asked_by(asked, &event, postman.sender.domain()) {
            postman.deliver(&errand).await?;
            walked += 1;
        }
    }
    Ok(walked)
}

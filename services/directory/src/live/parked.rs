//! Messages that could not be read: where they stand, and what is wrong. What they say stays in the stream.

use chrono::{DateTime, Utc};
use domain::values::Siret;
use serde::Serialize;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};

use super::message::LiveFault;
use super::take::StreamPlace;
use crate::DirectoryError;

/// A message that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ParkedMessage {
    /// The establishment that its subject names; nothing when the subject is no SIRET, which could then be anything.
    pub siret: Option<String>,
    /// Its sequence in the stream.
    pub sequence: i64,
    /// When the stream was made.
    pub stream_made: DateTime<Utc>,
    /// What is wrong with it.
    pub faults: Vec<LiveFault>,
    /// Since when it is parked.
    pub parked_at: DateTime<Utc>,
}

/// Parked messages, and how many there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Parked {
    /// All of them.
    pub count: u64,
    /// The first ones, the longest parked first.
    pub messages: Vec<ParkedMessage>,
}

/// The parked messages, at most `limit` of them, and how many there are.
///
/// # Errors
/// The database does not answer.
pub async fn parked(pool: &PgPool, limit: u32) -> Result<Parked, DirectoryError> {
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM directory.parked_messages")
        .fetch_one(pool)
        .await?;
    type Row = (
        Option<String>,
        i64,
        DateTime<Utc>,
        Json<Vec<LiveFault>>,
        DateTime<Utc>,
    );
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT siret, sequence, stream_made, faults, parked_at FROM directory.parked_messages
          ORDER BY parked_at, sequence LIMIT $1",
    )
    .bind(i64::from(limit))
    .fetch_all(pool)
    .await?;
    let message = |(siret, sequence, stream_made, Json(faults), parked_at): Row| ParkedMessage {
        siret,
        sequence,
        stream_made,
        faults,
        parked_at,
    };
    Ok(Parked {
        count: count.unsigned_abs(),
        messages: rows.into_iter().map(message).collect(),
    })
}

/// What is wrong with a subject that names no establishment.
pub(super) fn no_siret() -> Vec<LiveFault> {
    vec![LiveFault {
        field: "subject".to_owned(),
        reason: "not-a-siret".to_owned(),
    }]
}

/// Parks a message. Answers 1, or 0 when it is parked already.
pub(super) async fn park(
    transaction: &mut PgConnection,
    place: StreamPlace,
    siret: Option<&Siret>,
    faults: &[LiveFault],
) -> Result<u64, DirectoryError> {
    let parked = sqlx::query(
        "INSERT INTO directory.parked_messages (stream_made, sequence, siret, faults) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
    )
    .bind(place.stream_made)
    .bind(place.sequence)
    .bind(siret.map(Siret::as_str))
    .bind(Json(faults))
    .execute(transaction)
    .await?
    .rows_affected();
    if parked > 0 {
        // Nothing of what the message says: the subject may be anything, and the body full of whatever was sent.
        tracing::warn!(
            sequence = place.sequence,
            faults = ?faults.iter().map(|it| format!("{}: {}", it.field, it.reason)).collect::<Vec<_>>(),
            "a message of the organisation's system cannot be read and is parked"
        );
    }
    Ok(parked)
}

/// A later message of these establishments has come: what was parked of them is history.
pub(super) async fn clear(transaction: &mut PgConnection, sirets: &[Siret]) -> Result<(), DirectoryError> {
    sqlx::query("DELETE FROM directory.parked_messages WHERE siret = ANY($1)")
        .bind(sirets.iter().map(Siret::as_str).collect::<Vec<_>>())
        .execute(transaction)
        .await?;
    Ok(())
}

/// Forgets a parked message that has left the stream.
///
/// # Errors
/// The database does not answer.
pub async fn unpark(pool: &PgPool, message: &ParkedMessage) -> Result<(), DirectoryError> {
    sqlx::query("DELETE FROM directory.parked_messages WHERE stream_made = $1 AND sequence = $2")
        .bind(message.stream_made)
        .bind(message.sequence)
        .execute(pool)
        .await?;
    Ok(())
}

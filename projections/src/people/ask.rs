//! Questions to `people`. What a person sees of their own account comes from the events instead, which never lag.

use chrono::{DateTime, Utc};
use domain::values::Siret;
use sqlx::PgPool;
use uuid::Uuid;

use crate::ProjectionError;

/// An account attached to an establishment.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Attached {
    /// The account.
    pub registration_id: Uuid,
    /// What the attachment rests on, as in the event `EstablishmentLinked`.
    pub linked_by: String,
    /// When it was made.
    pub linked_at: DateTime<Utc>,
}

/// The accounts attached to an establishment, oldest attachment first. Asked by the console.
///
/// # Errors
/// [`ProjectionError::Database`].
pub async fn attached_to(pool: &PgPool, siret: &Siret) -> Result<Vec<Attached>, ProjectionError> {
    Ok(sqlx::query_as(
        "SELECT registration_id, linked_by, linked_at FROM read.people_establishments
          WHERE siret = $1 ORDER BY linked_at, registration_id",
    )
    .bind(siret.as_str())
    .fetch_all(pool)
    .await?)
}

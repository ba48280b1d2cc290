//! One registration's events.

use domain::values::RegistrationId;
use store::{Store, StoredEvent};
use uuid::Uuid;

use crate::error::AuditError;

/// One of these of which nothing was ever written.
///
/// # Errors
/// When the database cannot be read.
pub async fn unknown_among(
    store: &Store,
    asked: &[RegistrationId],
) -> Result<Option<RegistrationId>, AuditError> {
    let asked: Vec<Uuid> = asked.iter().map(|it| it.0).collect();
    let unknown: Option<Uuid> = sqlx::query_scalar(
        "SELECT asked FROM unnest($1) WITH ORDINALITY AS it (asked, place)
          WHERE NOT EXISTS (SELECT FROM public.events
                             WHERE aggregate_type = 'registration' AND aggregate_id = asked::text)
          ORDER BY place LIMIT 1",
    )
    .bind(asked)
    .fetch_optional(store.pool())
    .await?;
    Ok(unknown.map(RegistrationId))
}

/// Every event of a registration, by sequence. Empty when there is no such registration.
pub(crate) async fn history(store: &Store, id: RegistrationId) -> Result<Vec<StoredEvent>, AuditError> {
    let events = store.load(id, None).await?.events;
    match events.iter().zip(1..).find(|(event, due)| event.sequence != *due) {
        Some((_, due)) => Err(AuditError::MissingEvent { sequence: due }),
        None => Ok(events),
    }
}

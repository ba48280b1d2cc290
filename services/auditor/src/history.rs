//! One registration's events, each with its place in the log where it has one.

use std::collections::HashMap;

use domain::values::RegistrationId;
use store::{Store, StoreError, StoredEvent};
use uuid::Uuid;

use crate::error::AuditError;

const PLACES: &str = "
    SELECT e.sequence, l.position FROM public.events e JOIN public.log l ON l.insert_order = e.insert_order
     WHERE e.aggregate_type = 'registration' AND e.aggregate_id = $1";

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

/// An event and its place, none while it waits for the sequencer.
pub(crate) struct PlacedEvent {
    pub position: Option<u64>,
    pub event: StoredEvent,
}

/// Every event of a registration, by sequence. Empty when there is no such registration.
pub(crate) async fn history(store: &Store, id: RegistrationId) -> Result<Vec<PlacedEvent>, AuditError> {
    let loaded = store.load(id, None).await?;
    // Asked second, so that every event loaded above which is in the log by now is found there.
    let rows: Vec<(i64, i64)> = sqlx::query_as(PLACES)
        .bind(id.to_string())
        .fetch_all(store.pool())
        .await?;
    let mut places = HashMap::with_capacity(rows.len());
    for (sequence, position) in rows {
        let sequence = u64::try_from(sequence).map_err(|_| StoreError::Corrupt("events.sequence"))?;
        let position = u64::try_from(position).map_err(|_| StoreError::Corrupt("log.position"))?;
        places.insert(sequence, position);
    }
    let mut history = Vec::with_capacity(loaded.events.len());
    for (event, due) in loaded.events.into_iter().zip(1..) {
        if event.sequence != due {
            return Err(AuditError::MissingEvent { sequence: due });
        }
        history.push(PlacedEvent {
            position: places.get(&event.sequence).copied(),
            event,
        });
    }
    Ok(history)
}

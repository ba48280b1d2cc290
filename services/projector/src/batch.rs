//! One batch in one transaction: checkpoint and rows move together or not at all.

use std::time::Instant;

use projections::{FOLD_VERSION, Happened, Schema};
use sqlx::PgPool;

use crate::checkpoint;
use crate::failure::ProjectorError;

/// Folds in what of `events` is not folded in yet, and answers with the position reached. They must follow one another.
///
/// The checkpoint's row is locked first, so that of two projectors with the same batch the second finds it done.
pub(crate) async fn apply(pool: &PgPool, events: &[Happened]) -> Result<u64, ProjectorError> {
    let started = Instant::now();
    let mut transaction = database::begin(pool).await?;
    let before = checkpoint::lock(&mut transaction).await?;
    if before.fold_version != FOLD_VERSION {
        return Err(ProjectorError::LaterRelease {
            found: before.fold_version,
            known: FOLD_VERSION,
        });
    }
    let done = events.partition_point(|happened| happened.position <= before.position);
    let events = &events[done..];
    let (Some(first), Some(last)) = (events.first(), events.last()) else {
        return Ok(before.position);
    };
    let reached = last.position;
    if first.position != before.position + 1 || reached - before.position != events.len() as u64 {
        return Err(ProjectorError::Overtaken);
    }
    projections::enter(&mut transaction, Schema::Live).await?;
    projections::apply(&mut transaction, events).await?;
    checkpoint::advance(&mut transaction, reached).await?;
    transaction.commit().await?;
    metrics::histogram!("onboarding_projector_batch_seconds").record(started.elapsed());
    metrics::counter!("onboarding_projector_events_total").increment(events.len() as u64);
    Ok(reached)
}

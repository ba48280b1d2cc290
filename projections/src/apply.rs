//! Brings every model forward by a batch of events, inside the caller's transaction.

use std::collections::BTreeMap;

use domain::values::RegistrationId;
use sqlx::PgConnection;

use crate::{Happened, Memory, ProjectionError, funnel, people, registrations};

/// Where the tables stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// `read`: the tables that everybody asks.
    Live,
    /// `read_next`: a fresh copy, to compare or to put in place.
    Next,
}

impl Schema {
    /// The schema's name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Live => "read",
            Self::Next => "read_next",
        }
    }
}

/// Makes the tables of `schema` the ones that [`apply`] writes, until the transaction ends. It looks rows up by their keys, and
/// PostgreSQL is kept from a plan that scans the tables because they were small when it was made. Its commit waits for no disk
/// and no standby: rows and checkpoint go back together in a crash, and are made again from the log.
///
/// # Errors
/// [`ProjectionError::Database`].
pub async fn enter(transaction: &mut PgConnection, schema: Schema) -> Result<(), ProjectionError> {
    sqlx::query(
        "SELECT set_config('search_path', $1, true), set_config('enable_seqscan', 'off', true),
                        set_config('synchronous_commit', 'off', true)",
    )
    .bind(schema.name())
    .execute(transaction)
    .await?;
    Ok(())
}

/// Brings every model forward by `events`, which must be the log's next ones for these tables. Call [`enter`] first.
///
/// # Errors
/// When an event is out of turn, or the database refuses. The caller then rolls back.
pub async fn apply(transaction: &mut PgConnection, events: &[Happened]) -> Result<(), ProjectionError> {
    let touched = events.iter().map(|happened| happened.registration).collect();
    let mut memories = registrations::store::load(transaction, &touched).await?;
    let steps = fold(&mut memories, events)?;
    registrations::store::keep(transaction, &memories).await?;
    people::store::keep(transaction, &memories).await?;
    funnel::store::count(transaction, &steps).await
}

/// Folds events into memories, and says which steps were reached for the first time.
///
/// # Errors
/// [`ProjectionError::OutOfTurn`].
pub fn fold(
    memories: &mut BTreeMap<RegistrationId, Memory>,
    events: &[Happened],
) -> Result<Vec<funnel::Reached>, ProjectionError> {
    let mut steps = Vec::new();
    for happened in events {
        let memory = memories.entry(happened.registration).or_default();
        memory.remember(happened)?;
        steps.extend(funnel::fold::newly_reached(memory));
    }
    Ok(steps)
}

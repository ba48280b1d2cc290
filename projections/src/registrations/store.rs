//! Reads and writes the memories and the rows that carry them.

use std::collections::{BTreeMap, BTreeSet};

use domain::values::RegistrationId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::fold;
use crate::{Memory, ProjectionError};

/// The memories of these registrations; those that nothing is known of are absent.
pub(crate) async fn load(
    connection: &mut PgConnection,
    ids: &BTreeSet<RegistrationId>,
) -> Result<BTreeMap<RegistrationId, Memory>, ProjectionError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<(Uuid, String)> = sqlx::query_as(
        "SELECT registration_id, memory::text FROM registrations WHERE registration_id = ANY($1)",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(id, memory)| {
            let memory = serde_json::from_str(&memory).map_err(ProjectionError::Memory)?;
            Ok((RegistrationId(id), memory))
        })
        .collect()
}

/// Writes the rows of these registrations.
pub(crate) async fn keep(
    connection: &mut PgConnection,
    memories: &BTreeMap<RegistrationId, Memory>,
) -> Result<(), ProjectionError> {
    let rows: Vec<_> = memories
        .iter()
        .map(|(id, memory)| fold::row(*id, memory))
        .collect();
    let rows = serde_json::to_string(&rows).map_err(ProjectionError::Rows)?;
    sqlx::query(include_str!("store.sql"))
        .bind(rows)
        .execute(connection)
        .await?;
    Ok(())
}

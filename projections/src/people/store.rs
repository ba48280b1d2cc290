//! Writes the rows of accounts and their attachments.

use std::collections::BTreeMap;

use domain::values::RegistrationId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::fold;
use crate::{Memory, ProjectionError};

/// Writes the rows of these registrations, and removes those that no longer stand.
pub(crate) async fn keep(
    connection: &mut PgConnection,
    memories: &BTreeMap<RegistrationId, Memory>,
) -> Result<(), ProjectionError> {
    // Most events belong to registrations that are not accounts yet.
    let accounts: BTreeMap<_, _> = memories
        .iter()
        .filter(|(_, memory)| memory.active_since.is_some() || memory.registration.erased)
        .collect();
    if accounts.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = accounts.keys().map(|id| id.0).collect();
    let people: Vec<_> = accounts
        .iter()
        .filter_map(|(id, memory)| fold::person(**id, memory))
        .collect();
    let establishments: Vec<_> = accounts
        .iter()
        .flat_map(|(id, memory)| fold::establishments(**id, memory))
        .collect();
    sqlx::query(include_str!("store.sql"))
        .bind(ids)
        .bind(serde_json::to_string(&people).map_err(ProjectionError::Rows)?)
        .bind(serde_json::to_string(&establishments).map_err(ProjectionError::Rows)?)
        .execute(connection)
        .await?;
    Ok(())
}

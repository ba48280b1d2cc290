//! Adds newly reached steps to the counts.

use sqlx::PgConnection;

use super::Reached;
use crate::ProjectionError;

/// Counts these steps.
pub(crate) async fn count(connection: &mut PgConnection, steps: &[Reached]) -> Result<(), ProjectionError> {
    if steps.is_empty() {
        return Ok(());
    }
    let steps = serde_json::to_string(steps).map_err(ProjectionError::Rows)?;
    sqlx::query(include_str!("store.sql"))
        .bind(steps)
        .execute(connection)
        .await?;
    Ok(())
}

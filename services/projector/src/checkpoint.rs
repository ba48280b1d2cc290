//! How far the read models have come, and in which form they are kept.

use projections::FOLD_VERSION;
use sqlx::{PgConnection, PgExecutor};

use crate::failure::ProjectorError;

/// The one checkpoint: all read models advance together.
const NAME: &str = "read_models";

/// Where the read models stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    /// The last position of the log that is folded in.
    pub position: u64,
    /// The release of the fold that wrote the rows.
    pub fold_version: i32,
}

impl From<(i64, i32)> for Checkpoint {
    /// The table refuses negative positions.
    fn from((position, fold_version): (i64, i32)) -> Self {
        Self {
            position: position.unsigned_abs(),
            fold_version,
        }
    }
}

/// Reads it.
pub(crate) async fn read(connection: impl PgExecutor<'_>) -> Result<Checkpoint, ProjectorError> {
    let row: (i64, i32) =
        sqlx::query_as("SELECT position, fold_version FROM read.checkpoints WHERE projection = $1")
            .bind(NAME)
            .fetch_one(connection)
            .await?;
    Ok(row.into())
}

/// Reads it and keeps rivals out until the transaction ends.
pub(crate) async fn lock(transaction: &mut PgConnection) -> Result<Checkpoint, ProjectorError> {
    let row: (i64, i32) = sqlx::query_as(
        "SELECT position, fold_version FROM read.checkpoints WHERE projection = $1 FOR UPDATE",
    )
    .bind(NAME)
    .fetch_one(transaction)
    .await?;
    Ok(row.into())
}

/// Moves it, in the transaction that moved the rows.
pub(crate) async fn advance(transaction: &mut PgConnection, position: u64) -> Result<(), ProjectorError> {
    sqlx::query(
        "UPDATE read.checkpoints SET position = $2, fold_version = $3, updated_at = clock_timestamp()
          WHERE projection = $1",
    )
    .bind(NAME)
    .bind(i64::try_from(position).unwrap_or(i64::MAX))
    .bind(FOLD_VERSION)
    .execute(transaction)
    .await?;
    Ok(())
}

//! Whether the database commits: a transaction that writes next to nothing, and leaves nothing.

use sqlx::{PgConnection, PgPool};

/// Some pages, so that a disk without room is met. A temporary table is not part of the log that standbys get; emptied at
/// each commit, it grows nothing.
const ROOM: &str = "CREATE TEMPORARY TABLE readiness_room (n integer) ON COMMIT DELETE ROWS";

/// One transaction. A number alone would be committed without waiting for disk and standbys; a message in the
/// write-ahead log is committed as every write is, and is in no table. A session that may not write is told from one
/// that may by its setting, since a message and a temporary table are allowed to both.
const WRITE: &str = "
    WITH room AS (INSERT INTO pg_temp.readiness_room SELECT generate_series(1, 2000) RETURNING 1)
    SELECT current_setting('transaction_read_only')::boolean
      FROM pg_logical_emit_message(true, 'onboarding.readiness', ''), (SELECT count(*) FROM room) AS made";

/// A session of its own, made as those of the pool are, in which [`write`](write()) works.
///
/// # Errors
/// When there is none to be had, or it may not write.
pub async fn session_that_writes(pool: &PgPool) -> Result<PgConnection, sqlx::Error> {
    let mut connection = pool.acquire().await?.detach();
    sqlx::query(ROOM).execute(&mut connection).await?;
    Ok(connection)
}

/// Commits something, as synchronously as everything else is committed.
///
/// # Errors
/// When the database does not, or says that it does not take writes. While a synchronous standby is silent this does not
/// end, whatever `statement_timeout` says: the waiting is not part of the statement.
pub async fn write(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let read_only: bool = sqlx::query_scalar(WRITE).fetch_one(connection).await?;
    match read_only {
        false => Ok(()),
        true => Err(sqlx::Error::Io(std::io::Error::new(
            std::io::ErrorKind::ReadOnlyFilesystem,
            "the server takes no writes: it is read only",
        ))),
    }
}

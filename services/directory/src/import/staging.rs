//! The import's own connection, and the temporary tables through which rows come in by `COPY`.
//!
//! A row is checked, indexed and sealed before it is staged: no temporary table ever holds an address or a name of a
//! person. The connection is closed after the import, and takes tables and lock with it.

use chrono::{DateTime, Utc};
use sqlx::{Connection, Executor, PgConnection, PgPool};

use super::ImportError;
use super::kind::Kind;
use crate::contacts::write_alone;

/// A batch that waits for another writer is not a statement gone wild.
const WAIT: &str = "10min";

/// A directory with fewer rows may lose most of them: it is somebody's test, or has just begun.
const SHRINKING_MATTERS_FROM: u64 = 1_000;

/// A connection on which one import of a kind works.
pub struct Staging {
    connection: PgConnection,
    in_transaction: bool,
}

impl Staging {
    /// Connects, and keeps other imports of this kind out.
    ///
    /// Errors: another is under way, or the database does not answer.
    pub async fn open<K: Kind>(pool: &PgPool) -> Result<Self, ImportError> {
        let mut connection = pool.acquire().await?.detach();
        let alone: bool =
            sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtext('directory.import'), hashtext($1))")
                .bind(K::NAME)
                .fetch_one(&mut connection)
                .await?;
        if !alone {
            return Err(ImportError::Running);
        }
        let (column, kind) = K::KEY;
        let tables = format!(
            "CREATE TEMPORARY TABLE staged ({staged}); CREATE TEMPORARY TABLE staged_keys ({column} {kind} NOT NULL)",
            staged = K::STAGED
        );
        connection.execute(tables.as_str()).await?;
        Ok(Self {
            connection,
            in_transaction: false,
        })
    }

    /// Begins a transaction that nobody else who writes the directory overlaps.
    pub async fn begin(&mut self) -> Result<(), ImportError> {
        let begin = format!(
            "BEGIN; SET LOCAL statement_timeout = '{WAIT}'; SET LOCAL lock_timeout = '{WAIT}';
             -- A batch is small beside its table: it is looked up row by row, whatever the planner guesses of it.
             SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
        );
        self.connection.execute(begin.as_str()).await?;
        self.in_transaction = true;
        write_alone(&mut self.connection).await?;
        Ok(())
    }

    /// Commits.
    pub async fn commit(&mut self) -> Result<(), sqlx::Error> {
        self.in_transaction = false;
        self.connection.execute("COMMIT").await.map(drop)
    }

    /// Takes everything since [`Self::begin`] back.
    pub async fn roll_back(&mut self) -> Result<(), sqlx::Error> {
        self.in_transaction = false;
        self.connection.execute("ROLLBACK").await.map(drop)
    }

    /// Brings rows in, and moves those that are news into the directory: how many were new and how many changed.
    pub async fn write<K: Kind>(&mut self, rows: Vec<u8>) -> Result<(u64, u64), ImportError> {
        self.copy("staged", rows).await?;
        let written = K::merge(&mut self.connection).await?;
        self.connection.execute("TRUNCATE pg_temp.staged").await?;
        Ok(written)
    }

    /// Notes which rows the file names.
    pub async fn note_keys(&mut self, keys: Vec<u8>) -> Result<(), ImportError> {
        self.copy("staged_keys", keys).await
    }

    /// The file is read anew.
    pub async fn forget_keys(&mut self) -> Result<(), sqlx::Error> {
        self.connection
            .execute("TRUNCATE pg_temp.staged_keys")
            .await
            .map(drop)
    }

    /// Removes the rows that the file did not name, save those that came or changed by another way since the import
    /// began: how many. None, and nothing is removed, when that would be most of a directory that is more than somebody's
    /// test, and `most_may_go` is not said: a file that was cut off looks like one that names fewer rows.
    pub async fn remove_others<K: Kind>(
        &mut self,
        began_at: DateTime<Utc>,
        most_may_go: bool,
    ) -> Result<Option<u64>, ImportError> {
        let (table, (key, _)) = (K::NAME, K::KEY);
        self.connection
            .execute("SET LOCAL enable_hashjoin = on; ANALYZE pg_temp.staged_keys")
            .await?;
        let rows: i64 = sqlx::query_scalar(&format!("SELECT count(*) FROM directory.{table}"))
            .fetch_one(&mut self.connection)
            .await?;
        let removal = format!(
            "DELETE FROM directory.{table} AS held
              WHERE held.imported_at < $1
                AND NOT EXISTS (SELECT FROM pg_temp.staged_keys AS named WHERE named.{key} = held.{key})"
        );
        self.connection.execute("SAVEPOINT removal").await?;
        let removed = sqlx::query(&removal)
            .bind(began_at)
            .execute(&mut self.connection)
            .await?
            .rows_affected();
        let rows = u64::try_from(rows).unwrap_or(0);
        if most_may_go || rows < SHRINKING_MATTERS_FROM || removed * 2 <= rows {
            return Ok(Some(removed));
        }
        self.connection.execute("ROLLBACK TO SAVEPOINT removal").await?;
        Ok(None)
    }

    /// For statements of the import's own.
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    /// Ends the import's work, and lets the next of this kind begin: the server would notice a closed connection only
    /// after a moment.
    pub async fn close(mut self) {
        let end = match self.in_transaction {
            true => "ROLLBACK; SELECT pg_advisory_unlock_all()",
            false => "SELECT pg_advisory_unlock_all()",
        };
        let ended = self.connection.execute(end).await;
        if let Err(error) = ended {
            tracing::debug!(%error, "an import's connection was lost before its end");
        }
        if let Err(error) = self.connection.close().await {
            tracing::debug!(%error, "the connection of an import did not close cleanly");
        }
    }

    async fn copy(&mut self, table: &str, rows: Vec<u8>) -> Result<(), ImportError> {
        let statement = format!("COPY pg_temp.{table} FROM STDIN (FORMAT csv)");
        let mut copy = self.connection.copy_in_raw(&statement).await?;
        copy.send(rows).await?;
        copy.finish().await?;
        Ok(())
    }
}

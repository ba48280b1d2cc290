//! Bringing the tables up to date. The files in `migrations/` are embedded in the program.

use sqlx::migrate::Migrator;
use sqlx::{Connection, Executor, PgPool};

use crate::Store;
use crate::error::MigrationError;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

/// The number of the newest migration that this program carries.
pub fn newest_migration() -> i64 {
    MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0)
}

impl Store {
    /// Runs the migrations that this database has not seen. Nothing happens when it is current, and whoever comes
    /// while another migrates waits: sqlx holds an advisory lock of the database for the whole run.
    ///
    /// The pool's login must own the database, and either may create roles or find both roles made and granted to it.
    /// The connection is made for this alone and closed afterwards: a failed migration would otherwise go back to
    /// the pool with the lock still held. It acts as the login itself even where the pool takes on a role.
    ///
    /// # Errors
    /// See [`MigrationError`]; what failed left nothing behind, and earlier files stay run.
    pub async fn migrate(&self, pool: &PgPool) -> Result<(), MigrationError> {
        let mut connection = pool.acquire().await?.detach();
        // A pool for commands may bound its statements to seconds; waiting for a rival's migration takes longer.
        connection
            .execute("RESET ROLE; SET statement_timeout = 0; SET lock_timeout = 0")
            .await?;
        let outcome = MIGRATIONS.run_direct(&mut connection).await;
        if let Err(error) = connection.close().await {
            tracing::debug!(%error, "the connection that migrated did not close cleanly");
        }
        Ok(outcome?)
    }
}

//! What is seen is not always safe: after a crash of the primary, or when a session that waits for a synchronous standby is
//! ended, a commit becomes visible before the standby has it, and a failover takes it away again.
//!
//! So whatever tells outside what it only read (publications, signatures, earlier answers) reads by these, which return once
//! what they read outlives a failover. Reading and waiting share a connection, or a statement: the server that was read is
//! the one that must commit, and not another one that was promoted in between.

use domain::values::RegistrationId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Store;
use crate::error::StoreError;
use crate::load::{Loaded, load_on};
use crate::log::{LogEntry, LogHead, READ_REPLICATED_LOG};
use crate::signing::SignedLog;

/// A message in the write-ahead log, in no table: its commit waits for the standbys, and all that was visible before is in
/// front of it. Without synchronous standbys what is visible is on the disk, and nothing is written.
macro_rules! wait {
    () => {
        "SELECT CASE WHEN current_setting('synchronous_standby_names') <> ''
                     THEN pg_logical_emit_message(true, 'onboarding.replicated', '')::text END AS at"
    };
}
pub(crate) use wait;

impl Store {
    /// As [`Store::read_log`], once it is replicated.
    ///
    /// # Errors
    /// As [`Store::read_log`].
    pub async fn read_replicated_log(
        &self,
        from_position: u64,
        limit: u32,
    ) -> Result<Vec<LogEntry>, StoreError> {
        self.read_page(READ_REPLICATED_LOG, from_position, limit).await
    }

    /// Where a log ends, once that is replicated.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn replicated_head(&self, log: SignedLog) -> Result<LogHead, StoreError> {
        let mut connection = self.pool.acquire().await?;
        let head = sqlx::query_as(log.head()).fetch_one(&mut *connection).await?;
        until_replicated(&mut connection).await?;
        Ok(head)
    }

    /// As [`Store::load`], once it is replicated.
    ///
    /// # Errors
    /// As [`Store::load`].
    pub async fn load_replicated(
        &self,
        registration: RegistrationId,
        command: Option<Uuid>,
    ) -> Result<Loaded, StoreError> {
        let mut connection = self.pool.acquire().await?;
        let loaded = load_on(&mut *connection, &[(registration, command)]).await?;
        until_replicated(&mut connection).await?;
        loaded
            .into_iter()
            .next()
            .unwrap_or(Err(StoreError::Corrupt("load answered without a row")))
    }
}

pub(crate) async fn until_replicated(connection: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::query(wait!()).execute(connection).await?;
    Ok(())
}

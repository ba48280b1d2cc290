//! What is seen is not always safe: after a crash of the primary, or when a session that waits for a synchronous standby is
//! ended, a commit becomes visible before the standby has it, and a failover takes it away again.

use crate::Store;
use crate::error::StoreError;

/// A message in the write-ahead log, in no table: its commit waits for the standbys, and all that was visible before is in
/// front of it. Without synchronous standbys what is visible is on the disk, and nothing is written.
const WAIT: &str = "
    SELECT CASE WHEN current_setting('synchronous_standby_names') <> ''
                THEN pg_logical_emit_message(true, 'onboarding.replicated', '') END";

impl Store {
    /// Returns once everything that was seen before outlives a failover to a synchronous standby: before something that
    /// was only read is told outside. One round trip, which waits as long as a commit waits.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing is known.
    pub async fn replicated(&self) -> Result<(), StoreError> {
        sqlx::query(WAIT).execute(&self.pool).await?;
        Ok(())
    }
}

//! The one clock that judges expiry and limits: the database's.

use chrono::{DateTime, Utc};

use crate::Store;
use crate::error::StoreError;

impl Store {
    /// The time by the database's clock, for what has nothing to load.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn now(&self) -> Result<DateTime<Utc>, StoreError> {
        Ok(sqlx::query_scalar("SELECT clock_timestamp()")
            .fetch_one(&self.pool)
            .await?)
    }
}

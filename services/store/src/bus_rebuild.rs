//! The memory of a rebuild of the stream that was begun and is not done (`bus_rebuild`, migration 0091).

use chrono::{DateTime, Utc};

use crate::Store;
use crate::error::StoreError;

impl Store {
    /// Remembers, or replaces, what only the old stream knew. To be committed before anything of it is deleted.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn remember_bus_rebuild(&self, plan: &serde_json::Value) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO public.bus_rebuild (plan) VALUES ($1) ON CONFLICT (only_row) DO UPDATE SET plan = excluded.plan",
        )
        .bind(plan)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// What is remembered of a rebuild that was begun and is not done, and since when.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn unfinished_bus_rebuild(
        &self,
    ) -> Result<Option<(serde_json::Value, DateTime<Utc>)>, StoreError> {
        let row = sqlx::query_as("SELECT plan, begun_at FROM public.bus_rebuild")
            .fetch_optional(self.pool())
            .await?;
        Ok(row)
    }

    /// The rebuild is done.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn forget_bus_rebuild(&self) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM public.bus_rebuild")
            .execute(self.pool())
            .await?;
        Ok(())
    }
}

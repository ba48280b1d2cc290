//! Which master key the database belongs to.
//!
//! With another key every address would look new, one address could get two accounts, and nothing sealed could be read:
//! all without an error. So the first key to come is remembered, and any other is told.

use crate::Store;
use crate::error::StoreError;

impl Store {
    /// Whether a key has been remembered: a missing key file must then not be made anew.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn belongs_to_a_master_key(&self) -> Result<bool, StoreError> {
        Ok(
            sqlx::query_scalar("SELECT EXISTS (SELECT FROM keyring.master_key)")
                .fetch_one(&self.pool)
                .await?,
        )
    }

    /// Remembers the key of this fingerprint if none was; answers whether it is the one remembered.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn belongs_to(&self, fingerprint: &[u8; 32]) -> Result<bool, StoreError> {
        sqlx::query("INSERT INTO keyring.master_key (fingerprint) VALUES ($1) ON CONFLICT DO NOTHING")
            .bind(&fingerprint[..])
            .execute(&self.pool)
            .await?;
        let remembered: Vec<u8> = sqlx::query_scalar("SELECT fingerprint FROM keyring.master_key")
            .fetch_one(&self.pool)
            .await?;
        Ok(remembered == fingerprint)
    }
}

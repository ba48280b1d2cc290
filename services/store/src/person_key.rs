//! Persons' keys outside an append: looking one up, and wrapping them anew before their epoch's key is destroyed.

use domain::values::RegistrationId;
use keyring::WrappedKey;
use uuid::Uuid;

use crate::Store;
use crate::error::StoreError;
use crate::load::PersonKeyRow;

impl Store {
    /// The key of a registration, for whoever has the right to resolve the person.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn person_key(&self, registration: RegistrationId) -> Result<PersonKeyRow, StoreError> {
        let row: Option<(Uuid, String, Option<Vec<u8>>)> = sqlx::query_as(
            "SELECT key_id, epoch, wrapped FROM keyring.person_keys WHERE registration_id = $1",
        )
        .bind(registration.0)
        .fetch_optional(&self.pool)
        .await?;
        Ok(match row {
            None => PersonKeyRow::Absent,
            Some((_, _, None)) => PersonKeyRow::Destroyed,
            Some((key_id, epoch, Some(wrapped))) => PersonKeyRow::Live(WrappedKey {
                key_id,
                epoch,
                wrapped,
            }),
        })
    }

    /// Up to `limit` live keys that an epoch's key wraps.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn live_keys_of_epoch(
        &self,
        epoch: &str,
        limit: u32,
    ) -> Result<Vec<(RegistrationId, WrappedKey)>, StoreError> {
        let rows: Vec<(Uuid, Uuid, String, Vec<u8>)> = sqlx::query_as(
            "SELECT registration_id, key_id, epoch, wrapped FROM keyring.person_keys
              WHERE epoch = $1 AND wrapped IS NOT NULL LIMIT $2",
        )
        .bind(epoch)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(id, key_id, epoch, wrapped)| {
                (
                    RegistrationId(id),
                    WrappedKey {
                        key_id,
                        epoch,
                        wrapped,
                    },
                )
            })
            .collect())
    }

    /// Stores the same key wrapped under another epoch. False when it was destroyed or wrapped anew meanwhile, in
    /// which case nothing is written.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn rewrap_person_key(
        &self,
        registration: RegistrationId,
        from_epoch: &str,
        to: &WrappedKey,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE keyring.person_keys SET epoch = $4, wrapped = $5
              WHERE registration_id = $1 AND key_id = $2 AND epoch = $3 AND wrapped IS NOT NULL",
        )
        .bind(registration.0)
        .bind(to.key_id)
        .bind(from_epoch)
        .bind(&to.epoch)
        .bind(&to.wrapped)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}

//! Which epochs the persons' keys are wrapped under, wrapping them anew, and the end of an epoch.

use std::collections::BTreeMap;

use domain::values::RegistrationId;
use keyring::WrappedKey;
use uuid::Uuid;

use crate::Store;
use crate::error::StoreError;

/// Epochs, as another machine knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EpochsElsewhere {
    /// Held by another machine within the last minute, and not here.
    pub missing: Vec<String>,
    /// Here, and destroyed for the installation.
    pub destroyed: Vec<String>,
}

impl Store {
    /// How many living keys each epoch wraps.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn living_keys_by_epoch(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT epoch, count(*) FROM keyring.person_keys WHERE wrapped IS NOT NULL GROUP BY epoch",
        )
        .fetch_all(self.pool())
        .await?;
        Ok(rows
            .into_iter()
            .map(|(epoch, count)| (epoch, count.unsigned_abs()))
            .collect())
    }

    /// Stores many keys, each wrapped anew, in one statement. Answers how many were: those that were destroyed or
    /// wrapped anew meanwhile are left alone.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn rewrap_person_keys(
        &self,
        from_epoch: &str,
        keys: &[(RegistrationId, WrappedKey)],
    ) -> Result<u64, StoreError> {
        // In one order, so that two who wrap the same keys wait for each other and never in a circle.
        let mut keys: Vec<_> = keys.iter().collect();
        keys.sort_unstable_by_key(|(id, _)| id.0);
        let done = sqlx::query(
            "UPDATE keyring.person_keys k SET epoch = n.epoch, wrapped = n.wrapped
               FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::bytea[]) AS n(registration_id, key_id, epoch, wrapped)
              WHERE k.registration_id = n.registration_id AND k.key_id = n.key_id AND k.epoch = $1
                AND k.wrapped IS NOT NULL",
        )
        .bind(from_epoch)
        .bind(keys.iter().map(|(id, _)| id.0).collect::<Vec<_>>())
        .bind(keys.iter().map(|(_, key)| key.key_id).collect::<Vec<_>>())
        .bind(keys.iter().map(|(_, key)| key.epoch.as_str()).collect::<Vec<_>>())
        .bind(keys.iter().map(|(_, key)| key.wrapped.as_slice()).collect::<Vec<_>>())
        .execute(self.pool())
        .await?;
        Ok(done.rows_affected())
    }

    /// Ends an epoch for the database: no key can be stored under it any more. False when a key that lives needs it.
    ///
    /// Called before the epoch's key is destroyed: should the caller die between the two, the epoch wraps nothing more,
    /// and its key is destroyed by whoever comes next.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn end_epoch(&self, epoch: &str) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar("SELECT keyring.end_epoch($1)")
            .bind(epoch)
            .fetch_one(self.pool())
            .await?)
    }

    /// Says which epochs' keys lie on this machine, and hears which others do not and should, and which must not any more.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn compare_epochs(&self, here: &[String]) -> Result<EpochsElsewhere, StoreError> {
        sqlx::query(
            "INSERT INTO keyring.held_epochs AS h (epoch)
             SELECT epoch FROM unnest($1::text[]) AS it(epoch)
              WHERE NOT EXISTS (SELECT FROM keyring.destroyed_epochs d WHERE d.epoch = it.epoch)
              ORDER BY 1
             ON CONFLICT (epoch) DO UPDATE SET held_at = clock_timestamp()
              WHERE h.held_at < clock_timestamp() - interval '10 seconds'",
        )
        .bind(here)
        .execute(self.pool())
        .await?;
        let (missing, destroyed) = sqlx::query_as(
            "SELECT ARRAY (SELECT epoch FROM keyring.held_epochs h
                            WHERE epoch <> ALL ($1) AND held_at > clock_timestamp() - interval '1 minute'
                              AND NOT EXISTS (SELECT FROM keyring.destroyed_epochs d WHERE d.epoch = h.epoch)
                            ORDER BY 1),
                    ARRAY (SELECT epoch FROM keyring.destroyed_epochs WHERE epoch = ANY ($1) ORDER BY 1)",
        )
        .bind(here)
        .fetch_one(self.pool())
        .await?;
        Ok(EpochsElsewhere { missing, destroyed })
    }

    /// Whether an epoch's key was destroyed for this installation.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn is_destroyed(&self, epoch: &str) -> Result<bool, StoreError> {
        Ok(
            sqlx::query_scalar("SELECT EXISTS (SELECT FROM keyring.destroyed_epochs WHERE epoch = $1)")
                .bind(epoch)
                .fetch_one(self.pool())
                .await?,
        )
    }

    /// Which of these registrations have a key that lives.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn living_among(
        &self,
        registrations: &[RegistrationId],
    ) -> Result<Vec<RegistrationId>, StoreError> {
        let ids: Vec<Uuid> = registrations.iter().map(|id| id.0).collect();
        let living: Vec<Uuid> = sqlx::query_scalar(
            "SELECT registration_id FROM keyring.person_keys WHERE registration_id = ANY($1) AND wrapped IS NOT NULL",
        )
        .bind(ids)
        .fetch_all(self.pool())
        .await?;
        Ok(living.into_iter().map(RegistrationId).collect())
    }

    /// Which of these registrations have a key that was destroyed.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn destroyed_among(
        &self,
        registrations: &[RegistrationId],
    ) -> Result<Vec<RegistrationId>, StoreError> {
        let ids: Vec<Uuid> = registrations.iter().map(|id| id.0).collect();
        let destroyed: Vec<Uuid> = sqlx::query_scalar(
            "SELECT registration_id FROM keyring.person_keys WHERE registration_id = ANY($1) AND wrapped IS NULL",
        )
        .bind(ids)
        .fetch_all(self.pool())
        .await?;
        Ok(destroyed.into_iter().map(RegistrationId).collect())
    }

    /// Every registration whose key was destroyed.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn destroyed_keys(&self) -> Result<Vec<RegistrationId>, StoreError> {
        let destroyed: Vec<Uuid> =
            sqlx::query_scalar("SELECT registration_id FROM keyring.person_keys WHERE wrapped IS NULL")
                .fetch_all(self.pool())
                .await?;
        Ok(destroyed.into_iter().map(RegistrationId).collect())
    }
}

//! How often an address was used, for limits that hold across registrations, and by which of them.
//!
//! Counting and appending are two statements, so that rivals at the very limit may pass together; a limit is a brake,
//! not a lock.

use chrono::{DateTime, Utc};
use domain::values::RegistrationId;
use keyring::BlindIndex;

use crate::Store;
use crate::error::StoreError;
use crate::unit_of_work::AddressUse;

impl Store {
    /// How often the address was used for `kind` since then.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn count_address_uses(
        &self,
        address: &BlindIndex,
        kind: &str,
        since: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM public.address_uses WHERE address_index = $1 AND kind = $2 AND used_at >= $3",
        )
        .bind(&address.as_bytes()[..])
        .bind(kind)
        .bind(since)
        .fetch_one(&self.pool)
        .await?;
        u64::try_from(count).map_err(|_| StoreError::Corrupt("count of address_uses"))
    }

    /// The registrations that asked for a mail to this address, the latest first, of an address without account. One of them may
    /// be over, or have gone on with another address since.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn unfinished_of(
        &self,
        address: &BlindIndex,
        max: i64,
    ) -> Result<Vec<RegistrationId>, StoreError> {
        let ids = sqlx::query_scalar(
            "SELECT u.registration_id FROM public.address_uses u
              WHERE u.address_index = $1 AND u.kind = 'mail' AND u.registration_id IS NOT NULL
              GROUP BY u.registration_id ORDER BY max(u.used_at) DESC LIMIT $2",
        )
        .bind(&address.as_bytes()[..])
        .bind(max)
        .fetch_all(&self.pool)
        .await?;
        Ok(ids.into_iter().map(RegistrationId).collect())
    }

    /// Counts a use that goes with no event, such as a refused sign-in. Name the registration where it is known, so
    /// that its erasure deletes the row.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn record_address_use(
        &self,
        address_use: &AddressUse,
        registration: Option<RegistrationId>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO public.address_uses (address_index, kind, registration_id) VALUES ($1, $2, $3)",
        )
        .bind(&address_use.index.as_bytes()[..])
        .bind(address_use.kind)
        .bind(registration.map(|id| id.0))
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

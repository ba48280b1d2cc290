//! One account per address: the first registration to set its password.

use std::collections::HashMap;

use domain::values::RegistrationId;
use keyring::BlindIndex;

use crate::Store;
use crate::error::StoreError;

impl Store {
    /// The registration that is the account of this address.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn account_of(&self, address: &BlindIndex) -> Result<Option<RegistrationId>, StoreError> {
        let id = sqlx::query_scalar("SELECT registration_id FROM public.accounts WHERE address_index = $1")
            .bind(&address.as_bytes()[..])
            .fetch_optional(&self.pool)
            .await?;
        Ok(id.map(RegistrationId))
    }

    /// The registrations that are the accounts of these addresses; addresses without an account are left out.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn accounts_of(
        &self,
        addresses: &[BlindIndex],
    ) -> Result<HashMap<BlindIndex, RegistrationId>, StoreError> {
        if addresses.is_empty() {
            return Ok(HashMap::new());
        }
        let asked: Vec<&[u8]> = addresses.iter().map(|it| it.as_bytes().as_slice()).collect();
        let rows: Vec<(Vec<u8>, uuid::Uuid)> = sqlx::query_as(
            "SELECT a.address_index, a.registration_id FROM unnest($1::bytea[]) AS wanted(index)
              CROSS JOIN LATERAL (SELECT * FROM public.accounts o WHERE o.address_index = wanted.index LIMIT 1) a",
        )
        .bind(asked)
        .fetch_all(&self.pool)
        .await?;
        let account = |(address, id): (Vec<u8>, uuid::Uuid)| {
            // The table accepts no index of another length.
            Some((BlindIndex(address.try_into().ok()?), RegistrationId(id)))
        };
        Ok(rows.into_iter().filter_map(account).collect())
    }
}

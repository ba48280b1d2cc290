//! One account per address: the first registration to set its password.

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
}

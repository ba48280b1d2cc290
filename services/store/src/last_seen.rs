//! When the person of an account last signed in, as coarse as retention allows: the month.

use chrono::NaiveDate;
use domain::values::RegistrationId;

use crate::Store;
use crate::error::StoreError;

impl Store {
    /// The first day of the month in which the person last signed in; none when they never have.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn last_seen(&self, registration: RegistrationId) -> Result<Option<NaiveDate>, StoreError> {
        Ok(
            sqlx::query_scalar("SELECT month FROM public.last_seen WHERE registration_id = $1")
                .bind(registration.0)
                .fetch_optional(self.pool())
                .await?,
        )
    }
}

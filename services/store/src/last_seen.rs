//! When the person of an account last signed in, as coarse as retention allows: the month.

use chrono::NaiveDate;
use domain::values::RegistrationId;

use crate::Store;
use crate::error::StoreError;

impl Store {
    /// Notes that the person signed in this month (UTC). Writes only when the month is another.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn note_seen(&self, registration: RegistrationId) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO public.last_seen AS s (registration_id, month)
             SELECT c.registration_id, date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC')::date
               FROM public.credentials c WHERE c.registration_id = $1
             ON CONFLICT (registration_id) DO UPDATE SET month = excluded.month WHERE s.month < excluded.month",
        )
        .bind(registration.0)
        .execute(self.pool())
        .await?;
        Ok(())
    }

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

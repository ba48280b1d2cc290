//! Password hashes. They are set with the event that tells of it, in the append; here they are read and refreshed.

use domain::values::RegistrationId;

use crate::Store;
use crate::error::StoreError;

/// A registration's password, hashed.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Credential {
    /// The hash with its parameters, in the PHC string format.
    pub phc: String,
    /// Rises with every password set.
    pub version: i64,
}

/// The hash stays out of logs.
impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential")
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// The credential of a registration; none while no password is set, and after erasure.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn credential(&self, registration: RegistrationId) -> Result<Option<Credential>, StoreError> {
        Ok(
            sqlx::query_as("SELECT phc, version FROM public.credentials WHERE registration_id = $1")
                .bind(registration.0)
                .fetch_optional(&self.pool)
                .await?,
        )
    }

    /// Exchanges the hash of the same password for one of a stronger setting. Sessions stay good. False when the
    /// password was changed meanwhile, in which case nothing is written.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn rehash_credential(
        &self,
        registration: RegistrationId,
        version: i64,
        phc: &str,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE public.credentials SET phc = $3, updated_at = clock_timestamp()
              WHERE registration_id = $1 AND version = $2",
        )
        .bind(registration.0)
        .bind(version)
        .bind(phc)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}

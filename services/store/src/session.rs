//! Sessions of signed-in persons, known by the hash of their token.

use chrono::{DateTime, TimeDelta, Utc};
use domain::values::RegistrationId;

use crate::Store;
use crate::error::StoreError;

/// A session that is good now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who is signed in.
    pub registration: RegistrationId,
    /// The version of the password that opened it.
    pub credential_version: i64,
    /// When it ends, by the database's clock.
    pub expires_at: DateTime<Utc>,
}

impl Store {
    /// Opens a session for whoever gave the password of this version. None when that password has been changed
    /// meanwhile or the account erased: the lock on the credential's row settles who was first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn create_session(
        &self,
        token_hash: &[u8; 32],
        registration: RegistrationId,
        credential_version: i64,
        lifetime: TimeDelta,
    ) -> Result<Option<Session>, StoreError> {
        let expires_at: Option<DateTime<Utc>> = sqlx::query_scalar(
            "INSERT INTO public.sessions (token_hash, registration_id, credential_version, expires_at)
             SELECT $1, c.registration_id, c.version, clock_timestamp() + $4 * interval '1 millisecond'
               FROM public.credentials c WHERE c.registration_id = $2 AND c.version = $3 FOR SHARE
             RETURNING expires_at",
        )
        .bind(&token_hash[..])
        .bind(registration.0)
        .bind(credential_version)
        .bind(lifetime.num_milliseconds())
        .fetch_optional(&self.pool)
        .await?;
        Ok(expires_at.map(|expires_at| Session {
            registration,
            credential_version,
            expires_at,
        }))
    }

    /// The session of a token, unless it is over or its password has been changed.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn find_session(&self, token_hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
        let found: Option<(uuid::Uuid, i64, DateTime<Utc>)> = sqlx::query_as(
            "SELECT s.registration_id, s.credential_version, s.expires_at
               FROM public.sessions s
               JOIN public.credentials c ON c.registration_id = s.registration_id AND c.version = s.credential_version
              WHERE s.token_hash = $1 AND s.expires_at > clock_timestamp()",
        )
        .bind(&token_hash[..])
        .fetch_optional(&self.pool)
        .await?;
        Ok(
            found.map(|(registration, credential_version, expires_at)| Session {
                registration: RegistrationId(registration),
                credential_version,
                expires_at,
            }),
        )
    }

    /// Ends one session. Ending it twice is fine.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn delete_session(&self, token_hash: &[u8; 32]) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM public.sessions WHERE token_hash = $1")
            .bind(&token_hash[..])
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Ends every session of a registration.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn delete_sessions(&self, registration: RegistrationId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM public.sessions WHERE registration_id = $1")
            .bind(registration.0)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

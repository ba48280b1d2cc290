//! Sessions of signed-in persons, known by the hash of their token.

use chrono::{DateTime, TimeDelta, Utc};
use domain::values::RegistrationId;
use sqlx::Row;

use crate::Store;
use crate::credential::Credential;
use crate::error::StoreError;
use crate::unit_of_work::AddressUse;

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

/// Whether somebody may try to sign in.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// The address was tried too often.
    TooOften,
    /// The account of the address with its credential; none where there is no such account.
    Allowed(Option<(RegistrationId, Credential)>),
}

impl Store {
    /// Begins a sign-in: counts the attempt and answers whose account the address is, unless the address has been tried `max`
    /// times within `window` already. Attempts at one address take turns, so that many at once are counted as well.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn begin_sign_in(
        &self,
        attempt: &AddressUse,
        max: Option<u64>,
        window: TimeDelta,
    ) -> Result<SignIn, StoreError> {
        let row =
            sqlx::query("SELECT is_allowed, account, phc, version FROM public.begin_sign_in($1, $2, $3, $4)")
                .bind(&attempt.index.as_bytes()[..])
                .bind(attempt.kind)
                .bind(max.map(|it| i64::try_from(it).unwrap_or(i64::MAX)))
                .bind(window.num_milliseconds())
                .fetch_one(&self.pool)
                .await?;
        if !row.try_get::<bool, _>("is_allowed")? {
            return Ok(SignIn::TooOften);
        }
        let Some(phc) = row.try_get("phc")? else {
            return Ok(SignIn::Allowed(None));
        };
        let credential = Credential {
            phc,
            version: row.try_get("version")?,
        };
        Ok(SignIn::Allowed(Some((
            RegistrationId(row.try_get("account")?),
            credential,
        ))))
    }

    /// Opens a session for whoever gave the password of this version: the attempts at the address are forgotten, and the month
    /// is noted as the last in which the person signed in. None when that password has been changed meanwhile or the account
    /// erased: the lock on the credential's row settles who was first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn create_session(
        &self,
        token_hash: &[u8; 32],
        registration: RegistrationId,
        credential_version: i64,
        lifetime: TimeDelta,
        attempts: &AddressUse,
    ) -> Result<Option<Session>, StoreError> {
        let expires_at: Option<DateTime<Utc>> = sqlx::query_scalar(
            "WITH forgotten AS (
               DELETE FROM public.address_uses WHERE address_index = $5 AND kind = $6
             ), opened AS (
               INSERT INTO public.sessions (token_hash, registration_id, credential_version, expires_at)
               SELECT $1, c.registration_id, c.version, clock_timestamp() + $4 * interval '1 millisecond'
                 FROM public.credentials c WHERE c.registration_id = $2 AND c.version = $3 FOR SHARE
               RETURNING registration_id, expires_at
             ), seen AS (
               INSERT INTO public.last_seen AS s (registration_id, month)
               SELECT registration_id, date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC')::date FROM opened
               ON CONFLICT (registration_id) DO UPDATE SET month = excluded.month WHERE s.month < excluded.month
             )
             SELECT expires_at FROM opened",
        )
        .bind(&token_hash[..])
        .bind(registration.0)
        .bind(credential_version)
        .bind(lifetime.num_milliseconds())
        .bind(&attempts.index.as_bytes()[..])
        .bind(attempts.kind)
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

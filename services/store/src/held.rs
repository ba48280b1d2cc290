//! Every row that is held on a person beside their events: for the person's own export.

use chrono::{DateTime, NaiveDate, Utc};
use domain::values::RegistrationId;
use serde::Serialize;
use sqlx::FromRow;

use crate::Store;
use crate::error::StoreError;

/// What is held beside the events. Keyed hashes are left out: they say nothing to anybody without the service's key, and
/// what they are hashes of stands in the events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Held {
    /// Since when the address is claimed by this account.
    pub account_since: Option<DateTime<Utc>>,
    /// When the password's hash was last written.
    pub password_hash_written_at: Option<DateTime<Utc>>,
    /// The first day of the month in which the person last signed in.
    pub last_seen_month: Option<NaiveDate>,
    /// Sessions that are kept.
    pub sessions: Vec<HeldSession>,
    /// Mails that are kept in the mailer's ledger.
    pub mails: Vec<HeldMail>,
    /// Uses of the address that are counted against limits.
    pub address_uses: Vec<HeldUse>,
    /// Answers kept so that a repeated request gets the same one.
    pub answers: Vec<HeldAnswer>,
}

/// A session; its token is known to its holder alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow)]
pub struct HeldSession {
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// A mail, as the ledger knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow)]
pub struct HeldMail {
    /// Its Message-ID.
    pub message_id: String,
    /// `waiting`, `sending`, `sent`, `failed` or `withdrawn`.
    pub state: String,
    /// How many tries were begun.
    pub attempts: i32,
    /// When the first one was.
    pub started_at: DateTime<Utc>,
    /// When it was over.
    pub finished_at: Option<DateTime<Utc>>,
}

/// A use of the address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow)]
pub struct HeldUse {
    /// What for.
    pub kind: String,
    /// When.
    pub used_at: DateTime<Utc>,
}

/// The record of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow)]
pub struct HeldAnswer {
    /// The HTTP status.
    pub status: i16,
    /// The problem's code, when it was one.
    pub code: Option<String>,
    /// When it was given.
    pub created_at: DateTime<Utc>,
}

impl Store {
    /// Everything held on a registration beside its events.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn held(&self, registration: RegistrationId) -> Result<Held, StoreError> {
        let (id, pool) = (registration.0, self.pool());
        Ok(Held {
            account_since: sqlx::query_scalar("SELECT since FROM public.accounts WHERE registration_id = $1")
                .bind(id)
                .fetch_optional(pool)
                .await?,
            password_hash_written_at: sqlx::query_scalar(
                "SELECT updated_at FROM public.credentials WHERE registration_id = $1",
            )
            .bind(id)
            .fetch_optional(pool)
            .await?,
            last_seen_month: self.last_seen(registration).await?,
            sessions: sqlx::query_as(
                "SELECT created_at, expires_at FROM public.sessions WHERE registration_id = $1 ORDER BY created_at",
            )
            .bind(id)
            .fetch_all(pool)
            .await?,
            mails: sqlx::query_as(
                "SELECT message_id, state, attempts, started_at, finished_at FROM mailer.ledger
                  WHERE registration_id = $1 ORDER BY started_at",
            )
            .bind(id)
            .fetch_all(pool)
            .await?,
            address_uses: sqlx::query_as(
                "SELECT kind, used_at FROM public.address_uses
                  WHERE registration_id = $1 OR address_index =
                    (SELECT address_index FROM public.accounts WHERE registration_id = $1) ORDER BY used_at",
            )
            .bind(id)
            .fetch_all(pool)
            .await?,
            answers: sqlx::query_as(
                "SELECT status, code, created_at FROM public.commands WHERE registration_id = $1 ORDER BY created_at",
            )
            .bind(id)
            .fetch_all(pool)
            .await?,
        })
    }
}

//! Legal holds: registrations that must not be erased for now. Each act on one is an entry of the access log.

use chrono::{DateTime, Utc};
use domain::values::RegistrationId;
use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

use crate::Store;
use crate::access::{ActingAs, record_on};
use crate::error::StoreError;

/// A hold as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow)]
pub struct LegalHold {
    /// The registration that is held.
    pub registration_id: Uuid,
    /// Why.
    pub reason: String,
    /// Who set it.
    pub set_by: String,
    /// When.
    pub set_at: DateTime<Utc>,
    /// Who lifted it, if anybody has.
    pub lifted_by: Option<String>,
    /// When.
    pub lifted_at: Option<DateTime<Utc>>,
}

/// What came of setting a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldSet {
    /// It is set.
    Set,
    /// There is one already, which stays as it is.
    AlreadyHeld,
    /// The registration has no living key: there is nothing left to hold.
    NothingToHold,
}

const HOLDS: &str =
    "SELECT registration_id, reason, set_by, set_at, lifted_by, lifted_at FROM public.legal_holds";

impl Store {
    /// Sets a hold. An erasure that is being committed meanwhile is either seen or made to wait for this.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn set_hold(
        &self,
        registration: RegistrationId,
        reason: &str,
        by: &ActingAs,
    ) -> Result<HoldSet, StoreError> {
        let mut transaction = database::begin(self.pool()).await?;
        let alive: Option<i32> = sqlx::query_scalar(
            "SELECT 1 FROM keyring.person_keys WHERE registration_id = $1 AND wrapped IS NOT NULL FOR SHARE",
        )
        .bind(registration.0)
        .fetch_optional(&mut *transaction)
        .await?;
        if alive.is_none() {
            return Ok(HoldSet::NothingToHold);
        }
        let done = sqlx::query(
            "INSERT INTO public.legal_holds (registration_id, reason, set_by) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(registration.0)
        .bind(reason)
        .bind(&by.name)
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(HoldSet::AlreadyHeld);
        }
        record_on(&mut *transaction, &[by.act(registration, "hold.set", reason)]).await?;
        transaction.commit().await?;
        Ok(HoldSet::Set)
    }

    /// Lifts the hold on a registration. False when there is none.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn lift_hold(
        &self,
        registration: RegistrationId,
        reason: &str,
        by: &ActingAs,
    ) -> Result<bool, StoreError> {
        let mut transaction = database::begin(self.pool()).await?;
        let done = sqlx::query(
            "UPDATE public.legal_holds SET lifted_by = $2, lifted_at = clock_timestamp()
              WHERE registration_id = $1 AND lifted_at IS NULL",
        )
        .bind(registration.0)
        .bind(&by.name)
        .execute(&mut *transaction)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        record_on(&mut *transaction, &[by.act(registration, "hold.lifted", reason)]).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Whether a registration is held.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn is_held(&self, registration: RegistrationId) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM public.legal_holds WHERE registration_id = $1 AND lifted_at IS NULL)",
        )
        .bind(registration.0)
        .fetch_one(self.pool())
        .await?)
    }

    /// Every hold, the latest first; with `past` also those that were lifted.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn holds(&self, past: bool) -> Result<Vec<LegalHold>, StoreError> {
        Ok(sqlx::query_as(&format!(
            "{HOLDS} WHERE lifted_at IS NULL OR $1 ORDER BY hold_id DESC"
        ))
        .bind(past)
        .fetch_all(self.pool())
        .await?)
    }
}

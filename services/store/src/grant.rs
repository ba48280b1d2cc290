//! Grants: who may open what is sealed, what for and until when. Each act on one is an entry of the access log, written
//! in the same transaction.

use chrono::{DateTime, TimeDelta, Utc};
use domain::values::RegistrationId;
use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

use crate::Store;
use crate::access::{AccessEntry, record_on};
use crate::error::StoreError;

/// A grant as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow)]
pub struct Grant {
    /// Its name.
    pub grant_id: Uuid,
    /// The person whom it is given to.
    pub granted_to: String,
    /// What they act as.
    pub role: String,
    /// What for.
    pub purpose: String,
    /// The one registration that it opens; none: any.
    pub registration_id: Option<Uuid>,
    /// Who gave it.
    pub given_by: String,
    /// When.
    pub given_at: DateTime<Utc>,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
    /// When it was taken back, if it was.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Whether it is good now, by the database's clock.
    pub is_good: bool,
}

/// A grant to be given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGrant {
    /// The person whom it is given to.
    pub granted_to: String,
    /// What they act as.
    pub role: String,
    /// What for.
    pub purpose: String,
    /// The one registration that it opens; none: any.
    pub registration: Option<RegistrationId>,
    /// Who gives it.
    pub given_by: String,
    /// For how long.
    pub lifetime: TimeDelta,
}

const GRANTS: &str =
    "SELECT *, revoked_at IS NULL AND expires_at > clock_timestamp() AS is_good FROM public.access_grants";

impl Store {
    /// Gives a grant.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn give_grant(&self, grant: &NewGrant) -> Result<Grant, StoreError> {
        let id = Uuid::now_v7();
        let mut transaction = database::begin(self.pool()).await?;
        let entry = AccessEntry {
            actor: format!("operator:{}", grant.given_by),
            role: "operator".to_owned(),
            purpose: format!("to {}, as {}: {}", grant.granted_to, grant.role, grant.purpose),
            registration: grant.registration,
            what: "grant.given".to_owned(),
            grant: Some(id),
        };
        sqlx::query(
            "INSERT INTO public.access_grants
               (grant_id, granted_to, role, purpose, registration_id, given_by, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7 * interval '1 second')",
        )
        .bind(id)
        .bind(&grant.granted_to)
        .bind(&grant.role)
        .bind(&grant.purpose)
        .bind(grant.registration.map(|it| it.0))
        .bind(&grant.given_by)
        .bind(grant.lifetime.num_seconds())
        .execute(&mut *transaction)
        .await?;
        record_on(&mut *transaction, &[entry]).await?;
        transaction.commit().await?;
        self.grant(id).await?.ok_or(StoreError::Corrupt("access_grants"))
    }

    /// A grant.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn grant(&self, id: Uuid) -> Result<Option<Grant>, StoreError> {
        Ok(sqlx::query_as(&format!("{GRANTS} WHERE grant_id = $1"))
            .bind(id)
            .fetch_optional(self.pool())
            .await?)
    }

    /// Every grant, the latest first; only those that are good now when `good` is set.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn grants(&self, good: bool) -> Result<Vec<Grant>, StoreError> {
        Ok(sqlx::query_as(&format!(
            "SELECT * FROM ({GRANTS}) AS grants WHERE is_good OR NOT $1 ORDER BY given_at DESC"
        ))
        .bind(good)
        .fetch_all(self.pool())
        .await?)
    }

    /// Takes a grant back. False when there is none, or it was taken back before.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn revoke_grant(&self, id: Uuid, by: &str) -> Result<bool, StoreError> {
        let mut transaction = database::begin(self.pool()).await?;
        let revoked: Option<Option<Uuid>> = sqlx::query_scalar(
            "UPDATE public.access_grants SET revoked_at = clock_timestamp() WHERE grant_id = $1 AND revoked_at IS NULL
             RETURNING registration_id",
        )
        .bind(id)
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(registration) = revoked else {
            return Ok(false);
        };
        let entry = AccessEntry {
            actor: format!("operator:{by}"),
            role: "operator".to_owned(),
            purpose: String::new(),
            registration: registration.map(RegistrationId),
            what: "grant.revoked".to_owned(),
            grant: Some(id),
        };
        record_on(&mut *transaction, &[entry]).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

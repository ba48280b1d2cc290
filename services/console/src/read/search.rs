//! Finding a registration by an address, a SIRET, or its own number.

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

/// The most that a page lists.
pub const FOUND_MAX: i64 = 50;

/// A registration that was found.
#[derive(sqlx::FromRow)]
pub struct Found {
    /// Its number.
    pub registration_id: Uuid,
    /// Where it stands.
    pub stage: String,
    /// `known`, `unknown`; none until the address was looked up.
    pub journey: Option<String>,
    /// When it was started.
    pub started_at: DateTime<Utc>,
    /// When its last event was stored.
    pub last_event_at: DateTime<Utc>,
}

const COLUMNS: &str =
    "SELECT r.registration_id, r.stage, r.journey, r.started_at, r.last_event_at FROM read.registrations r";

/// Those whose address has this blind index: the account, and registrations that have had a mail sent to it.
///
/// # Errors
/// When PostgreSQL is away.
pub async fn by_address(pool: &PgPool, index: &[u8; 32]) -> Result<Vec<Found>, sqlx::Error> {
    let query = format!(
        "{COLUMNS} WHERE r.registration_id IN (
            SELECT registration_id FROM public.accounts WHERE address_index = $1
            UNION SELECT registration_id FROM public.address_uses WHERE address_index = $1 AND registration_id IS NOT NULL)
         ORDER BY r.last_event_at DESC LIMIT $2"
    );
    sqlx::query_as(&query)
        .bind(&index[..])
        .bind(FOUND_MAX)
        .fetch_all(pool)
        .await
}

/// Accounts attached to this establishment.
///
/// # Errors
/// When PostgreSQL is away.
pub async fn by_siret(pool: &PgPool, siret: &str) -> Result<Vec<Found>, sqlx::Error> {
    let query = format!(
        "{COLUMNS} JOIN read.people_establishments e USING (registration_id) WHERE e.siret = $1
         ORDER BY r.last_event_at DESC LIMIT $2"
    );
    sqlx::query_as(&query)
        .bind(siret)
        .bind(FOUND_MAX)
        .fetch_all(pool)
        .await
}

/// Those that moved last.
///
/// # Errors
/// When PostgreSQL is away.
pub async fn latest(pool: &PgPool) -> Result<Vec<Found>, sqlx::Error> {
    let query = format!("{COLUMNS} ORDER BY r.position DESC LIMIT $1");
    sqlx::query_as(&query).bind(FOUND_MAX).fetch_all(pool).await
}

//! Finding registrations: by an address, a SIRET or a number, and page by page what some filters leave.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::postgres::Postgres;
use sqlx::{PgPool, QueryBuilder};
use uuid::Uuid;

/// The most that a page lists.
pub const FOUND_MAX: i64 = 50;
/// The most that a file lists.
pub const FILE_MAX: i64 = 100_000;

/// A registration that was found.
#[derive(sqlx::FromRow)]
pub struct Found {
    /// Its number.
    pub registration_id: Uuid,
    /// The place of its last event.
    pub position: i64,
    /// Where it stands.
    pub stage: String,
    /// `known`, `unknown`; none until the address was looked up.
    pub journey: Option<String>,
    /// `requested`, `sent`, `failed`; none where no mail was asked for.
    pub mail: Option<String>,
    /// When it was started.
    pub started_at: DateTime<Utc>,
    /// When its last event was stored.
    pub last_event_at: DateTime<Utc>,
}

impl Found {
    /// The end of its number: short, and among some thousands its own.
    pub fn handle(&self) -> String {
        handle(self.registration_id)
    }
}

/// The last eight digits of a registration's number.
pub fn handle(id: Uuid) -> String {
    id.simple().to_string()[24..].to_owned()
}

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// Only those that stand here.
    pub stage: Option<String>,
    /// Only those of this journey.
    pub journey: Option<String>,
    /// Only those that were started on this day, in Paris.
    pub day: Option<NaiveDate>,
    /// Only those whose last mail failed.
    pub mail_failed: bool,
    /// Only those whose last event stands before this position: the next page.
    pub before: Option<i64>,
}

const COLUMNS: &str =
    "SELECT r.registration_id, r.position, r.stage, r.journey, r.mail, r.started_at, r.last_event_at
    FROM read.registrations r";

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

/// Those whose number ends with this handle.
///
/// # Errors
/// When PostgreSQL is away.
pub async fn by_handle(pool: &PgPool, handle: &str) -> Result<Vec<Found>, sqlx::Error> {
    let query =
        format!("{COLUMNS} WHERE right(r.registration_id::text, 8) = $1 ORDER BY r.position DESC LIMIT $2");
    sqlx::query_as(&query)
        .bind(handle)
        .bind(FOUND_MAX)
        .fetch_all(pool)
        .await
}

/// Those that moved last, as far as the filters leave them.
///
/// # Errors
/// When PostgreSQL is away.
pub async fn listed(pool: &PgPool, filters: &Filters, limit: i64) -> Result<Vec<Found>, sqlx::Error> {
    // Each condition stands there only when it is asked for: one plan for all of them would scan.
    let mut query = QueryBuilder::<Postgres>::new(COLUMNS);
    query.push(" WHERE true");
    if let Some(stage) = &filters.stage {
        query.push(" AND r.stage = ").push_bind(stage);
    }
    if let Some(journey) = &filters.journey {
        query.push(" AND r.journey = ").push_bind(journey);
    }
    if let Some(day) = filters.day {
        query.push(" AND r.started_at >= ").push_bind(day);
        query.push("::timestamp AT TIME ZONE 'Europe/Paris' AND r.started_at < (");
        query
            .push_bind(day)
            .push(" + 1)::timestamp AT TIME ZONE 'Europe/Paris'");
    }
    if filters.mail_failed {
        query.push(" AND r.mail = 'failed'");
    }
    if let Some(before) = filters.before {
        query.push(" AND r.position < ").push_bind(before);
    }
    query.push(" ORDER BY r.position DESC LIMIT ").push_bind(limit);
    query.build_query_as().fetch_all(pool).await
}

//! The local copy of INSEE's stock file: weeks old, and there when nobody else is.
//!
//! It says nothing of an establishment that it does not hold: that one may be younger than the copy.

use chrono::{DateTime, NaiveDate, Utc};
use domain::values::Siret;
use sqlx::PgPool;

use super::finding::{Finding, Outcome, Silence};
use crate::import::stock_number;

/// The local copy.
#[derive(Debug)]
pub struct LocalCopy {
    pool: PgPool,
}

impl LocalCopy {
    /// The copy in this database.
    pub fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// Looks an establishment up.
    pub async fn ask(&self, siret: &Siret) -> Result<Finding, Silence> {
        let row: Option<(bool, Option<NaiveDate>, Option<DateTime<Utc>>)> = sqlx::query_as(
            "SELECT closed, closed_on,
                    (SELECT coalesce(as_of::timestamp AT TIME ZONE 'UTC', imported_at)
                       FROM directory.imports WHERE kind = 'sirene' ORDER BY imported_at DESC LIMIT 1)
               FROM directory.sirene WHERE siret = $1",
        )
        .bind(stock_number(siret))
        .fetch_optional(&self.pool)
        .await
        .map_err(|_| Silence::Connection)?;
        let (closed, closed_on, as_of) = row.ok_or(Silence::Unlisted)?;
        let outcome = match closed {
            true => Outcome::Closed {
                closed_on,
                successor: None,
            },
            false => Outcome::Active {
                suggested: Vec::new(),
            },
        };
        Ok(Finding { outcome, as_of })
    }
}

//! Questions to `funnel`.

use chrono::NaiveDate;
use sqlx::PgPool;

use crate::ProjectionError;

/// How many registrations reached a step for the first time on a day.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Count {
    /// The day, in Paris.
    pub day: NaiveDate,
    /// `known` or `unknown`.
    pub journey: String,
    /// The step: `identity` or a stage.
    pub step: String,
    /// How many registrations.
    pub reached: i64,
}

/// The counts of the days from `first` to `last`, both included. Asked by the console.
///
/// # Errors
/// [`ProjectionError::Database`].
pub async fn between(
    pool: &PgPool,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<Count>, ProjectionError> {
    Ok(sqlx::query_as(
        "SELECT day, journey, step, reached FROM read.funnel WHERE day BETWEEN $1 AND $2 ORDER BY day, journey, step",
    )
    .bind(first)
    .bind(last)
    .fetch_all(pool)
    .await?)
}

//! Compares a table with its fresh copy, row by whole row, and puts the copy's rows in place.

use projections::{Schema, Table};
use serde::Serialize;
use sqlx::PgConnection;

use crate::failure::ProjectorError;

/// What the comparison of one table found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// The table, in the schema `read`.
    pub table: &'static str,
    /// How many rows the fresh copy has.
    pub rows: i64,
    /// How many keys have another row, or a row on one side only.
    pub differing: i64,
    /// The first of them.
    pub first: Option<RowDifference>,
}

/// A row that is not as the log says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowDifference {
    /// The row's key, its columns joined by `/`.
    pub key: String,
    /// `missing`, `superfluous` or `different`.
    pub what: &'static str,
}

/// Compares a table with its fresh copy.
pub(crate) async fn compare(
    connection: &mut PgConnection,
    table: &Table,
) -> Result<Compared, ProjectorError> {
    let (live, next, name) = (Schema::Live.name(), Schema::Next.name(), table.name);
    let rows: i64 = sqlx::query_scalar(&format!("SELECT count(*) FROM {next}.{name}"))
        .fetch_one(&mut *connection)
        .await?;
    let key = format!("concat_ws('/', {})", table.key.join(", "));
    let first: Option<(String, bool, bool, i64)> = sqlx::query_as(&format!(
        "WITH differing AS (
           SELECT {key} AS key, true AS live, false AS fresh FROM (TABLE {live}.{name} EXCEPT TABLE {next}.{name}) AS a
            UNION ALL
           SELECT {key}, false, true FROM (TABLE {next}.{name} EXCEPT TABLE {live}.{name}) AS b)
         SELECT key, bool_or(live), bool_or(fresh), count(*) OVER () FROM differing GROUP BY key ORDER BY key LIMIT 1"
    ))
    .fetch_optional(connection)
    .await?;
    Ok(match first {
        None => Compared {
            table: name,
            rows,
            differing: 0,
            first: None,
        },
        Some((key, live, fresh, differing)) => {
            let what = match (live, fresh) {
                (true, true) => "different",
                (true, false) => "superfluous",
                _ => "missing",
            };
            Compared {
                table: name,
                rows,
                differing,
                first: Some(RowDifference { key, what }),
            }
        }
    })
}

/// Makes a table equal to its copy. Only rows that differ are touched, so that readers are never kept out and rights,
/// views and indexes stay; at the commit they see all of it at once.
pub(crate) async fn put_in_place(connection: &mut PgConnection, table: &Table) -> Result<(), ProjectorError> {
    let (live, next, name) = (Schema::Live.name(), Schema::Next.name(), table.name);
    let key = table.key.join(", ");
    sqlx::query(&format!(
        "DELETE FROM {live}.{name} WHERE ({key}) IN
           (SELECT {key} FROM (TABLE {live}.{name} EXCEPT TABLE {next}.{name}) AS not_so)"
    ))
    .execute(&mut *connection)
    .await?;
    sqlx::query(&format!(
        "INSERT INTO {live}.{name} (TABLE {next}.{name} EXCEPT TABLE {live}.{name})"
    ))
    .execute(connection)
    .await?;
    Ok(())
}

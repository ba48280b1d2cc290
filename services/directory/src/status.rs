//! What the directory holds and how old it is, for operators.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use sqlx::PgPool;

use crate::idcc::agreements;
use crate::register::{Registers, SourceReport};
use crate::stock::Stock;

/// The directory as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DirectoryStatus {
    /// Establishments that the organisation knows.
    pub establishments: Holding,
    /// Contacts, each a row.
    pub contacts: Holding,
    /// The local copy of INSEE's stock, where one was imported.
    pub local_copy: Option<LocalCopyHeld>,
    /// Why the local copy cannot be read, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_copy_fault: Option<String>,
    /// Messages of the organisation's system that could not be read.
    pub parked_messages: u64,
    /// Addresses whose contacts have changed, and whose accounts, if any, have not been looked at since.
    pub contact_changes_waiting: u64,
    /// The list of collective agreements.
    pub agreements: AgreementsHeld,
    /// Registers in the order in which they are asked.
    pub registers: Vec<SourceReport>,
}

/// A table of the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Holding {
    /// How many rows it has.
    pub rows: u64,
    /// When a row last changed.
    pub changed_at: Option<DateTime<Utc>>,
    /// The last import of a file.
    pub last_import: Option<LastImport>,
}

/// The last import of a kind of file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct LastImport {
    /// When it was made.
    pub imported_at: DateTime<Utc>,
    /// The youngest day that the file's lines bear, where they do.
    pub as_of: Option<NaiveDate>,
    /// Lines read.
    pub lines_read: i64,
    /// Lines refused.
    pub lines_bad: i64,
}

/// The local copy of INSEE's stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LocalCopyHeld {
    /// How many establishments it holds.
    pub establishments: u64,
    /// The youngest day on which INSEE worked on one of them.
    pub as_of: Option<NaiveDate>,
    /// When it was imported.
    pub imported_at: DateTime<Utc>,
}

/// The list of collective agreements that the program carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgreementsHeld {
    /// How many there are.
    pub codes: usize,
    /// How many of them are in force.
    pub in_force: usize,
    /// The month of the Ministry of Labour's list.
    pub as_of: &'static str,
}

/// Looks at the directory.
///
/// # Errors
/// The database does not answer.
pub async fn status(
    pool: &PgPool,
    registers: &Registers,
    stock: &Stock,
) -> Result<DirectoryStatus, sqlx::Error> {
    let (codes, in_force) = agreements().counts();
    let (local_copy, local_copy_fault) = match stock.header() {
        Ok(header) => (header, None),
        Err(fault) => (None, Some(fault.to_string())),
    };
    Ok(DirectoryStatus {
        local_copy: local_copy.map(|header| LocalCopyHeld {
            establishments: header.count,
            as_of: header.as_of,
            imported_at: header.imported_at,
        }),
        local_copy_fault,
        parked_messages: count(pool, "parked_messages").await?,
        contact_changes_waiting: count(pool, "contact_changes").await?,
        establishments: holding(pool, "establishments").await?,
        contacts: holding(pool, "contacts").await?,
        agreements: AgreementsHeld {
            codes,
            in_force,
            as_of: agreements().as_of(),
        },
        registers: registers.report().await?,
    })
}

/// `table` is one of ours and comes from no input.
async fn count(pool: &PgPool, table: &'static str) -> Result<u64, sqlx::Error> {
    let count: i64 = sqlx::query_scalar(&format!("SELECT count(*) FROM directory.{table}"))
        .fetch_one(pool)
        .await?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// As for [`count`].
async fn holding(pool: &PgPool, table: &'static str) -> Result<Holding, sqlx::Error> {
    let (rows, changed_at): (i64, Option<DateTime<Utc>>) = sqlx::query_as(&format!(
        "SELECT count(*), max(imported_at) FROM directory.{table}"
    ))
    .fetch_one(pool)
    .await?;
    Ok(Holding {
        rows: u64::try_from(rows).unwrap_or(0),
        changed_at,
        last_import: last_import(pool, table).await?,
    })
}

/// The last import of this kind of file.
pub async fn last_import(pool: &PgPool, kind: &str) -> Result<Option<LastImport>, sqlx::Error> {
    sqlx::query_as(
        "SELECT imported_at, as_of, lines_read, lines_bad FROM directory.imports
          WHERE kind = $1 ORDER BY imported_at DESC LIMIT 1",
    )
    .bind(kind)
    .fetch_optional(pool)
    .await
}

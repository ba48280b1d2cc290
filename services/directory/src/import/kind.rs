//! What differs between one kind of file and another.

use std::io;

use csv::Writer;
use sqlx::PgConnection;

use super::ImportError;
use super::headings::Column;

/// Rows on their way into the staging table, as PostgreSQL's `COPY … (FORMAT csv)` reads them: an empty field is null.
pub type Rows = Writer<Vec<u8>>;

/// Each bad field with the reason.
pub type Faults = Vec<(&'static str, &'static str)>;

/// A kind of file.
pub trait Kind: Send + Sync + 'static {
    /// What one line becomes.
    type Line: Send + 'static;
    /// Its name in the journal of imports, and the table of the directory that it fills.
    const NAME: &'static str;
    /// The columns, in the order in which [`Self::parse`] is given their cells.
    const COLUMNS: &'static [Column];
    /// The file's column that names a line.
    const KEY_COLUMN: &'static str;
    /// The table's column that it becomes, and its type.
    const KEY: (&'static str, &'static str);
    /// The columns of the staging table, as SQL declares them.
    const STAGED: &'static str;

    /// Parses one line's cells, or lists each bad field with its reason.
    fn parse(&self, fields: &[&str]) -> Result<Self::Line, Faults>;

    /// What a line is known by, as the key's type is written in a file for `COPY`.
    fn key(&self, line: &Self::Line) -> String;

    /// The key of a line that is bad elsewhere, where it can be read: such a line names a row that must stay.
    fn key_of_bad(&self, fields: &[&str]) -> Option<String>;

    /// Writes a line's row for the staging table.
    fn stage(&self, line: &Self::Line, rows: &mut Rows) -> Result<(), ImportError>;

    /// Moves the staged rows that differ from what stands in the directory into it. Answers how many were new, and how
    /// many stood there otherwise.
    fn merge(connection: &mut PgConnection) -> impl Future<Output = Result<(u64, u64), sqlx::Error>> + Send;
}

/// Runs a merge that answers with two counts: rows that were new, and rows that changed.
pub async fn counted(merge: &str, connection: &mut PgConnection) -> Result<(u64, u64), sqlx::Error> {
    let (new, changed): (i64, i64) = sqlx::query_as(merge).fetch_one(connection).await?;
    let count = |it: i64| u64::try_from(it).unwrap_or(0);
    Ok((count(new), count(changed)))
}

/// Rows are written into memory, which takes whatever comes. The error's own text could hold a field.
pub fn row_error(_: csv::Error) -> ImportError {
    ImportError::Unreadable(io::Error::other("a row could not be written for the database"))
}

//! How far an import had come that did not end, so that the same file goes on from there.
//!
//! What is kept is a count of lines and a digest of them. The next import of this kind reads the file from its beginning,
//! as it must to report every bad line, and writes nothing until it has passed that mark with the same digest. With
//! another digest it is another file, and begins anew.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::ImportReport;

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Lines before it, the header not counted.
    pub lines: u64,
    /// SHA-256 of what was read of them.
    pub digest: [u8; 32],
}

/// An import that did not end.
#[derive(Clone, Debug)]
pub struct Unfinished {
    /// How far it had come.
    pub mark: Mark,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// Good lines so far, those among them that were new, changed, and unchanged.
    pub counts: [u64; 4],
}

#[derive(sqlx::FromRow)]
struct Row {
    lines: i64,
    digest: Vec<u8>,
    began_at: DateTime<Utc>,
    kept: i64,
    added: i64,
    changed: i64,
    unchanged: i64,
}

/// The import of this kind that did not end, if there is one.
pub async fn unfinished(
    connection: &mut PgConnection,
    kind: &str,
) -> Result<Option<Unfinished>, sqlx::Error> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT lines, digest, began_at, kept, added, changed, unchanged FROM directory.unfinished_imports WHERE kind = $1",
    )
    .bind(kind)
    .fetch_optional(connection)
    .await?;
    let count = |it: i64| u64::try_from(it).unwrap_or(0);
    Ok(row.and_then(|row| {
        Some(Unfinished {
            mark: Mark {
                lines: count(row.lines),
                digest: row.digest.try_into().ok()?,
            },
            began_at: row.began_at,
            counts: [row.kept, row.added, row.changed, row.unchanged].map(count),
        })
    }))
}

/// Notes how far an import has come, in the transaction of the batch that brought it there.
pub async fn note(
    connection: &mut PgConnection,
    kind: &str,
    mark: &Mark,
    began_at: DateTime<Utc>,
    report: &ImportReport,
) -> Result<(), sqlx::Error> {
    let count = |it: u64| i64::try_from(it).unwrap_or(i64::MAX);
    sqlx::query(
        "INSERT INTO directory.unfinished_imports (kind, lines, digest, began_at, kept, added, changed, unchanged)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (kind) DO UPDATE
            SET (lines, digest, began_at, kept, added, changed, unchanged)
              = (excluded.lines, excluded.digest, excluded.began_at, excluded.kept, excluded.added, excluded.changed,
                 excluded.unchanged)",
    )
    .bind(kind)
    .bind(count(mark.lines))
    .bind(mark.digest.as_slice())
    .bind(began_at)
    .bind(count(report.kept))
    .bind(count(report.new))
    .bind(count(report.changed))
    .bind(count(report.unchanged))
    .execute(connection)
    .await?;
    Ok(())
}

/// The import has ended, or what was noted is of another file.
pub async fn forget(connection: &mut PgConnection, kind: &str) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM directory.unfinished_imports WHERE kind = $1")
        .bind(kind)
        .execute(connection)
        .await?;
    Ok(())
}

//! The journal of imports: what was imported, when, and how much of it was good.

use sqlx::PgConnection;

use super::ImportReport;
use super::reading::Summary;

/// Writes down an import, in the transaction of its last batch.
pub async fn record(
    connection: &mut PgConnection,
    kind: &str,
    report: &ImportReport,
    summary: &Summary,
) -> Result<(), sqlx::Error> {
    let count = |it: u64| i64::try_from(it).unwrap_or(i64::MAX);
    sqlx::query(
        "INSERT INTO directory.imports (kind, file_hash, as_of, lines_read, lines_kept, unchanged, lines_bad, removed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(kind)
    .bind(summary.file_hash.as_slice())
    .bind(summary.as_of)
    .bind(count(report.read))
    .bind(count(report.kept))
    .bind(count(report.unchanged))
    .bind(count(report.refused))
    .bind(count(report.removed))
    .execute(connection)
    .await?;
    Ok(())
}

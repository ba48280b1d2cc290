//! Folds the log once more beside the read models, compares, and on demand puts the result in place.

use std::time::Instant;

use projections::{FOLD_VERSION, MODELS, Model, Table};
use serde::Serialize;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use store::Store;

use crate::checkpoint;
use crate::compare::{Compared, compare, put_in_place};
use crate::failure::ProjectorError;
use crate::fresh_copy::FreshCopy;

/// Called now and then with how many events are folded, and out of how many.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// What a rebuild or a comparison found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The position at which the tables were compared.
    pub compared_at: u64,
    /// The position at which the tables stand now.
    pub position: u64,
    /// Every table that was compared.
    pub tables: Vec<Compared>,
    /// How long it took.
    pub seconds: f64,
}

impl Report {
    /// The first table with a difference.
    pub fn difference(&self) -> Option<&Compared> {
        self.tables.iter().find(|table| table.differing > 0)
    }
}

/// A line a table, and the first difference of each.
impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "compared at position {}", self.compared_at)?;
        for table in &self.tables {
            match &table.first {
                None => write!(f, "\n{}: {} rows, all as the log says", table.table, table.rows)?,
                Some(first) => write!(
                    f,
                    "\n{}: {} rows, {} not as the log says; the first: {} ({})",
                    table.table, table.rows, table.differing, first.key, first.what
                )?,
            }
        }
        Ok(())
    }
}

/// Folds the log into a fresh copy and compares it with the read models, all of them or the one named. Changes nothing and
/// keeps nobody waiting. Uses three connections of the store's pool.
///
/// # Errors
/// [`ProjectorError`]; a difference is no error.
pub async fn verify(
    store: &Store,
    name: Option<&str>,
    progress: Progress<'_>,
) -> Result<Report, ProjectorError> {
    let started = Instant::now();
    let tables = tables(name)?;
    let mut copy = copy_of_most(store, progress).await?;
    let mut transaction = begin_long(store.pool()).await?;
    // One snapshot for checkpoint and tables, instead of a lock that would hold the projector back.
    sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        .execute(&mut *transaction)
        .await?;
    let found = checkpoint::read(&mut *transaction).await?;
    copy.fold_within(&mut transaction, found.position, progress)
        .await?;
    let compared = compare_all(&mut transaction, &tables).await?;
    transaction.rollback().await?;
    copy.end().await?;
    Ok(report(found.position, found.position, compared, started))
}

/// Folds the log into a fresh copy, reports how the read models differ from it, and puts it in their place: all of them,
/// or the one named. In one transaction, during which readers see the rows as they were and the projector waits.
/// Uses three connections of the store's pool.
///
/// # Errors
/// [`ProjectorError`]; nothing has changed then.
pub async fn rebuild(
    store: &Store,
    name: Option<&str>,
    progress: Progress<'_>,
) -> Result<Report, ProjectorError> {
    let started = Instant::now();
    let mut chosen = tables(name)?;
    let mut copy = copy_of_most(store, progress).await?;
    let mut transaction = begin_long(store.pool()).await?;
    let found = checkpoint::lock(&mut transaction).await?;
    if found.fold_version > FOLD_VERSION {
        return Err(ProjectorError::LaterRelease {
            found: found.fold_version,
            known: FOLD_VERSION,
        });
    }
    copy.fold_within(&mut transaction, found.position, progress)
        .await?;
    let all = tables(None)?;
    if found.fold_version < FOLD_VERSION {
        chosen.clone_from(&all); // Rows of two folds cannot stand side by side.
    }
    let compared = compare_all(&mut transaction, &chosen).await?;
    // Models advance together: only when all are put in place may they also move on to the end of the log.
    let mut position = found.position;
    if chosen == all {
        position = store.log_head().await?.position().max(position);
        copy.fold_within(&mut transaction, position, progress).await?;
    }
    for table in &chosen {
        put_in_place(&mut transaction, table).await?;
    }
    checkpoint::advance(&mut transaction, position).await?;
    transaction.commit().await?;
    copy.end().await?;
    Ok(report(found.position, position, compared, started))
}

fn report(compared_at: u64, position: u64, tables: Vec<Compared>, started: Instant) -> Report {
    Report {
        compared_at,
        position,
        tables,
        seconds: started.elapsed().as_secs_f64(),
    }
}

/// A fresh copy of about where the read models are: most of the way is folded before anybody is held back.
async fn copy_of_most<'a>(store: &'a Store, progress: Progress<'_>) -> Result<FreshCopy<'a>, ProjectorError> {
    let mut copy = FreshCopy::begin(store).await?;
    copy.fold_to(checkpoint::read(store.pool()).await?.position, progress)
        .await?;
    Ok(copy)
}

/// A service's statements are limited in time; comparing whole tables takes as long as it takes.
async fn begin_long(pool: &PgPool) -> Result<Transaction<'static, Postgres>, ProjectorError> {
    let mut transaction = database::begin(pool).await?;
    for limit in [
        "SET LOCAL statement_timeout = 0",
        "SET LOCAL idle_in_transaction_session_timeout = 0",
    ] {
        sqlx::query(limit).execute(&mut *transaction).await?;
    }
    Ok(transaction)
}

async fn compare_all(
    connection: &mut PgConnection,
    tables: &[&'static Table],
) -> Result<Vec<Compared>, ProjectorError> {
    // Folding has forbidden what comparing whole tables is best at.
    sqlx::query("SET LOCAL enable_seqscan = on")
        .execute(&mut *connection)
        .await?;
    let mut compared = Vec::with_capacity(tables.len());
    for table in tables {
        compared.push(compare(connection, table).await?);
    }
    Ok(compared)
}

/// The tables of the model named, or of all.
fn tables(name: Option<&str>) -> Result<Vec<&'static Table>, ProjectorError> {
    let Some(name) = name else {
        return Ok(MODELS.iter().flat_map(|model| model.tables).collect());
    };
    let known = || MODELS.map(|model| model.name).join(", ");
    let model = Model::named(name).ok_or_else(|| ProjectorError::UnknownModel { known: known() })?;
    Ok(model.tables.iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::RowDifference;

    #[test]
    fn a_model_is_asked_for_by_its_name() {
        assert_eq!(tables(Some("people")).unwrap().len(), 2);
        assert_eq!(tables(None).unwrap().len(), 4);
        assert!(matches!(
            tables(Some("persons")),
            Err(ProjectorError::UnknownModel { .. })
        ));
    }

    #[test]
    fn a_report_names_the_first_difference() {
        let first = Some(RowDifference {
            key: "2026-01-01/known/active".to_owned(),
            what: "different",
        });
        let tables = vec![
            Compared {
                table: "people",
                rows: 2,
                differing: 0,
                first: None,
            },
            Compared {
                table: "funnel",
                rows: 5,
                differing: 1,
                first,
            },
        ];
        let report = Report {
            compared_at: 9,
            position: 9,
            tables,
            seconds: 0.1,
        };
        assert_eq!(report.difference().map(|table| table.table), Some("funnel"));
        assert!(
            report
                .to_string()
                .contains("the first: 2026-01-01/known/active (different)")
        );
    }
}

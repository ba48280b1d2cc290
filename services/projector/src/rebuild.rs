//! Folds the log once more beside the read models, compares, and on demand puts the result in place.

use std::time::Instant;

use projections::{MODELS, Model, Table};
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

/// Folds the log into a fresh copy and compares it with the read models, all of them or the one named. Changes nothing.
///
/// # Errors
/// [`ProjectorError`]; a difference is no error.
pub async fn verify(store: &Store, name: Option<&str>, progress: Progress<'_>) -> Result<Report, ProjectorError> {
    let started = Instant::now();
    let tables = tables(name)?;
    let (copy, mut transaction, compared_at) = fold_beside(store, progress).await?;
    let compared = compare_all(&mut transaction, &tables).await?;
    transaction.rollback().await?;
    copy.end().await?;
    let seconds = started.elapsed().as_secs_f64();
    Ok(Report { compared_at, position: compared_at, tables: compared, seconds })
}

/// Folds the log into a fresh copy, reports how the read models differ from it, and puts it in their place: all of them,
/// or the one named. In one transaction, during which readers see the rows as they were.
///
/// # Errors
/// [`ProjectorError`]; nothing has changed then.
pub async fn rebuild(store: &Store, name: Option<&str>, progress: Progress<'_>) -> Result<Report, ProjectorError> {
    let started = Instant::now();
    let mut tables = tables(name)?;
    let (mut copy, mut transaction, compared_at) = fold_beside(store, progress).await?;
    let compared = compare_all(&mut transaction, &tables).await?;
    // Models advance together. Only when all are put in place may they also move on to the end of the log.
    let position = match name {
        None => store.log_head().await?.position(),
        Some(_) => compared_at,
    };
    copy.fold_within(&mut transaction, position, progress).await?;
    // The order of tables decides nothing; going through them once each keeps the locks short.
    tables.dedup();
    for table in &tables {
        put_in_place(&mut transaction, table).await?;
    }
    checkpoint::advance(&mut transaction, position).await?;
    transaction.commit().await?;
    copy.end().await?;
    Ok(Report { compared_at, position, tables: compared, seconds: started.elapsed().as_secs_f64() })
}

/// A fresh copy at exactly the position of the read models, whose checkpoint stays locked by the transaction.
async fn fold_beside<'a>(
    store: &'a Store,
    progress: Progress<'_>,
) -> Result<(FreshCopy<'a>, Transaction<'static, Postgres>, u64), ProjectorError> {
    let pool: &PgPool = store.pool();
    let mut copy = FreshCopy::begin(store, pool).await?;
    // Most of the way without a lock; then the little that came meanwhile, with the projector held back.
    copy.fold_to(checkpoint::read(pool).await?.position, progress).await?;
    let mut transaction = pool.begin().await?;
    lift_limits(&mut transaction).await?;
    let position = checkpoint::lock(&mut transaction).await?.position;
    copy.fold_within(&mut transaction, position, progress).await?;
    Ok((copy, transaction, position))
}

/// A service's statements are limited in time; comparing whole tables takes as long as it takes.
async fn lift_limits(transaction: &mut PgConnection) -> Result<(), ProjectorError> {
    for setting in ["statement_timeout", "idle_in_transaction_session_timeout"] {
        sqlx::query("SELECT set_config($1, '0', true)").bind(setting).execute(&mut *transaction).await?;
    }
    Ok(())
}

async fn compare_all(
    connection: &mut PgConnection,
    tables: &[&'static Table],
) -> Result<Vec<Compared>, ProjectorError> {
    let mut compared = Vec::with_capacity(tables.len());
    for table in tables {
        compared.push(compare(connection, table).await?);
    }
    Ok(compared)
}

/// The tables of the model named, or of all.
fn tables(name: Option<&str>) -> Result<Vec<&'static Table>, ProjectorError> {
    let Some(name) = name else { return Ok(MODELS.iter().flat_map(|model| model.tables).collect()) };
    let known = || MODELS.map(|model| model.name).join(", ");
    let model = Model::named(name).ok_or_else(|| ProjectorError::UnknownModel { known: known() })?;
    Ok(model.tables.iter().collect())
}

//! The one way in which every file is imported: a thread reads and parses, batches are written as they come.

use std::sync::Arc;

use chrono::NaiveDate;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use tokio::sync::mpsc;

use super::reading::{Message, read_all};
use super::{ImportError, ImportReport, Input, Options, journal};

/// Batches that may wait for the database: one is being written, one is ready.
const BATCHES_AHEAD: usize = 1;

/// A kind of file.
pub trait Kind: Send + Sync + 'static {
    /// What one line becomes.
    type Line: Send + 'static;
    /// Its name in the journal of imports.
    const NAME: &'static str;
    /// The columns needed, in the order in which [`Self::parse`] is given them.
    const COLUMNS: &'static [&'static str];
    /// Whether a second line of the same key is refused. Keys take memory, so huge files do without.
    const KEYS_ONCE: bool = true;

    /// Parses one line, or lists each bad field with its reason.
    fn parse(&self, fields: &[&str]) -> Result<Self::Line, Vec<(&'static str, &'static str)>>;

    /// What a line is known by.
    fn key(line: &Self::Line) -> u128;

    /// The column of the key, named when it comes twice.
    const KEY_COLUMN: &'static str;

    /// The day up to which the file tells, as far as this line shows.
    fn as_of(_fields: &[&str]) -> Option<NaiveDate> {
        None
    }

    /// Writes a batch and returns how many of its lines changed something.
    fn write(
        &self,
        lines: Vec<Self::Line>,
        connection: &mut PgConnection,
    ) -> impl Future<Output = Result<u64, ImportError>> + Send;
}

/// Imports a file of one kind.
pub async fn import<K: Kind>(
    pool: &PgPool,
    kind: K,
    input: Input,
    options: Options,
) -> Result<ImportReport, ImportError> {
    let kind = Arc::new(kind);
    let (sender, mut receiver) = mpsc::channel(BATCHES_AHEAD);
    let reading = {
        let kind = kind.clone();
        tokio::task::spawn_blocking(move || {
            input.read_with(|reader| read_all(kind.as_ref(), reader, &sender))?
        })
    };
    let mut report = ImportReport::default();
    let mut open: Option<Transaction<'static, Postgres>> = None;
    let mut summary = None;
    while let Some(message) = receiver.recv().await {
        match message {
            Message::Batch(lines, progress) => {
                let mut transaction = match open.take() {
                    Some(transaction) => transaction,
                    None => begin(pool).await?,
                };
                let count = lines.len() as u64;
                let changed = kind.write(lines, &mut transaction).await?;
                report.kept += count;
                report.unchanged += count.saturating_sub(changed);
                match options.strict {
                    true => open = Some(transaction),
                    false => transaction.commit().await?,
                }
                if let Some(tell) = &options.progress {
                    tell(progress);
                }
            }
            Message::End(end) => summary = Some(end),
        }
    }
    reading.await.map_err(|_| ImportError::ReaderLost)??;
    let summary = summary.ok_or(ImportError::ReaderLost)?;
    report.read = summary.read;
    report.refused = summary.refused;
    if options.strict && summary.refused > 0 {
        // Dropping the transaction rolls it back.
        report.rolled_back = true;
    } else {
        let mut transaction = match open.take() {
            Some(transaction) => transaction,
            None => begin(pool).await?,
        };
        journal::record(&mut transaction, K::NAME, &report, &summary).await?;
        transaction.commit().await?;
    }
    report.bad = summary.bad;
    Ok(report)
}

/// One import writes at a time: so what a batch has read stays true until it is written, and two files that name
/// the same rows in another order cannot lock each other out.
async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let mut transaction = pool.begin().await?;
    // A batch that waits for another import is not a statement gone wild.
    sqlx::query("SET LOCAL statement_timeout = '10min'")
        .execute(&mut *transaction)
        .await?;
    sqlx::query("SELECT pg_advisory_xact_lock(hashtext('directory.imports'))")
        .execute(&mut *transaction)
        .await?;
    Ok(transaction)
}

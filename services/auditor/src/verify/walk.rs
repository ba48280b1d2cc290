//! The walk along the log.

use store::{Frontier, LogEntry, Store, StoreError};

use super::report::VerifyReport;
use super::signed::{Signed, Stands, Trust};
use crate::error::AuditError;

/// How many events are in memory at once.
const PAGE: u32 = 1_000;

const CHECKPOINTS: &str = "SELECT size, root, note FROM public.checkpoints WHERE origin = $3 AND size BETWEEN $1 AND $2 ORDER BY size";

/// How far the walk is, and what it has found.
pub(super) struct Walk<'a> {
    store: &'a Store,
    size: u64,
    /// The next position.
    due: u64,
    /// The tree over the hashes so far; none once a position was missing, since nothing can be said of it then.
    pub tree: Option<Frontier>,
    pub report: VerifyReport,
    origin: String,
    pub signed: Signed,
}

impl<'a> Walk<'a> {
    /// A walk over the first `size` positions.
    pub fn new(store: &'a Store, size: u64, trust: &Trust) -> Self {
        let mut report = VerifyReport {
            positions: size,
            ..VerifyReport::default()
        };
        let signed = Signed::new(trust, &mut report);
        Self {
            store,
            size,
            due: 1,
            tree: Some(Frontier::default()),
            report,
            origin: trust.key.name().to_owned(),
            signed,
        }
    }

    /// Walks to the end, whatever it meets.
    pub async fn go(&mut self, progress: &impl Fn(u64, u64)) -> Result<(), AuditError> {
        while self.due <= self.size {
            let first = self.due;
            let mut page = self.page().await?;
            page.retain(|entry| entry.position <= self.size);
            // The end of what this page shows: with nothing in it, the rest of the log is missing.
            let last = page.last().map_or(self.size, |entry| entry.position);
            self.checkpoints(first, last).await?;
            for entry in &page {
                self.missing_before(entry.position);
                self.step(entry);
            }
            if page.is_empty() {
                self.missing_before(self.size + 1);
            }
            progress(self.due - 1, self.size);
        }
        Ok(())
    }

    fn step(&mut self, entry: &LogEntry) {
        let position = entry.position;
        self.due = position + 1;
        if entry.recomputed_leaf_hash() != entry.leaf_hash {
            self.report.note(
                Some(position),
                "the event is not the one that the log's hash was made of",
            );
        }
        let Some(tree) = &mut self.tree else { return };
        // The stored hash, so that a rewritten event and a rewritten log show as two different findings.
        tree.push(entry.leaf_hash);
        self.signed.at(tree, &mut self.report);
    }

    /// Notes the positions from the one that is due to the one before `next`.
    fn missing_before(&mut self, next: u64) {
        if self.due >= next {
            return;
        }
        let what = match next - self.due {
            1 => "the log has no such position".to_owned(),
            many => format!("the log has no such position; {many} in a row are missing"),
        };
        self.report.note(Some(self.due), what);
        self.tree = None;
        self.due = next;
    }

    /// The next entries. A row that the store cannot have written is noted and passed over.
    async fn page(&mut self) -> Result<Vec<LogEntry>, AuditError> {
        match self.store.read_log(self.due, PAGE).await {
            Err(StoreError::Corrupt(_)) => {}
            read => return Ok(read?),
        }
        // Somewhere in this page; one by one shows where.
        while self.due <= self.size {
            match self.store.read_log(self.due, 1).await {
                Err(StoreError::Corrupt(column)) => {
                    let at: i64 =
                        sqlx::query_scalar("SELECT min(position) FROM public.events WHERE position >= $1")
                            .bind(bigint(self.due))
                            .fetch_one(self.store.pool())
                            .await?;
                    let at = u64::try_from(at).map_err(|_| StoreError::Corrupt("events.position"))?;
                    self.missing_before(at);
                    self.report
                        .note(Some(at), format!("the store cannot have written this: {column}"));
                    self.tree = None;
                    self.due = at + 1;
                }
                read => return Ok(read?),
            }
        }
        Ok(Vec::new())
    }

    async fn checkpoints(&mut self, first: u64, last: u64) -> Result<(), AuditError> {
        let rows: Vec<(i64, [u8; 32], String)> = sqlx::query_as(CHECKPOINTS)
            .bind(bigint(first))
            .bind(bigint(last))
            .bind(&self.origin)
            .fetch_all(self.store.pool())
            .await?;
        for (size, root, note) in rows {
            let stands = Stands::InRow(size.unsigned_abs(), root);
            self.signed.take(&note, "database", stands, &mut self.report);
        }
        Ok(())
    }
}

pub(super) fn bigint(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

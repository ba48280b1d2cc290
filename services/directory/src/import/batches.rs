//! The one way in which the organisation's files are imported: a thread reads, checks and seals, and batches are written
//! as they come.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use tokio::sync::mpsc;

use super::faults::FaultGroups;
use super::kind::Kind;
use super::reading::{Batch, Message, Summary, read_all};
use super::resume::{self, Mark, Unfinished};
use super::staging::Staging;
use super::{BAD_LINES_MAX, BadLine, ImportError, ImportReport, Input, Options, journal};

/// Batches that may wait for the database: one is being written, one is ready.
const BATCHES_AHEAD: usize = 1;

/// Imports a file of one kind.
pub async fn import<K: Kind>(
    pool: &PgPool,
    kind: K,
    input: Input,
    options: Options,
) -> Result<ImportReport, ImportError> {
    let kind = Arc::new(kind);
    let mut staging = Staging::open::<K>(pool).await?;
    let path = input.path().map(Path::to_owned);
    // What can be read once only cannot be begun anew, should it turn out to be another file.
    let earlier = match path.is_some() && !options.is_one_transaction() && !options.dry_run {
        true => resume::unfinished(staging.connection(), K::NAME).await?,
        false => None,
    };
    let goes_on = earlier.is_some();
    let mut outcome = Import::begin(&mut staging, &kind, &options, earlier)
        .await?
        .run(input)
        .await;
    if let (true, Err(ImportError::AnotherFile), Some(path)) = (goes_on, &outcome, path) {
        resume::forget(staging.connection(), K::NAME).await?;
        staging.forget_keys().await?;
        outcome = Import::begin(&mut staging, &kind, &options, None)
            .await?
            .run(Input::open(&path)?)
            .await;
    }
    staging.close().await;
    outcome
}

/// One import under way.
struct Import<'i, K> {
    staging: &'i mut Staging,
    kind: &'i Arc<K>,
    options: &'i Options,
    mark: Option<Mark>,
    began_at: DateTime<Utc>,
    report: ImportReport,
    faults: FaultGroups,
    /// Faults of lines that stand already, until it is sure that they are of this file.
    held_back: Vec<BadLine>,
    /// Whether each row that stands can be told to be in the file or not.
    knows_every_key: bool,
}

impl<'i, K: Kind> Import<'i, K> {
    async fn begin(
        staging: &'i mut Staging,
        kind: &'i Arc<K>,
        options: &'i Options,
        earlier: Option<Unfinished>,
    ) -> Result<Self, ImportError> {
        let now = sqlx::query_scalar("SELECT clock_timestamp()")
            .fetch_one(staging.connection())
            .await?;
        if options.is_one_transaction() {
            staging.begin().await?;
        }
        let mut report = ImportReport::default();
        if let Some(earlier) = &earlier {
            [report.kept, report.new, report.changed, report.unchanged] = earlier.counts;
            report.resumed_after = Some(earlier.mark.lines);
        }
        Ok(Self {
            staging,
            kind,
            options,
            mark: earlier.as_ref().map(|it| it.mark),
            began_at: earlier.map_or(now, |it| it.began_at),
            report,
            faults: FaultGroups::default(),
            held_back: Vec::new(),
            knows_every_key: true,
        })
    }

    async fn run(mut self, input: Input) -> Result<ImportReport, ImportError> {
        let (sender, mut receiver) = mpsc::channel(BATCHES_AHEAD);
        let (kind, mark) = (self.kind.clone(), self.mark);
        let extent = input.extent();
        let reading = tokio::task::spawn_blocking(move || {
            input.read_with(|content| read_all(kind.as_ref(), content, extent.as_ref(), mark, &sender))?
        });
        let mut summary = None;
        while let Some(message) = receiver.recv().await {
            match message {
                Message::Batch(batch) => self.take(batch).await?,
                Message::End(end) => summary = Some(end),
            }
        }
        reading.await.map_err(|_| ImportError::ReaderLost)??;
        self.end(&summary.ok_or(ImportError::ReaderLost)?).await
    }

    async fn take(&mut self, batch: Batch) -> Result<(), ImportError> {
        if batch.stands_already {
            self.held_back.extend(batch.bad);
        } else {
            self.tell_bad(batch.bad);
        }
        self.knows_every_key &= batch.every_key_is_known;
        if self.options.replace {
            self.staging.note_keys(batch.keys).await?;
        }
        if !batch.stands_already {
            self.write(batch.rows, batch.good, &batch.mark).await?;
        }
        if let Some(tell) = &self.options.progress {
            tell(batch.progress);
        }
        Ok(())
    }

    fn tell_bad(&mut self, bad: Vec<BadLine>) {
        for bad in std::mem::take(&mut self.held_back).into_iter().chain(bad) {
            if let Some(tell) = &self.options.bad_line {
                tell(&bad);
            }
            self.faults.add(&bad);
            if self.report.bad.len() < BAD_LINES_MAX {
                self.report.bad.push(bad);
            }
        }
    }

    async fn write(&mut self, rows: Vec<u8>, good: u64, mark: &Mark) -> Result<(), ImportError> {
        let apart = !self.options.is_one_transaction();
        if apart {
            self.staging.begin().await?;
        }
        let (new, changed) = self.staging.write::<K>(rows).await?;
        let report = &mut self.report;
        report.kept += good;
        report.new += new;
        report.changed += changed;
        report.unchanged += good.saturating_sub(new + changed);
        if self.options.dry_run {
            // Nobody who writes is kept waiting for longer than a batch.
            self.staging.roll_back().await?;
        } else if apart {
            resume::note(
                self.staging.connection(),
                K::NAME,
                mark,
                self.began_at,
                &self.report,
            )
            .await?;
            self.staging.commit().await?;
        }
        Ok(())
    }

    async fn end(mut self, summary: &Summary) -> Result<ImportReport, ImportError> {
        let apart = !self.options.is_one_transaction();
        self.tell_bad(Vec::new());
        self.report.read = summary.read;
        self.report.faults = std::mem::take(&mut self.faults).into_groups();
        self.report.notes.clone_from(&summary.notes);
        self.report.refused = summary.refused;
        self.report.dry_run = self.options.dry_run;
        self.report.rolled_back = self.options.strict && summary.refused > 0;
        if apart {
            self.staging.begin().await?;
        }
        if self.options.replace && !self.report.rolled_back {
            let removed = match self.knows_every_key && self.report.kept > 0 {
                true => {
                    let most_may_go = self.options.most_may_go;
                    self.staging
                        .remove_others::<K>(self.began_at, most_may_go)
                        .await?
                }
                false => None,
            };
            self.report.removed = removed.unwrap_or(0);
            self.report.removal_withheld = removed.is_none();
        }
        if self.report.rolled_back || self.options.dry_run {
            self.staging.roll_back().await?;
            return Ok(self.report);
        }
        journal::record(self.staging.connection(), K::NAME, &self.report, summary).await?;
        resume::forget(self.staging.connection(), K::NAME).await?;
        self.staging.commit().await?;
        Ok(self.report)
    }
}

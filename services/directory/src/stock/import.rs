//! The import: the stock file in, an index in the place of the old one.

use std::fs::{self, File, TryLockError};

use chrono::Utc;
use memchr::memchr;
use sqlx::PgPool;

use super::chunks::{Chunk, read_in_chunks};
use super::columns::Columns;
use super::current::Stock;
use super::error::StockError;
use super::header::Header;
use super::merge::beside;
use super::records::{Record, Records};
use super::row::{Youngest, entry_of};
use super::sorter::{LOT_ENTRIES, Sorter};
use super::writer::{Finished, Writer, remove_leftovers};
use crate::import::{ImportError, ImportReport, Input, Options, Progress, Summary, record_import};

/// Its name in the journal of imports.
const KIND: &str = "sirene";
/// Held by whoever imports.
const LOCK: &str = "import.lock";
/// An index that holds fewer is replaced by anything: it is somebody's test.
const SHRINKING_MATTERS_FROM: u64 = 100_000;
/// Lines between two words on the progress.
const PROGRESS_LINES: u64 = 16_384;

/// Imports the stock file: its establishments, and no others, are listed from then on.
///
/// In the report `kept` counts the good lines, and `unchanged` the establishments that were listed before with the same
/// state and day. When a line is bad and the import strict, or no line is good, the old index stays. The journal is
/// written after the index has taken its place: without it the import counts all the same.
///
/// Errors: the file cannot be read or lacks a column, is older than what the index was made from, names far fewer
/// establishments than the index holds, the disk refuses, another import is under way, or the database does not answer.
pub async fn import_sirene(
    pool: &PgPool,
    stock: &Stock,
    input: Input,
    options: Options,
) -> Result<ImportReport, ImportError> {
    let stock = stock.clone();
    let work = tokio::task::spawn_blocking(move || import(&stock, input, &options));
    let (report, summary) = work.await.map_err(|_| ImportError::ReaderLost)??;
    if !report.rolled_back && !report.dry_run && report.kept > 0 {
        record_import(&mut *pool.acquire().await?, KIND, &report, &summary).await?;
    }
    Ok(ImportReport {
        bad: summary.bad,
        faults: summary.faults.into_groups(),
        ..report
    })
}

/// The import without the journal.
pub(super) fn import(
    stock: &Stock,
    input: Input,
    options: &Options,
) -> Result<(ImportReport, Summary), ImportError> {
    let folder = stock.folder();
    fs::create_dir_all(folder).map_err(StockError::from)?;
    let _lock = lock(stock)?;
    remove_leftovers(folder)?;
    let sorter = Sorter::begin(folder, LOT_ENTRIES)?;
    let (sorter, summary) = read(sorter, input, options)?;
    let mut report = ImportReport {
        read: summary.read,
        kept: summary.read - summary.refused,
        refused: summary.refused,
        rolled_back: options.strict && summary.refused > 0,
        dry_run: options.dry_run,
        ..ImportReport::default()
    };
    if !report.rolled_back && report.kept > 0 {
        let finished = sorter.finish(Header {
            as_of: summary.as_of,
            source_hash: summary.file_hash,
            imported_at: Utc::now(),
            count: 0,
            firsts_check: 0,
        })?;
        let (finished, unchanged) = beside_the_old(stock, finished, options.older)?;
        report.unchanged = unchanged;
        if !report.dry_run {
            finished.replace(&stock.path())?;
        }
    }
    Ok((report, summary))
}

/// One import at a time; the lock goes with the file.
fn lock(stock: &Stock) -> Result<File, StockError> {
    let file = File::create(stock.folder().join(LOCK))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StockError::Busy),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Reads the file to its end.
fn read(sorter: Sorter, input: Input, options: &Options) -> Result<(Sorter, Summary), ImportError> {
    let extent = input.extent();
    let (mut read, file_hash) = read_in_chunks(input, |next| {
        let mut reading = Reading::new(sorter);
        let mut told = 0;
        let first = next();
        let mut records = Records::new(Columns::of(first_line(first.as_ref()))?, 2);
        let mut bytes = first.as_ref().map_or(0, |it| it.text().len() as u64);
        if let Some(first) = first {
            let text = first.text();
            let rest = &text[first_line(Some(&first)).len()..];
            records.chunk(rest, &mut |line, record| reading.take(line, record))?;
        }
        while let Some(chunk) = next() {
            bytes += chunk.text().len() as u64;
            records.chunk(chunk.text(), &mut |line, record| reading.take(line, record))?;
            if let Some(tell) = &options.progress
                && reading.summary.read - told >= PROGRESS_LINES
            {
                told = reading.summary.read;
                tell(Progress {
                    lines: told,
                    bytes,
                    of_file: extent.as_ref().map(|it| it.so_far()),
                });
            }
        }
        records.end(&mut |line, record| reading.take(line, record))?;
        Ok(reading)
    })?;
    read.summary.file_hash = file_hash;
    read.summary.as_of = read.youngest.day();
    Ok((read.sorter, read.summary))
}

/// The first line with its end. An empty file has an empty one.
fn first_line(chunk: Option<&Chunk>) -> &[u8] {
    let text = chunk.map_or(&[][..], Chunk::text);
    &text[..memchr(b'\n', text).map_or(text.len(), |at| at + 1)]
}

/// What has been read so far.
struct Reading {
    sorter: Sorter,
    summary: Summary,
    youngest: Youngest,
}

impl Reading {
    fn new(sorter: Sorter) -> Self {
        Self {
            sorter,
            summary: Summary::default(),
            youngest: Youngest::default(),
        }
    }

    fn take(&mut self, line: u64, record: Record<'_>) -> Result<(), ImportError> {
        self.summary.read += 1;
        match record {
            Record::Bad(reason) => self.summary.refuse(line, vec![("line", reason)]),
            Record::Fields(fields) => {
                self.youngest.see(&fields);
                match entry_of(fields) {
                    Ok(entry) => self.sorter.push(entry)?,
                    Err(faults) => self.summary.refuse(line, faults),
                }
            }
        }
        Ok(())
    }
}

/// The new index with what the old one knows better, and how many establishments stand in both alike. An old one that
/// cannot be read is as none.
fn beside_the_old(stock: &Stock, finished: Finished, older: bool) -> Result<(Finished, u64), StockError> {
    let Ok(Some(old)) = stock.index() else {
        return Ok((finished, 0));
    };
    let (new, held) = (*finished.index().header(), *old.header());
    if let (Some(new), Some(held)) = (new.as_of, held.as_of)
        && new < held
        && !older
    {
        return Err(StockError::Older { new, held });
    }
    // The stock only grows: establishments close, and stay in it.
    if held.count >= SHRINKING_MATTERS_FROM && new.count < held.count / 10 * 9 {
        return Err(StockError::Shrunk {
            new: new.count,
            held: held.count,
        });
    }
    let mut index = Writer::begin(stock.folder(), "dated")?;
    match beside(finished.index().entries(), old.entries(), |entry| {
        index.push(entry)
    }) {
        Ok(same) => Ok((index.finish(new)?, same)),
        // A block of the old one is damaged.
        Err(_) => Ok((finished, 0)),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use chrono::NaiveDate;

    use crate::import::Input;
    use crate::stock::Standing;
    use crate::stock::tests::{house, import_with, standing};

    /// The collection is not part of the repository; without it this test says so and passes.
    #[test]
    fn a_recorded_sample_is_read_whole() {
        let start = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let sample = start
            .ancestors()
            .map(|it| it.join("shared/data/sirene-stock/StockEtablissement_sample.csv"))
            .find(|it| it.is_file());
        let Some(sample) = sample else {
            println!("note: no recorded sample beside the repository, nothing to read");
            return;
        };
        let (_folder, stock) = house();
        let report = import_with(&stock, Input::open(&sample).unwrap(), true).unwrap();
        assert_eq!((report.read, report.kept, report.refused), (14, 14, 0));
        assert_eq!(standing(&stock, "13002526500013"), Some(Standing::Active));
        assert_eq!(
            stock.header().unwrap().unwrap().as_of,
            NaiveDate::from_ymd_opt(2025, 1, 26)
        );
    }
}

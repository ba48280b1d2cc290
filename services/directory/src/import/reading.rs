//! The reading half of an import: bytes to rows for the database, in batches, with the bad lines told apart.

use std::cell::Cell;
use std::collections::HashSet;
use std::io::{self, Read};
use std::rc::Rc;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::faults::{BadLine, FaultGroups};
use super::input::Extent;
use super::kind::{Faults, Kind, Rows, row_error};
use super::resume::Mark;
use super::table::{Content, Row, with_rows};
use super::{BAD_LINES_MAX, ImportError, Progress, workbook};

/// Lines of a batch, good and bad: one `COPY` and one commit.
const BATCH_LINES: u64 = 10_000;

/// What the reading thread hands over.
pub enum Message {
    /// Lines, and how far the file was read for them.
    Batch(Batch),
    /// The end of the file.
    End(Summary),
}

/// Some thousands of lines.
pub struct Batch {
    /// The good ones, as `COPY` takes them.
    pub rows: Vec<u8>,
    /// How many they are.
    pub good: u64,
    /// The keys of all that have a readable one, as `COPY` takes them.
    pub keys: Vec<u8>,
    /// Whether that is all of them.
    pub every_key_is_known: bool,
    /// Faults of the others.
    pub bad: Vec<BadLine>,
    /// The place in the file behind this batch.
    pub mark: Mark,
    /// True for what an earlier import of the same file has written.
    pub stands_already: bool,
    /// How far the file is read.
    pub progress: Progress,
}

/// What is known at the end of a file.
#[derive(Default)]
pub struct Summary {
    /// Lines read, the header not counted.
    pub read: u64,
    /// Lines refused.
    pub refused: u64,
    /// The first faults.
    pub bad: Vec<BadLine>,
    /// All of them by kind, where the writing half does not gather them itself.
    pub faults: FaultGroups,
    /// What the report should say of how the file was read.
    pub notes: Vec<String>,
    /// SHA-256 of the bytes read.
    pub file_hash: [u8; 32],
    /// The youngest day that a line bears.
    pub as_of: Option<NaiveDate>,
}

impl Summary {
    /// Counts a refused line and lists its faults, while there is room.
    pub fn refuse(&mut self, line: u64, faults: Faults) {
        self.refused += 1;
        for bad in faults_of(line, faults) {
            self.faults.add(&bad);
            if self.bad.len() < BAD_LINES_MAX {
                self.bad.push(bad);
            }
        }
    }
}

fn faults_of(line: u64, faults: Faults) -> impl Iterator<Item = BadLine> {
    faults
        .into_iter()
        .map(move |(field, reason)| BadLine::new(line, field, reason))
}

/// Reads a file to its end; what lies before `earlier` stands already. Returns early without error when nobody listens
/// any more: the writing half has then failed and says why itself.
///
/// Errors: the file cannot be read or lacks a column, a row cannot be made, or what lies before `earlier` is not what lay
/// there then ([`ImportError::AnotherFile`]).
pub fn read_all<K: Kind>(
    kind: &K,
    content: Content<'_>,
    extent: Option<&Extent>,
    earlier: Option<Mark>,
    sender: &mpsc::Sender<Message>,
) -> Result<(), ImportError> {
    let bytes = Rc::new(Cell::new(0));
    let mut reader = Reader::of(kind, earlier);
    let progress = |reader: &Reader<'_, K>| Progress {
        lines: reader.read,
        bytes: bytes.get(),
        of_file: extent.map(Extent::so_far),
    };
    let (digest, notes) = digested(content, &bytes, |content| {
        with_rows(content, K::COLUMNS, |rows| {
            while let Some(row) = rows.next_row()? {
                reader.take(row)?;
                if reader.lines_of_batch >= BATCH_LINES {
                    let progress = progress(&reader);
                    let batch = reader.batch(progress)?;
                    if sender.blocking_send(Message::Batch(batch)).is_err() {
                        return Ok(None);
                    }
                }
            }
            Ok(Some(rows.notes()))
        })
    })?;
    let Some(notes) = notes else {
        return Ok(());
    };
    let at_end = progress(&reader);
    let last = reader.batch(at_end)?;
    if reader.earlier.is_some() {
        return Err(ImportError::AnotherFile);
    }
    let end = Summary {
        read: reader.read,
        refused: reader.refused,
        file_hash: digest.finalize().into(),
        notes,
        ..Summary::default()
    };
    if sender.blocking_send(Message::Batch(last)).is_ok() {
        let _ = sender.blocking_send(Message::End(end));
    }
    Ok(())
}

/// Reads a content, and digests and counts its bytes.
fn digested<T>(
    content: Content<'_>,
    bytes: &Rc<Cell<u64>>,
    read: impl FnOnce(Content<'_>) -> Result<T, ImportError>,
) -> Result<(Sha256, T), ImportError> {
    match content {
        Content::Text(inner) => {
            let mut hashing = Hashing {
                inner,
                digest: Sha256::new(),
                bytes: bytes.clone(),
            };
            let read = read(Content::Text(&mut hashing))?;
            Ok((hashing.digest, read))
        }
        Content::Workbook(file) => {
            let digest = workbook::digest_of(file)?;
            Ok((digest, read(Content::Workbook(file))?))
        }
    }
}

/// Lines being gathered into a batch.
struct Reader<'k, K> {
    kind: &'k K,
    /// The mark up to which everything stands, until it is passed.
    earlier: Option<Mark>,
    seen: HashSet<[u8; 16]>,
    digest: Sha256,
    read: u64,
    refused: u64,
    lines_of_batch: u64,
    good: u64,
    rows: Rows,
    keys: Rows,
    every_key_is_known: bool,
    bad: Vec<BadLine>,
}

impl<'k, K: Kind> Reader<'k, K> {
    fn of(kind: &'k K, earlier: Option<Mark>) -> Self {
        Self {
            kind,
            earlier,
            seen: HashSet::new(),
            digest: Sha256::new(),
            read: 0,
            refused: 0,
            lines_of_batch: 0,
            good: 0,
            rows: Rows::from_writer(Vec::new()),
            keys: Rows::from_writer(Vec::new()),
            every_key_is_known: true,
            bad: Vec::new(),
        }
    }

    fn take(&mut self, row: Row<'_>) -> Result<(), ImportError> {
        let (number, fields, slipped) = match row {
            Row::Bad(first, last, reason) => {
                self.digest.update(reason);
                self.every_key_is_known = false;
                self.refuse_lines(first, last, reason);
                return Ok(());
            }
            Row::Cells {
                line,
                cells,
                faults,
                spans,
            } => {
                // Perhaps a quote swallowed lines, and with them the rows that they name.
                self.every_key_is_known &= !spans;
                (line, cells, faults)
            }
        };
        self.count(1);
        for field in &fields {
            self.digest.update((field.len() as u64).to_le_bytes());
            self.digest.update(field);
        }
        let parsed = self.kind.parse(&fields);
        let parsed = if slipped.is_empty() {
            parsed
        } else {
            Err(with_faults_of_cells(slipped, parsed.err()))
        };
        match parsed {
            Ok(line) => {
                let key = self.kind.key(&line);
                self.keys.write_record([&key]).map_err(row_error)?;
                if self.seen.insert(short(&key)) {
                    self.kind.stage(&line, &mut self.rows)?;
                    self.good += 1;
                } else {
                    self.refuse(number, vec![(K::KEY_COLUMN, "duplicate")]);
                }
            }
            Err(faults) => {
                match self.kind.key_of_bad(&fields) {
                    Some(key) => self.keys.write_record([&key]).map_err(row_error)?,
                    None => self.every_key_is_known = false,
                }
                self.refuse(number, faults);
            }
        }
        Ok(())
    }

    fn count(&mut self, lines: u64) {
        self.read += lines;
        self.lines_of_batch += lines;
    }

    fn refuse(&mut self, number: u64, faults: Faults) {
        self.refused += 1;
        self.bad.extend(faults_of(number, faults));
    }

    /// Refuses a record with every line of it.
    fn refuse_lines(&mut self, first: u64, last: u64, reason: &'static str) {
        let lines = last - first + 1;
        self.count(lines);
        self.refused += lines;
        self.bad.push(BadLine {
            last_line: (last > first).then_some(last),
            ..BadLine::new(first, "line", reason)
        });
    }

    /// The lines gathered so far. Everything begins anew for the next batch.
    fn batch(&mut self, progress: Progress) -> Result<Batch, ImportError> {
        let mark = Mark {
            lines: self.read,
            digest: self.digest.clone().finalize().into(),
        };
        self.lines_of_batch = 0;
        let stands_already = self.earlier.is_some();
        if let Some(earlier) = self.earlier {
            // Batches are cut by lines, so those of the same file end at the same places.
            if earlier.lines < mark.lines || (earlier.lines == mark.lines && earlier != mark) {
                return Err(ImportError::AnotherFile);
            }
            if earlier == mark {
                self.earlier = None;
            }
        }
        Ok(Batch {
            rows: text_of(&mut self.rows)?,
            good: std::mem::take(&mut self.good),
            keys: text_of(&mut self.keys)?,
            every_key_is_known: std::mem::replace(&mut self.every_key_is_known, true),
            bad: std::mem::take(&mut self.bad),
            mark,
            stands_already,
            progress,
        })
    }
}

/// The faults of cells that hold no text, and those of the others: an empty cell is no fault where it was made so.
fn with_faults_of_cells(mut faults: Faults, others: Option<Faults>) -> Faults {
    let named: Vec<_> = faults.iter().map(|(field, _)| *field).collect();
    let others = others.unwrap_or_default().into_iter();
    faults.extend(others.filter(|(field, _)| !named.contains(field)));
    faults
}

/// Enough to tell keys apart, and small: they stay in memory for the whole file.
fn short(key: &str) -> [u8; 16] {
    let mut short = [0; 16];
    short.copy_from_slice(&Sha256::digest(key)[..16]);
    short
}

fn text_of(rows: &mut Rows) -> Result<Vec<u8>, ImportError> {
    std::mem::replace(rows, Rows::from_writer(Vec::new()))
        .into_inner()
        .map_err(|_| ImportError::Unreadable(io::Error::other("rows could not be gathered")))
}

/// Hashes and counts what passes through.
struct Hashing<'r> {
    inner: &'r mut dyn Read,
    digest: Sha256,
    bytes: Rc<Cell<u64>>,
}

impl Read for Hashing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.digest.update(&buffer[..count]);
        self.bytes.set(self.bytes.get() + count as u64);
        Ok(count)
    }
}

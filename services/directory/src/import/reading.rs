//! The reading half of an import: bytes to parsed lines, in batches, with the bad ones told apart.

use std::cell::Cell;
use std::collections::HashSet;
use std::io::{self, Read};
use std::rc::Rc;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::batches::Kind;
use super::columns::{Row, Table};
use super::{BAD_LINES_MAX, BadLine, ImportError, Progress};

/// Lines written by one statement.
const BATCH_LINES: usize = 5_000;

/// What the reading thread hands over.
pub enum Message<L> {
    /// Good lines, and how far the file was read for them.
    Batch(Vec<L>, Progress),
    /// The end of the file.
    End(Summary),
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
    /// SHA-256 of the bytes read.
    pub file_hash: [u8; 32],
    /// The youngest day that a line bears.
    pub as_of: Option<NaiveDate>,
}

/// Reads a file to its end. Returns early without error when nobody listens any more: the writing half has
/// then failed and says why itself.
pub fn read_all<K: Kind>(
    kind: &K,
    input: &mut dyn Read,
    sender: &mpsc::Sender<Message<K::Line>>,
) -> Result<(), ImportError> {
    let bytes = Rc::new(Cell::new(0));
    let mut hashing = Hashing {
        inner: input,
        digest: Sha256::new(),
        bytes: bytes.clone(),
    };
    let mut table = Table::open(&mut hashing, K::COLUMNS)?;
    let mut end = Summary::default();
    let mut keys = HashSet::new();
    let mut batch = Vec::new();
    while let Some(row) = table.next_row()? {
        end.read += 1;
        let (line, parsed) = match row {
            Row::Bad(line, reason) => (line, Err(vec![("line", reason)])),
            Row::Fields(line, fields) => {
                end.as_of = end.as_of.max(K::as_of(&fields));
                (line, kind.parse(&fields))
            }
        };
        match parsed {
            Ok(it) if K::KEYS_ONCE && !keys.insert(K::key(&it)) => {
                end.refuse(line, vec![(K::KEY_COLUMN, "duplicate")])
            }
            Ok(it) => batch.push(it),
            Err(faults) => end.refuse(line, faults),
        }
        if batch.len() == BATCH_LINES {
            let progress = Progress {
                lines: end.read,
                bytes: bytes.get(),
                of_file: None,
            };
            if sender
                .blocking_send(Message::Batch(std::mem::take(&mut batch), progress))
                .is_err()
            {
                return Ok(());
            }
        }
    }
    drop(table);
    end.file_hash = hashing.digest.finalize().into();
    let progress = Progress {
        lines: end.read,
        bytes: bytes.get(),
        of_file: None,
    };
    if batch.is_empty() || sender.blocking_send(Message::Batch(batch, progress)).is_ok() {
        let _ = sender.blocking_send(Message::End(end));
    }
    Ok(())
}

impl Summary {
    /// Counts a refused line and lists its faults, while there is room.
    pub fn refuse(&mut self, line: u64, faults: Vec<(&'static str, &'static str)>) {
        self.refused += 1;
        let room = BAD_LINES_MAX.saturating_sub(self.bad.len());
        self.bad.extend(
            faults
                .into_iter()
                .take(room)
                .map(|(field, reason)| BadLine { line, field, reason }),
        );
    }
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

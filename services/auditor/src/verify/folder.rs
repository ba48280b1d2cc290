//! The same verification on an exported folder, without any database or network.
//!
//! Events are read once, from the first to the last line; what is kept meanwhile is the tree's right edge, one tile of
//! each level, and where each registration is: some forty bytes a registration, nothing an event.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::Path;

use serde::Deserialize;
use tlog::tile::TILE_WIDTH;
use tlog::{Checkpoint, Frontier, Hash, Tile, Verifier};

use super::report::VerifyReport;
use super::signed::{Signed, Stands, Trust};
use crate::error::AuditError;
use store::EventRow;

/// A line of `checkpoints.ndjson`; what else stands in it is for people.
#[derive(Deserialize)]
struct CheckpointRow {
    note: String,
}

/// Verifies a folder that `audit export` made. The key is the folder's own unless `key` is given, as it should be: a
/// folder that was forged as a whole has a key of its own. `kept` are checkpoints from elsewhere, each with its place.
///
/// # Errors
/// When a file that every export has cannot be read. What is found amiss is in the report.
pub fn verify_folder(
    folder: &Path,
    key: Option<Verifier>,
    kept: Vec<(String, String)>,
    progress: impl Fn(u64, u64),
) -> Result<VerifyReport, AuditError> {
    let key = match key {
        Some(key) => key,
        None => read_key(&folder.join("key"))?,
    };
    let mut report = VerifyReport::default();
    let mut signed = Signed::new(
        &Trust {
            key: key.clone(),
            told: true,
            kept,
            remembered: Vec::new(),
        },
        &mut report,
    );
    let note = text(&folder.join("checkpoint"))?;
    signed.take(&note, "checkpoint", Stands::Alone, &mut report);
    let size = Checkpoint::open(&note, &key).map(|(it, _)| it.size).ok();
    for line in lines(&folder.join("checkpoints.ndjson"))? {
        match serde_json::from_str::<CheckpointRow>(&line?) {
            Ok(row) => signed.take(&row.note, "checkpoints.ndjson", Stands::Alone, &mut report),
            Err(_) => report.note(None, "a line of checkpoints.ndjson cannot be read"),
        }
    }
    let mut walk = Walk::new(folder, signed, report);
    for line in lines(&folder.join("events.ndjson"))? {
        match serde_json::from_str::<EventRow>(&line?) {
            Ok(row) => walk.step(&row),
            Err(_) => walk.unreadable(),
        }
        if walk.due.is_multiple_of(10_000) {
            progress(walk.due - 1, size.unwrap_or(0));
        }
    }
    Ok(walk.end(size))
}

struct Walk<'a> {
    folder: &'a Path,
    /// The position that comes next.
    due: u64,
    tree: Option<Frontier>,
    levels: Vec<Vec<Hash>>,
    sequences: HashMap<[u8; 16], u32>,
    signed: Signed,
    report: VerifyReport,
}

impl<'a> Walk<'a> {
    fn new(folder: &'a Path, signed: Signed, report: VerifyReport) -> Self {
        Self {
            folder,
            due: 1,
            tree: Some(Frontier::default()),
            levels: Vec::new(),
            sequences: HashMap::new(),
            signed,
            report,
        }
    }

    fn step(&mut self, row: &EventRow) {
        let position = self.due;
        if row.position != position {
            self.report.note(
                Some(position.min(row.position)),
                format!("position {} stands where {position} belongs", row.position),
            );
            self.tree = None;
        }
        self.due = row.position.saturating_add(1);
        let at = Some(row.position);
        let recomputed = row.recomputed_leaf_hash();
        let stored = hash_of_hex(&row.leaf_hash);
        if recomputed.is_none() || recomputed != stored {
            self.report
                .note(at, "the event is not the one that the log's hash was made of");
        }
        if !self.follows(row) {
            self.report.note(
                at,
                "the event before this one in its registration does not stand before it in the log",
            );
        }
        let (Some(tree), Some(stored)) = (&mut self.tree, stored) else {
            self.tree = None;
            return;
        };
        let index = tree.size();
        let mut full = vec![(0, index, stored)];
        tree.push_noting(stored, |level, index, hash| full.push((level, index, hash)));
        self.signed.at(tree, &mut self.report);
        for (level, index, hash) in full {
            self.tile(level, index, hash);
        }
    }

    /// Whether the event is the next of its registration.
    fn follows(&mut self, row: &EventRow) -> bool {
        let Ok(id) = uuid::Uuid::parse_str(&row.aggregate_id) else {
            return false;
        };
        let last = self.sequences.entry(id.into_bytes()).or_default();
        let follows = u64::from(*last) + 1 == row.sequence;
        *last = u32::try_from(row.sequence).unwrap_or(u32::MAX);
        follows
    }

    /// A hash has come to a tile; a tile that is full is compared with its file.
    fn tile(&mut self, level: u8, index: u64, hash: Hash) {
        let place = usize::from(level);
        if self.levels.len() <= place {
            self.levels.resize(place + 1, Vec::new());
        }
        self.levels[place].push(hash);
        if self.levels[place].len() as u64 == TILE_WIDTH {
            self.compare(level, index / TILE_WIDTH);
            self.levels[place].clear();
        }
    }

    fn compare(&mut self, level: u8, number: u64) {
        let hashes = &self.levels[usize::from(level)];
        let tile = Tile {
            level,
            number,
            width: hashes.len() as u64,
        };
        let path = tile.path();
        let first = number.saturating_mul(TILE_WIDTH << (8 * u32::from(level))) + 1;
        // A hash of a level stands for so many events; among leaves the place is known exactly.
        let span = 1u64 << (8 * u32::from(level));
        let (at, what) = match fs::read(self.folder.join(&path)) {
            Ok(bytes) if bytes == hashes.concat() => return,
            Ok(bytes) => {
                let mut pairs = hashes.iter().zip(bytes.chunks(32));
                let differing = pairs.position(|(hash, found)| hash[..] != *found);
                (
                    differing.unwrap_or(0) as u64,
                    format!("{path} has other hashes than the events"),
                )
            }
            Err(_) => (0, format!("{path} cannot be read")),
        };
        let from = first + at * span;
        self.report.note_range(from..=from + span - 1, what);
    }

    fn unreadable(&mut self) {
        self.report
            .note(Some(self.due), "this line of events.ndjson cannot be read");
        self.tree = None;
        self.due += 1;
    }

    fn end(mut self, size: Option<u64>) -> VerifyReport {
        let positions = self.due - 1;
        self.report.positions = positions;
        // A log of another size than was signed has other last tiles; that is told below.
        if let Some(tree) = self
            .tree
            .as_ref()
            .filter(|tree| size.is_none_or(|size| size == tree.size()))
        {
            let size = tree.size();
            self.report.root = tlog::hash::hex(&tree.root());
            for level in 0..8u8 {
                if self
                    .levels
                    .get(usize::from(level))
                    .is_some_and(|it| !it.is_empty())
                {
                    self.compare(level, (size >> (8 * level)) / TILE_WIDTH);
                }
            }
        }
        self.signed.beyond(positions, &mut self.report);
        self.report.must_be_signed();
        if size.is_some_and(|size| size < positions) {
            self.report.note(
                size.map(|size| size + 1),
                "events stand behind the end of the checkpoint",
            );
        }
        self.report
    }
}

/// A key in a file.
///
/// # Errors
/// When the file cannot be read or is no key.
pub fn read_key(file: &Path) -> Result<Verifier, AuditError> {
    Verifier::parse(&text(file)?).map_err(|source| AuditError::Key {
        file: file.display().to_string(),
        source,
    })
}

fn text(file: &Path) -> Result<String, AuditError> {
    fs::read_to_string(file).map_err(|source| unreadable(file, source))
}

fn lines(file: &Path) -> Result<impl Iterator<Item = Result<String, AuditError>>, AuditError> {
    let opened = File::open(file).map_err(|source| unreadable(file, source))?;
    let file = file.to_owned();
    let mut reader = BufReader::with_capacity(1 << 16, opened);
    Ok(std::iter::from_fn(move || {
        let mut line = String::new();
        match reader.read_line(&mut line) {
            Ok(0) => None,
            Ok(_) => Some(Ok(line)),
            // Bytes that are no text: a line like any other that cannot be read.
            Err(error) if error.kind() == ErrorKind::InvalidData => Some(Ok(String::new())),
            Err(source) => Some(Err(unreadable(&file, source))),
        }
    }))
}

fn unreadable(file: &Path, source: std::io::Error) -> AuditError {
    AuditError::File {
        file: file.display().to_string(),
        source,
    }
}

fn hash_of_hex(text: &str) -> Option<Hash> {
    let mut hash = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (place, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).ok()?;
    }
    Some(hash)
}

//! What was signed of the log, compared with the log as a walk comes by.

use std::collections::BTreeMap;

use tlog::{Checkpoint, CheckpointError, Frontier, Hash, Verifier};

use super::report::VerifyReport;

/// What a verification holds against the log.
#[derive(Clone, Debug)]
pub struct Trust {
    /// The key that the log's checkpoints must be signed with; its name is the log's.
    pub key: Verifier,
    /// Checkpoints that were kept elsewhere, each with where it comes from: a file, the bus.
    pub kept: Vec<(String, String)>,
}

/// Signed roots that the walk has yet to come to.
pub(super) struct Signed {
    key: Verifier,
    due: BTreeMap<u64, Vec<(Hash, String)>>,
    /// The largest size at which the log was what was signed.
    good: u64,
    /// The largest size that anything was signed for.
    longest: u64,
}

impl Signed {
    /// Takes the kept checkpoints; those that are not signed are noted.
    pub fn new(trust: &Trust, report: &mut VerifyReport) -> Self {
        let mut signed = Self {
            key: trust.key.clone(),
            due: BTreeMap::new(),
            good: 0,
            longest: 0,
        };
        for (place, note) in &trust.kept {
            signed.take(note, place, None, report);
        }
        signed
    }

    /// Takes a note. `row` is what the row says that the note stands in.
    pub fn take(&mut self, note: &str, place: &str, row: Option<(u64, Hash)>, report: &mut VerifyReport) {
        match Checkpoint::open(note, &self.key) {
            Ok((it, _)) if row.is_none_or(|row| row == (it.size, it.root)) => {
                self.longest = self.longest.max(it.size);
                if it.size > 0 {
                    self.due
                        .entry(it.size)
                        .or_default()
                        .push((it.root, place.to_owned()));
                }
            }
            Ok((it, _)) => report.note(
                row.map(|row| row.0),
                format!(
                    "the checkpoint ({place}) says {} entries, and its row something else",
                    it.size
                ),
            ),
            // Another name: a log that was left behind, which this key says nothing of.
            Err(CheckpointError::Origin) if row.is_none() => report.foreign += 1,
            Err(fault) => report.note(
                row.map(|row| row.0),
                format!("a checkpoint ({place}) is not to be believed: {fault}"),
            ),
        }
    }

    /// The tree has come to a size: compares with what was signed of it.
    pub fn at(&mut self, tree: &Frontier, report: &mut VerifyReport) {
        let size = tree.size();
        let Some(due) = self.due.remove(&size) else { return };
        let root = tree.root();
        let from = self.good + 1;
        for (signed, place) in due {
            report.checkpoints += 1;
            if signed == root {
                self.good = size;
                continue;
            }
            report.note_range(
                from..=size,
                format!("positions {from} to {size} are not what was signed: the checkpoint of {size} entries ({place}) has another root"),
            );
        }
    }

    /// What was signed beyond the end of the log.
    pub fn beyond(&self, size: u64, report: &mut VerifyReport) {
        if self.longest > size {
            report.note(
                Some(size + 1),
                format!("the log is shorter than was signed: {} entries", self.longest),
            );
        }
    }
}

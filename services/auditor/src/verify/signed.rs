//! What was signed of the log, compared with the log as a walk comes by.

use std::collections::BTreeMap;

use tlog::{Checkpoint, CheckpointError, Frontier, Hash, Verifier};

use super::report::VerifyReport;

/// What a verification holds against the log.
#[derive(Clone, Debug)]
pub struct Trust {
    /// The key that the log's checkpoints must be signed with; its name is the log's.
    pub key: Verifier,
    /// Whether the key came from outside what is verified. Then something must be signed with it.
    pub told: bool,
    /// Checkpoints that somebody kept elsewhere, each with where it comes from. They must be this log's.
    pub kept: Vec<(String, String)>,
    /// What the service's own machine and the bus remember as signed. It may be of a log of another name, which was left
    /// behind on purpose.
    pub remembered: Vec<(String, String)>,
}

/// Where a note stands.
#[derive(Clone, Copy)]
pub(crate) enum Stands {
    /// In a row that says this of it.
    InRow(u64, Hash),
    /// Where only notes of this log belong.
    Alone,
    /// Where a log of another name may have left its own.
    Remembered,
}

/// Signed roots that the walk has yet to come to.
pub(crate) struct Signed {
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
            signed.take(note, place, Stands::Alone, report);
        }
        for (place, note) in &trust.remembered {
            signed.take(note, place, Stands::Remembered, report);
        }
        signed
    }

    /// Takes a note.
    pub fn take(&mut self, note: &str, place: &str, stands: Stands, report: &mut VerifyReport) {
        let row = match stands {
            Stands::InRow(size, root) => Some((size, root)),
            Stands::Alone | Stands::Remembered => None,
        };
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
            Err(CheckpointError::Origin) if matches!(stands, Stands::Remembered) => report.foreign += 1,
            Err(CheckpointError::Origin) if row.is_none() => {
                report.note(
                    None,
                    format!("a checkpoint ({place}) is of a log of another name"),
                );
            }
            Err(fault) => report.note(
                row.map(|row| row.0),
                format!("a checkpoint ({place}) is not to be believed: {fault}"),
            ),
        }
    }

    /// Expects a root of a log of another name, which nobody here can judge the signature of.
    pub fn expect(&mut self, size: u64, root: Hash, place: &str) {
        if size > 0 {
            self.due.entry(size).or_default().push((root, place.to_owned()));
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

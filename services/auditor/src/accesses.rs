//! Whether the access log is whole: who looked stands as it was written, and nothing of it is missing.

use serde::Serialize;
use store::{Access, Frontier, Store};

use crate::error::AuditError;
use crate::verify::{Difference, hex};

/// How many entries are in memory at once.
const PAGE: u32 = 1_000;

/// What a verification of the access log found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AccessReport {
    /// How many entries the log said it had when the walk began.
    pub entries: u64,
    /// Root of the Merkle tree (RFC 6962) over the log's hashes, in hexadecimal.
    pub root: String,
    /// How many checkpoints were compared with the tree.
    pub checkpoints: u64,
    /// How many differences there are.
    pub differences: u64,
    /// The first of them.
    pub first: Option<Difference>,
}

impl AccessReport {
    /// Whether nothing is amiss.
    pub fn is_whole(&self) -> bool {
        self.first.is_none()
    }

    fn note(&mut self, position: u64, what: &str) {
        self.differences += 1;
        if self.first.is_none() {
            self.first = Some(Difference {
                position: Some(position),
                what: what.to_owned(),
            });
        }
    }
}

impl std::fmt::Display for AccessReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.first {
            None => write!(
                f,
                "the access log is whole: {} entries, each as it was written",
                self.entries
            ),
            Some(first) => write!(
                f,
                "access log, position {}: {}; {} difference(s) in {} entries",
                first.position.unwrap_or_default(),
                first.what,
                self.differences,
                self.entries
            ),
        }?;
        write!(
            f,
            "\naccess root {}; {} checkpoint(s) compared",
            self.root, self.checkpoints
        )
    }
}

/// Walks the access log: places follow each other, each entry has the hash that the log holds, and the tree comes to
/// the head's and to every checkpoint's.
///
/// # Errors
/// When the database cannot be read. What is found amiss is in the report.
pub async fn verify_accesses(store: &Store) -> Result<AccessReport, AuditError> {
    let head = store.access_log_head().await?;
    let size = head.position();
    let checkpoints = store.access_checkpoints().await?;
    let mut report = AccessReport {
        entries: size,
        ..AccessReport::default()
    };
    let mut tree = Frontier::default();
    let mut gap = false;
    loop {
        let page = store.read_accesses(tree.size() + 1, PAGE).await?;
        let before = tree.size();
        for access in page {
            if access.position > size {
                break;
            }
            if access.position != tree.size() + 1 {
                report.note(tree.size() + 1, "the access log has no such position");
                gap = true;
                break;
            }
            step(&mut report, &mut tree, &access);
            for signed in checkpoints.iter().filter(|it| it.size == access.position) {
                report.checkpoints += 1;
                if signed.root != tree.root() {
                    report.note(
                        access.position,
                        "the checkpoint of this size has another root than the log",
                    );
                }
            }
        }
        if gap || tree.size() == before || tree.size() == size {
            break;
        }
    }
    if !gap && tree.size() < size {
        report.note(tree.size() + 1, "the access log is cut off here");
    } else if !gap && tree != head.tree {
        report.note(size, "the access log's head has another tree than its hashes");
    }
    if let Some(signed) = checkpoints.iter().find(|it| it.size > size) {
        // A checkpoint may have been signed since the head was read; a log that is shorter than that is short now too.
        if store.access_log_head().await?.position() < signed.size {
            report.note(size + 1, "the access log is shorter than a checkpoint says");
        }
    }
    let beyond = store.read_accesses(size + 1, 1).await?;
    if !beyond.is_empty() && store.access_log_head().await?.position() == size {
        report.note(size + 1, "the access log goes on behind its head");
    }
    report.root = hex(&tree.root());
    Ok(report)
}

fn step(report: &mut AccessReport, tree: &mut Frontier, access: &Access) {
    if access.recomputed_leaf_hash() != access.leaf_hash {
        report.note(
            access.position,
            "the entry is not the one that the log's hash was made of",
        );
    }
    tree.push(access.leaf_hash);
}

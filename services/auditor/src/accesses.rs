//! Whether the access log is whole: who looked stands as it was written, and nothing of it is missing.

use serde::Serialize;
use store::{Access, Frontier, Store};

use crate::error::AuditError;
use crate::verify::report::VerifyReport;
use crate::verify::signed::{Signed, Stands, Trust};
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
/// the head's and to that of every checkpoint that is signed, whoever keeps it.
///
/// # Errors
/// When the database cannot be read. What is found amiss is in the report.
pub async fn verify_accesses(store: &Store, trust: &Trust) -> Result<AccessReport, AuditError> {
    let head = store.access_log_head().await?;
    let size = head.position();
    let mut found = VerifyReport::default();
    let mut signed = Signed::new(trust, &mut found);
    let mut longest = 0;
    for row in store.access_checkpoints().await? {
        longest = longest.max(row.size);
        // The table does not say of which name a row is; what was left behind is compared by its row alone.
        if row.note.lines().next() == Some(trust.key.name()) {
            let stands = Stands::InRow(row.size, row.root);
            signed.take(&row.note, "database", stands, &mut found);
        } else {
            signed.expect(row.size, row.root, "database");
        }
    }
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
                found.note(Some(tree.size() + 1), "the access log has no such position");
                gap = true;
                break;
            }
            step(&mut found, &mut tree, &access);
            signed.at(&tree, &mut found);
        }
        if gap || tree.size() == before || tree.size() == size {
            break;
        }
    }
    if !gap && tree.size() < size {
        found.note(Some(tree.size() + 1), "the access log is cut off here");
    } else if !gap && tree != head.tree {
        found.note(
            Some(size),
            "the access log's head has another tree than its hashes",
        );
    }
    // A checkpoint may have been signed since the head was read; a log that is shorter than that is short now too.
    let now = store.access_log_head().await?.position();
    signed.beyond(now.max(size), &mut found);
    if longest > now {
        found.note(Some(size + 1), "the access log is shorter than a checkpoint says");
    }
    let beyond = store.read_accesses(size + 1, 1).await?;
    if !beyond.is_empty() && now == size {
        found.note(Some(size + 1), "the access log goes on behind its head");
    }
    Ok(AccessReport {
        entries: size,
        root: hex(&tree.root()),
        checkpoints: found.checkpoints,
        differences: found.differences,
        first: found.first,
    })
}

fn step(found: &mut VerifyReport, tree: &mut Frontier, access: &Access) {
    if access.recomputed_leaf_hash() != access.leaf_hash {
        found.note(
            Some(access.position),
            "the entry is not the one that the log's hash was made of",
        );
    }
    tree.push(access.leaf_hash);
}

//! Whether the log's last events are still those that its hashes were made of: quick enough to be asked for a page.

use store::{Store, StoreError};

/// How many of the last events are computed again: a few milliseconds' work.
const RECOMPUTED: u32 = 1_000;

/// What computing them again showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latest {
    /// How many were computed again.
    pub recomputed: usize,
    /// Those that are not the ones that the log's hashes were made of; and one more when the checkpoint of the log's whole
    /// size has another root.
    pub divergence: usize,
}

/// Computes them again.
///
/// # Errors
/// When PostgreSQL is away.
pub async fn latest(store: &Store, origin: &str) -> Result<Latest, StoreError> {
    let head = store.log_head().await?;
    let first = head.position().saturating_sub(u64::from(RECOMPUTED)) + 1;
    let last = store.read_log(first, RECOMPUTED).await?;
    let rewritten = last.iter().filter(|it| it.recomputed_leaf_hash() != it.leaf_hash);
    let checkpoint = store.latest_checkpoint(origin).await?;
    let is_another = checkpoint.is_some_and(|it| it.size == head.position() && it.root != head.tree.root());
    Ok(Latest {
        recomputed: last.len(),
        divergence: rewritten.count() + usize::from(is_another),
    })
}

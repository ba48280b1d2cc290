//! The hashes of RFC 6962, section 2.1, over SHA-256.

use sha2::{Digest, Sha256};

/// A hash of the tree.
pub type Hash = [u8; 32];

/// Distinguishes the hash of a leaf from that of two subtrees.
pub const LEAF_PREFIX: u8 = 0x00;
/// Distinguishes the hash of two subtrees from that of a leaf.
const NODE_PREFIX: u8 = 0x01;

/// The hash of an entry as a leaf.
pub fn leaf(entry: &[u8]) -> Hash {
    Sha256::new()
        .chain_update([LEAF_PREFIX])
        .chain_update(entry)
        .finalize()
        .into()
}

/// The hash of two subtrees, the left one complete.
pub fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([NODE_PREFIX])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// The root of a tree without leaves: the hash of nothing.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The root over subtrees that stand beside each other, each smaller than the one to its left: folded from the right.
pub fn fold(subtrees: &[Hash]) -> Hash {
    match subtrees.split_last() {
        None => empty_root(),
        Some((smallest, larger)) => larger
            .iter()
            .rev()
            .fold(*smallest, |right, left| node(left, &right)),
    }
}

/// The hash in hexadecimal, as reports show it.
pub fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

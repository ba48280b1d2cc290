//! The right edge of the Merkle tree of RFC 6962 over the log: all that is needed to add leaves and say the root.
//!
//! A tree of n leaves is cut into complete subtrees, one for each bit of n, largest first. Adding a leaf merges
//! subtrees of equal size, as a carry runs through a binary counter; the root folds them from the right.

use sha2::{Digest, Sha256};

use crate::error::StoreError;

/// Distinguishes the hash of two subtrees from that of a leaf (RFC 6962 section 2.1).
const NODE_PREFIX: u8 = 0x01;

/// The roots of the complete subtrees of a tree, largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    subtrees: Vec<[u8; 32]>,
}

impl Frontier {
    /// The frontier of a tree of `size` leaves.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when there is not one subtree for each bit of the size.
    pub fn new(size: u64, subtrees: Vec<[u8; 32]>) -> Result<Self, StoreError> {
        if subtrees.len() == size.count_ones() as usize {
            Ok(Self { size, subtrees })
        } else {
            Err(StoreError::Corrupt("log_head.frontier"))
        }
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees, largest first.
    pub fn subtrees(&self) -> &[[u8; 32]] {
        &self.subtrees
    }

    /// Adds the hash of the next leaf.
    pub fn push(&mut self, leaf_hash: [u8; 32]) {
        let mut carry = leaf_hash;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.subtrees.pop() {
                carry = node(&left, &carry);
            }
        }
        self.subtrees.push(carry);
        self.size += 1;
    }

    /// The root of the tree; of an empty one, the hash of nothing.
    pub fn root(&self) -> [u8; 32] {
        let mut from_the_right = self.subtrees.iter().rev();
        match from_the_right.next() {
            None => Sha256::digest([]).into(),
            Some(smallest) => from_the_right.fold(*smallest, |right, left| node(left, &right)),
        }
    }
}

fn node(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    Sha256::new()
        .chain_update([NODE_PREFIX])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The recursive definition of RFC 6962, section 2.1.
    fn naive_root(leaves: &[[u8; 32]]) -> [u8; 32] {
        match leaves {
            [] => Sha256::digest([]).into(),
            [leaf] => *leaf,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                node(&naive_root(&leaves[..split]), &naive_root(&leaves[split..]))
            }
        }
    }

    #[test]
    fn every_prefix_has_the_root_of_the_naive_tree() {
        let leaves: Vec<[u8; 32]> = (0u32..300)
            .map(|n| Sha256::digest(n.to_be_bytes()).into())
            .collect();
        let mut frontier = Frontier::default();
        assert_eq!(frontier.root(), naive_root(&[]));
        for (count, leaf) in leaves.iter().enumerate() {
            frontier.push(*leaf);
            assert_eq!(
                frontier.root(),
                naive_root(&leaves[..=count]),
                "after {} leaves",
                count + 1
            );
            let reread = Frontier::new(frontier.size(), frontier.subtrees().to_vec());
            assert_eq!(reread.expect("one subtree a bit"), frontier);
        }
    }

    #[test]
    fn a_frontier_of_the_wrong_length_is_refused() {
        assert!(Frontier::new(3, vec![[0; 32]]).is_err());
    }
}

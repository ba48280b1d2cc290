//! The right edge of a tree: all that is needed to add leaves and say the root.
//!
//! A tree of n leaves is cut into complete subtrees, one for each bit of n, largest first. Adding a leaf merges
//! subtrees of equal size, as a carry runs through a binary counter; the root folds them from the right.

use crate::hash::{Hash, fold, node};

/// The roots of the complete subtrees of a tree, largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    subtrees: Vec<Hash>,
}

/// There is not one subtree for each bit of the size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a tree of {size} leaves has {} complete subtrees, not {found}", .size.count_ones())]
pub struct WrongFrontier {
    /// The tree's size.
    pub size: u64,
    /// How many subtrees were given.
    pub found: usize,
}

impl Frontier {
    /// The frontier of a tree of `size` leaves.
    ///
    /// # Errors
    /// When there is not one subtree for each bit of the size.
    pub fn new(size: u64, subtrees: Vec<Hash>) -> Result<Self, WrongFrontier> {
        let found = subtrees.len();
        if found == size.count_ones() as usize {
            Ok(Self { size, subtrees })
        } else {
            Err(WrongFrontier { size, found })
        }
    }

    /// How many leaves the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees, largest first.
    pub fn subtrees(&self) -> &[Hash] {
        &self.subtrees
    }

    /// Adds the hash of the next leaf.
    pub fn push(&mut self, leaf_hash: Hash) {
        self.push_noting(leaf_hash, |_, _, _| {});
    }

    /// Adds the hash of the next leaf, and tells the hash of each tile that it fills: the level that the hash stands in
    /// (1 for a tile of leaves), its index there, the hash.
    pub fn push_noting(&mut self, leaf_hash: Hash, mut filled: impl FnMut(u8, u64, Hash)) {
        let mut carry = leaf_hash;
        for height in 1..=self.size.trailing_ones() {
            if let Some(left) = self.subtrees.pop() {
                carry = node(&left, &carry);
            }
            if height % 8 == 0 {
                filled((height / 8) as u8, self.size >> height, carry);
            }
        }
        self.subtrees.push(carry);
        self.size += 1;
    }

    /// The root of the tree; of an empty one, the hash of nothing.
    pub fn root(&self) -> Hash {
        fold(&self.subtrees)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::{empty_root, leaf};
    use crate::proof::tests::naive_root;

    #[test]
    fn every_prefix_has_the_root_of_the_naive_tree() {
        let leaves: Vec<Hash> = (0u32..300).map(|n| leaf(&n.to_be_bytes())).collect();
        let mut frontier = Frontier::default();
        assert_eq!(frontier.root(), empty_root());
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

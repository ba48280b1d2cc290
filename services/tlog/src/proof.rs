//! Proofs: that a leaf is in a tree, and that one tree is the beginning of another (RFC 6962, section 2.1).
//!
//! A proof is a list of hashes, each that of a range of leaves. This module says which ranges, from the bottom up, and
//! checks proofs; where the hashes of the ranges come from is for others to say ([`crate::Tiles`]).

use std::ops::Range;

use crate::hash::{Hash, node};

/// The ranges of leaves whose hashes prove that leaf `index` is in a tree of `size`. None when it is not.
pub fn inclusion_ranges(index: u64, size: u64) -> Option<Vec<Range<u64>>> {
    if index >= size {
        return None;
    }
    let (mut from, mut to) = (0, size);
    let mut ranges = Vec::new();
    while to - from > 1 {
        let split = from + left_part(to - from);
        if index < split {
            ranges.push(split..to);
            to = split;
        } else {
            ranges.push(from..split);
            from = split;
        }
    }
    ranges.reverse();
    Some(ranges)
}

/// The ranges of leaves whose hashes prove that a tree of `old` leaves is the beginning of one of `new`. None when it
/// cannot be. Empty where there is nothing to prove: the same size, or nothing before.
pub fn consistency_ranges(old: u64, new: u64) -> Option<Vec<Range<u64>>> {
    if old > new {
        return None;
    }
    if old == 0 || old == new {
        return Some(Vec::new());
    }
    let (mut from, mut to) = (0, new);
    let mut ranges = Vec::new();
    while to != old {
        let split = from + left_part(to - from);
        if old <= split {
            ranges.push(split..to);
            to = split;
        } else {
            ranges.push(from..split);
            from = split;
        }
    }
    // A complete left part is the old tree itself, which whoever checks the proof knows.
    if from > 0 {
        ranges.push(from..to);
    }
    ranges.reverse();
    Some(ranges)
}

/// Whether `proof` shows that the leaf with this hash stands at `index` of the tree of this size and root.
pub fn verify_inclusion(leaf_hash: &Hash, index: u64, size: u64, root: &Hash, proof: &[Hash]) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last) = (index, size - 1);
    let mut hash = *leaf_hash;
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            hash = node(sibling, &hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the tree of `old` leaves and this root is the beginning of the tree of `new` leaves.
pub fn verify_consistency(old: u64, old_root: &Hash, new: u64, new_root: &Hash, proof: &[Hash]) -> bool {
    if old > new {
        return false;
    }
    if old == new {
        return proof.is_empty() && old_root == new_root;
    }
    if old == 0 {
        return proof.is_empty() && *old_root == crate::hash::empty_root();
    }
    let (mut place, mut last) = (old - 1, new - 1);
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let mut rest = proof.iter();
    let seed = match place {
        // The old tree is complete, so it stands in the new one as it is.
        0 => old_root,
        _ => match rest.next() {
            Some(first) => first,
            None => return false,
        },
    };
    let (mut old_hash, mut new_hash) = (*seed, *seed);
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            old_hash = node(sibling, &old_hash);
            new_hash = node(sibling, &new_hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node(&new_hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == *old_root && new_hash == *new_root
}

/// The leaves of the left part of a tree of at least two: the largest power of two below its size.
fn left_part(size: u64) -> u64 {
    1 << (63 - (size - 1).leading_zeros())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::hash::{empty_root, hex, leaf};

    /// The recursive definition of RFC 6962, section 2.1.
    pub(crate) fn naive_root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty_root(),
            [leaf] => *leaf,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                node(&naive_root(&leaves[..split]), &naive_root(&leaves[split..]))
            }
        }
    }

    fn hashes(leaves: &[Hash], ranges: &[Range<u64>]) -> Vec<Hash> {
        ranges
            .iter()
            .map(|it| naive_root(&leaves[it.start as usize..it.end as usize]))
            .collect()
    }

    /// The eight entries and roots that implementations of RFC 6962 have tested with since Certificate Transparency's own.
    #[test]
    fn the_published_roots() {
        let entries: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut tree = crate::Frontier::default();
        for (entry, root) in entries.iter().zip(roots) {
            tree.push(leaf(entry));
            assert_eq!(hex(&tree.root()), root);
        }
    }

    #[test]
    fn every_leaf_of_every_small_tree_is_proven_and_no_other() {
        let leaves: Vec<Hash> = (0u32..70).map(|n| leaf(&n.to_be_bytes())).collect();
        for size in 1..=leaves.len() {
            let root = naive_root(&leaves[..size]);
            for index in 0..size {
                let ranges = inclusion_ranges(index as u64, size as u64).unwrap();
                let proof = hashes(&leaves, &ranges);
                let holds = |leaf: &Hash, index: usize, size: usize, proof: &[Hash]| {
                    verify_inclusion(leaf, index as u64, size as u64, &root, proof)
                };
                assert!(holds(&leaves[index], index, size, &proof), "{index} of {size}");
                assert!(!holds(&leaf(b"another"), index, size, &proof));
                assert!(!holds(&leaves[index], index ^ 1, size, &proof) || size == 1);
                let mut longer = proof.clone();
                longer.push([7; 32]);
                assert!(!holds(&leaves[index], index, size, &longer));
                if !proof.is_empty() {
                    assert!(!holds(&leaves[index], index, size, &proof[1..]));
                }
            }
            assert!(inclusion_ranges(size as u64, size as u64).is_none());
        }
    }

    #[test]
    fn every_small_tree_is_proven_to_begin_every_larger_one_and_no_other() {
        let leaves: Vec<Hash> = (0u32..70).map(|n| leaf(&n.to_be_bytes())).collect();
        let roots: Vec<Hash> = (0..=leaves.len())
            .map(|size| naive_root(&leaves[..size]))
            .collect();
        for new in 0..roots.len() {
            for old in 0..=new {
                let ranges = consistency_ranges(old as u64, new as u64).unwrap();
                let proof = hashes(&leaves, &ranges);
                let holds = |old_root: &Hash, new_root: &Hash, proof: &[Hash]| {
                    verify_consistency(old as u64, old_root, new as u64, new_root, proof)
                };
                assert!(holds(&roots[old], &roots[new], &proof), "{old} in {new}");
                assert!(!holds(&[7; 32], &roots[new], &proof));
                if old > 0 {
                    assert!(!holds(&roots[old], &[7; 32], &proof));
                }
                if !proof.is_empty() {
                    assert!(!holds(&roots[old], &roots[new], &proof[1..]));
                }
            }
            assert!(consistency_ranges(new as u64 + 1, new as u64).is_none());
        }
    }
}

//! Tiles: the tree as files of at most 256 hashes (<https://c2sp.org/tlog-tiles>).
//!
//! Tile n of level l holds the hashes of subtrees of 256^l leaves each, from the (256 n)th on. All proofs, of any leaf
//! and for any two sizes, can be made from them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::Frontier;
use crate::hash::{Hash, fold, node};
use crate::proof;

/// Hashes in a full tile.
pub const TILE_WIDTH: u64 = 256;
/// The tree's levels in a tile.
const TILE_HEIGHT: u32 = 8;

/// The name of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    /// 0 for a tile of leaves.
    pub level: u8,
    /// Its index in the level.
    pub number: u64,
    /// How many hashes it holds, from 1 to [`TILE_WIDTH`].
    pub width: u64,
}

impl Tile {
    /// Every tile of a tree of this size, level by level.
    pub fn all(size: u64) -> impl Iterator<Item = Self> {
        (0..8u8).flat_map(move |level| {
            let hashes = size >> (TILE_HEIGHT * u32::from(level));
            (0..hashes.div_ceil(TILE_WIDTH)).map(move |number| Self {
                level,
                number,
                width: (hashes - number * TILE_WIDTH).min(TILE_WIDTH),
            })
        })
    }

    /// The hashes that it holds, as indexes of its level.
    pub fn indexes(&self) -> Range<u64> {
        let first = self.number * TILE_WIDTH;
        first..first + self.width
    }

    /// Its path below the log's prefix: `tile/0/x001/234`, with `.p/<width>` when it is not full.
    pub fn path(&self) -> String {
        let partial = if self.width < TILE_WIDTH {
            format!(".p/{}", self.width)
        } else {
            String::new()
        };
        format!("tile/{}/{}{partial}", self.level, number_path(self.number))
    }

    /// Reads a path below `tile/`: `0/x001/234.p/17`. None when it is not one that [`Tile::path`] writes.
    pub fn parse(path: &str) -> Option<Self> {
        let (level, rest) = path.split_once('/')?;
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, decimal(width)?),
            None => (rest, TILE_WIDTH),
        };
        let digits: String = number
            .split('/')
            .map(|part| part.trim_start_matches('x'))
            .collect();
        let tile = Self {
            level: u8::try_from(decimal(level)?).ok()?,
            number: digits.parse().ok()?,
            width,
        };
        // Whatever is spelt in another way than the one way is refused by spelling it again.
        (tile.path() == format!("tile/{path}") && tile.level < 8 && (1..=TILE_WIDTH).contains(&width))
            .then_some(tile)
    }
}

/// A number in path elements of three digits, all but the last marked by an `x`.
fn number_path(number: u64) -> String {
    let mut path = format!("{:03}", number % 1_000);
    let mut rest = number / 1_000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1_000);
        rest /= 1_000;
    }
    path
}

fn decimal(text: &str) -> Option<u64> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

/// A complete subtree: the `index`th of 2^`height` leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Subtree {
    height: u32,
    index: u64,
}

impl Subtree {
    /// The complete subtrees that a range of leaves falls into, largest first. Ranges of proofs begin where such a
    /// subtree may.
    fn of(range: &Range<u64>) -> Vec<Self> {
        let mut subtrees = Vec::new();
        let mut from = range.start;
        while from < range.end {
            let height = (63 - (range.end - from).leading_zeros()).min(from.trailing_zeros());
            subtrees.push(Self {
                height,
                index: from >> height,
            });
            from += 1 << height;
        }
        subtrees
    }

    /// The tile of a tree of `size` that it can be read from, and where in it.
    fn place(&self, size: u64) -> (Tile, Range<usize>) {
        let level = self.height / TILE_HEIGHT;
        let inside = self.height % TILE_HEIGHT;
        let first = self.index << inside;
        let number = first / TILE_WIDTH;
        let hashes = size >> (TILE_HEIGHT * level);
        let tile = Tile {
            level: level as u8,
            number,
            width: hashes.saturating_sub(number * TILE_WIDTH).min(TILE_WIDTH),
        };
        let offset = (first % TILE_WIDTH) as usize;
        (tile, offset..offset + (1 << inside))
    }
}

/// Tiles of one tree that have been fetched, not yet believed: the proofs made of them are to be verified.
#[derive(Clone, Debug)]
pub struct Tiles {
    size: u64,
    tiles: BTreeMap<Tile, Vec<Hash>>,
}

impl Tiles {
    /// None yet, of a tree of this size.
    pub fn of(size: u64) -> Self {
        Self {
            size,
            tiles: BTreeMap::new(),
        }
    }

    /// The tiles that a proof for these ranges needs.
    pub fn needed(&self, ranges: &[Range<u64>]) -> BTreeSet<Tile> {
        let subtrees = ranges.iter().flat_map(Subtree::of);
        subtrees.map(|it| it.place(self.size).0).collect()
    }

    /// Takes a tile's bytes. False when they are not as many as its name says.
    pub fn add(&mut self, tile: Tile, bytes: &[u8]) -> bool {
        let (hashes, rest) = bytes.as_chunks::<32>();
        let fits = rest.is_empty() && hashes.len() as u64 == tile.width;
        if fits {
            self.tiles.insert(tile, hashes.to_vec());
        }
        fits
    }

    /// The proof that leaf `index` is in the tree; none when a tile is missing.
    pub fn inclusion(&self, index: u64) -> Option<Vec<Hash>> {
        self.hashes(&proof::inclusion_ranges(index, self.size)?)
    }

    /// The proof that the tree of `old` leaves is the beginning of this one; none when a tile is missing.
    pub fn consistency(&self, old: u64) -> Option<Vec<Hash>> {
        self.hashes(&proof::consistency_ranges(old, self.size)?)
    }

    /// The root of the first `size` leaves; none when a tile is missing.
    pub fn root(&self, size: u64) -> Option<Hash> {
        self.hash(&(0..size))
    }

    /// The right edge of the tree; none when a tile is missing.
    pub fn frontier(&self) -> Option<Frontier> {
        let whole = Subtree::of(&(0..self.size));
        let subtrees: Option<Vec<Hash>> = whole.iter().map(|it| self.subtree(it)).collect();
        Frontier::new(self.size, subtrees?).ok()
    }

    fn hashes(&self, ranges: &[Range<u64>]) -> Option<Vec<Hash>> {
        ranges.iter().map(|range| self.hash(range)).collect()
    }

    fn hash(&self, range: &Range<u64>) -> Option<Hash> {
        let subtrees: Option<Vec<Hash>> = Subtree::of(range).iter().map(|it| self.subtree(it)).collect();
        Some(fold(&subtrees?))
    }

    fn subtree(&self, subtree: &Subtree) -> Option<Hash> {
        let (tile, place) = subtree.place(self.size);
        Some(complete(self.tiles.get(&tile)?.get(place)?))
    }
}

/// The root over as many hashes as are a power of two.
fn complete(hashes: &[Hash]) -> Hash {
    match hashes {
        [hash] => *hash,
        _ => {
            let (left, right) = hashes.split_at(hashes.len() / 2);
            node(&complete(left), &complete(right))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf;
    use crate::proof::tests::naive_root;
    use crate::proof::{consistency_ranges, inclusion_ranges, verify_consistency, verify_inclusion};

    #[test]
    fn the_paths_of_the_specification() {
        let tile = |level, number, width| Tile { level, number, width };
        assert_eq!(tile(0, 1_234_067, 256).path(), "tile/0/x001/x234/067");
        assert_eq!(tile(1, 0, 17).path(), "tile/1/000.p/17");
        for tile in [tile(0, 1_234_067, 256), tile(2, 999, 1), tile(7, 1_000, 255)] {
            assert_eq!(Tile::parse(&tile.path()["tile/".len()..]), Some(tile));
        }
        for wrong in [
            "0/1",
            "0/001.p/256",
            "0/001.p/0",
            "0/001.p/01",
            "00/001",
            "0/x000/001",
            "64/001",
            "0/+01",
            "0/",
            "a/001",
        ] {
            assert_eq!(Tile::parse(wrong), None, "{wrong}");
        }
    }

    /// "A tree of size 70,000 will be represented by 273 full level 0 tiles, one partial level 0 tile of width 112, one
    /// full level 1 tile, one partial level 1 tile of width 17, and one partial level 2 tile of width 1."
    #[test]
    fn the_example_of_the_specification() {
        let tiles: Vec<Tile> = Tile::all(70_000).collect();
        let count = |level, full| {
            tiles
                .iter()
                .filter(|it| it.level == level && (it.width == TILE_WIDTH) == full)
                .count()
        };
        assert_eq!((count(0, true), count(1, true)), (273, 1));
        let partial: Vec<(u8, u64)> = tiles
            .iter()
            .filter(|it| it.width < TILE_WIDTH)
            .map(|it| (it.level, it.width))
            .collect();
        assert_eq!(partial, [(0, 112), (1, 17), (2, 1)]);
        assert_eq!(
            Tile::all(256).map(|it| (it.level, it.width)).collect::<Vec<_>>(),
            [(0, 256), (1, 1)]
        );
        assert_eq!(Tile::all(0).count(), 0);
    }

    #[test]
    fn proofs_made_from_tiles_hold() {
        let leaves: Vec<Hash> = (0u32..1_300).map(|n| leaf(&n.to_be_bytes())).collect();
        let mut tree = Frontier::default();
        let mut levels: BTreeMap<(u8, u64), Hash> = BTreeMap::new();
        for leaf in &leaves {
            levels.insert((0, tree.size()), *leaf);
            tree.push_noting(*leaf, |level, index, hash| {
                levels.insert((level, index), hash);
            });
        }
        let size = leaves.len() as u64;
        let mut tiles = Tiles::of(size);
        for tile in Tile::all(size) {
            let bytes: Vec<u8> = tile
                .indexes()
                .flat_map(|index| levels[&(tile.level, index)])
                .collect();
            assert!(tiles.add(tile, &bytes));
            assert!(!tiles.add(tile, &bytes[1..]));
        }
        let root = naive_root(&leaves);
        assert_eq!(tiles.root(size), Some(root));
        assert_eq!(tiles.frontier(), Some(tree));
        for index in (0..size).step_by(7).chain([255, 256, 1_299]) {
            let needed = tiles.needed(&inclusion_ranges(index, size).unwrap());
            assert!(needed.iter().all(|it| tiles.tiles.contains_key(it)));
            let proof = tiles.inclusion(index).unwrap();
            assert!(verify_inclusion(
                &leaves[index as usize],
                index,
                size,
                &root,
                &proof
            ));
        }
        for old in (0..=size).step_by(11).chain([1, 256, 512, 1_024]) {
            let needed = tiles.needed(&consistency_ranges(old, size).unwrap());
            assert!(needed.iter().all(|it| tiles.tiles.contains_key(it)));
            let proof = tiles.consistency(old).unwrap();
            let old_root = naive_root(&leaves[..old as usize]);
            assert!(verify_consistency(old, &old_root, size, &root, &proof), "{old}");
        }
        assert_eq!(Tiles::of(size).inclusion(3), None);
    }
}

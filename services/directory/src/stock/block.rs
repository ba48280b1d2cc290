//! A block: one page of entries and a check, so that a look-up never believes a damaged page.

use super::entry::Entry;
use super::error::StockError;

/// One page of most systems, so that a look-up touches one.
pub const BLOCK_BYTES: usize = 4096;
/// Entries of a block; the last word is the check.
pub const BLOCK_ENTRIES: usize = BLOCK_BYTES / WORD - 1;
/// Bytes of an entry.
pub const WORD: usize = 8;
const CHECK_AT: usize = BLOCK_ENTRIES * WORD;

/// The bytes of a block.
pub type Block = [u8; BLOCK_BYTES];

/// Writes the check of block `number`: its number above the CRC-32 of its entries, so that a page of another place
/// does not pass either.
pub fn seal(block: &mut Block, number: u32) {
    let check = check(block, number).to_le_bytes();
    block[CHECK_AT..].copy_from_slice(&check);
}

/// Refuses a block whose check does not match.
pub fn verify(block: &Block, number: u32) -> Result<(), StockError> {
    if word(block, BLOCK_ENTRIES) == check(block, number) {
        Ok(())
    } else {
        Err(StockError::Damaged)
    }
}

fn check(block: &Block, number: u32) -> u64 {
    u64::from(number) << 32 | u64::from(crc32fast::hash(&block[..CHECK_AT]))
}

/// Writes an entry.
pub fn put(block: &mut Block, place: usize, entry: Entry) {
    block[place * WORD..][..WORD].copy_from_slice(&entry.word().to_le_bytes());
}

/// Reads an entry.
pub fn get(block: &Block, place: usize) -> Entry {
    Entry::from_word(word(block, place))
}

fn word(block: &Block, place: usize) -> u64 {
    let mut bytes = [0; WORD];
    bytes.copy_from_slice(&block[place * WORD..][..WORD]);
    u64::from_le_bytes(bytes)
}

/// The entry of a SIRET, in a block whose entries are sorted.
pub fn find(block: &Block, siret: u64) -> Option<Entry> {
    let (mut low, mut high) = (0, BLOCK_ENTRIES);
    while low < high {
        let middle = low.midpoint(high);
        if get(block, middle).siret() < siret {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    (low < BLOCK_ENTRIES)
        .then(|| get(block, low))
        .filter(|it| it.siret() == siret && *it != Entry::PADDING)
}

//! The first page of an index file: what it is, what it was made from, and how long it must be.

use chrono::{DateTime, NaiveDate, Utc};

use super::block::{BLOCK_BYTES, BLOCK_ENTRIES, Block, WORD};
use super::entry::{date_of, day_of};
use super::error::StockError;

/// How every index begins.
const MAGIC: [u8; 8] = *b"SIRSTOCK";
/// The format that this version writes and reads.
const VERSION: u32 = 1;
/// Where the check of the header lies: behind all else.
const CHECK_AT: usize = BLOCK_BYTES - 4;

/// What an index says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// How many establishments it holds.
    pub count: u64,
    /// The youngest day on which INSEE worked on one of them, as far as the lines tell.
    pub as_of: Option<NaiveDate>,
    /// When it was imported.
    pub imported_at: DateTime<Utc>,
    /// SHA-256 of the imported file's bytes, after decompression.
    pub source_hash: [u8; 32],
    /// CRC-32 of the first SIRET of each block, as they lie behind the blocks.
    pub firsts_check: u32,
}

impl Header {
    /// When what the index says was true: the end of its making at INSEE, else its import.
    pub fn true_at(&self) -> DateTime<Utc> {
        self.as_of
            .and_then(|day| day.and_hms_opt(0, 0, 0))
            .map_or(self.imported_at, |midnight| midnight.and_utc())
    }

    /// Blocks of entries.
    pub fn blocks(&self) -> u64 {
        self.count.div_ceil(BLOCK_ENTRIES as u64)
    }

    /// Bytes of the whole file; nothing when no file can be that long.
    pub fn file_length(&self) -> Option<u64> {
        let blocks = self.blocks().checked_mul((BLOCK_BYTES + WORD) as u64)?;
        blocks.checked_add(BLOCK_BYTES as u64)
    }

    /// As the first page.
    pub fn to_page(self) -> Block {
        let mut page = [0; BLOCK_BYTES];
        let mut at = 0;
        let mut put = |bytes: &[u8]| {
            page[at..at + bytes.len()].copy_from_slice(bytes);
            at += bytes.len();
        };
        put(&MAGIC);
        put(&VERSION.to_le_bytes());
        put(&self.firsts_check.to_le_bytes());
        put(&self.count.to_le_bytes());
        put(&self.imported_at.timestamp_micros().to_le_bytes());
        put(&self.as_of.and_then(day_of).unwrap_or(0).to_le_bytes());
        put(&self.source_hash);
        let check = crc32fast::hash(&page[..CHECK_AT]).to_le_bytes();
        page[CHECK_AT..].copy_from_slice(&check);
        page
    }

    /// Reads the first page.
    ///
    /// Errors: it is no index, or of another version, or damaged.
    pub fn from_page(page: &Block) -> Result<Self, StockError> {
        let mut rest = page.as_slice();
        if take(&mut rest) != MAGIC {
            return Err(StockError::Foreign);
        }
        let version = u32::from_le_bytes(take(&mut rest));
        if version != VERSION {
            return Err(StockError::Version(version));
        }
        if page[CHECK_AT..] != crc32fast::hash(&page[..CHECK_AT]).to_le_bytes() {
            return Err(StockError::Damaged);
        }
        let firsts_check = u32::from_le_bytes(take(&mut rest));
        let count = u64::from_le_bytes(take(&mut rest));
        let imported_at = i64::from_le_bytes(take(&mut rest));
        let as_of = date_of(u16::from_le_bytes(take(&mut rest)));
        Ok(Self {
            count,
            as_of,
            imported_at: DateTime::from_timestamp_micros(imported_at).ok_or(StockError::Damaged)?,
            source_hash: take(&mut rest),
            firsts_check,
        })
    }
}

/// The next bytes. The page is longer than all that is asked of it.
fn take<const N: usize>(rest: &mut &[u8]) -> [u8; N] {
    let mut bytes = [0; N];
    if let Some((head, tail)) = rest.split_at_checked(N) {
        bytes.copy_from_slice(head);
        *rest = tail;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            count: 1_023,
            as_of: NaiveDate::from_ymd_opt(2026, 10, 31),
            imported_at: DateTime::from_timestamp_micros(1_795_000_000_123_456).unwrap(),
            source_hash: [7; 32],
            firsts_check: 99,
        }
    }

    #[test]
    fn a_header_is_read_as_it_was_written() {
        assert_eq!(Header::from_page(&header().to_page()).unwrap(), header());
        assert_eq!(header().blocks(), 3);
        assert_eq!(header().file_length(), Some(4096 + 3 * (4096 + 8)));
    }

    #[test]
    fn what_is_no_header_of_ours_is_refused_for_what_it_is() {
        let mut page = header().to_page();
        page[100] ^= 1;
        assert!(matches!(Header::from_page(&page), Err(StockError::Damaged)));
        page[8] = 2;
        assert!(matches!(Header::from_page(&page), Err(StockError::Version(2))));
        page[0] = b'x';
        assert!(matches!(Header::from_page(&page), Err(StockError::Foreign)));
        assert!(matches!(
            Header::from_page(&[0; BLOCK_BYTES]),
            Err(StockError::Foreign)
        ));
    }

    #[test]
    fn without_a_day_the_import_is_the_age() {
        let undated = Header {
            as_of: None,
            ..header()
        };
        assert_eq!(undated.true_at(), undated.imported_at);
        assert_eq!(header().true_at().to_rfc3339(), "2026-10-31T00:00:00+00:00");
    }
}

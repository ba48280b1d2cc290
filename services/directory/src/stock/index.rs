//! An index file that is open: one page read a look-up, the first SIRET of every block in memory.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::block::{self, BLOCK_BYTES, Block, WORD};
use super::entry::{Entry, Standing};
use super::error::StockError;
use super::header::Header;
use super::merge::Run;

/// An open index. It stays whole and readable after another has taken its place.
#[derive(Debug)]
pub struct Index {
    file: File,
    header: Header,
    /// The first SIRET of each block: 8 bytes for 511 establishments.
    firsts: Vec<u64>,
}

impl Index {
    /// Opens and checks all but the blocks, each of which is checked when it is read.
    ///
    /// Errors: it cannot be read, is no index, is of another version, was cut, or is damaged.
    pub fn open(path: &Path) -> Result<Self, StockError> {
        Self::of(File::open(path)?)
    }

    /// Reads an open file as an index.
    pub fn of(file: File) -> Result<Self, StockError> {
        let length = file.metadata()?.len();
        let mut page = [0; BLOCK_BYTES];
        file.read_exact_at(&mut page, 0)
            .map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => StockError::Foreign,
                _ => error.into(),
            })?;
        let header = Header::from_page(&page)?;
        if header.file_length() != Some(length) {
            return Err(StockError::Cut);
        }
        let firsts = read_firsts(&file, &header)?;
        Ok(Self { file, header, firsts })
    }

    /// What it says of itself.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Looks an establishment up. Blocks the thread while the disk reads a page, unless the system has it in memory.
    ///
    /// Errors: the page cannot be read or is damaged.
    pub fn look_up(&self, siret: u64) -> Result<Option<Standing>, StockError> {
        // The last block that does not begin behind it.
        let Some(number) = self
            .firsts
            .partition_point(|first| *first <= siret)
            .checked_sub(1)
        else {
            return Ok(None);
        };
        let block = self.block(number)?;
        Ok(block::find(&block, siret).map(Entry::standing))
    }

    fn block(&self, number: usize) -> Result<Block, StockError> {
        let mut block = [0; BLOCK_BYTES];
        self.file.read_exact_at(&mut block, block_at(number as u64))?;
        block::verify(&block, u32::try_from(number).unwrap_or(u32::MAX))?;
        Ok(block)
    }

    /// All entries, in order.
    pub fn entries(&self) -> Run<'_> {
        Run::new(&self.file, 0..self.header.blocks())
    }
}

/// Where a block lies: the header takes the first page.
pub fn block_at(number: u64) -> u64 {
    (number + 1) * BLOCK_BYTES as u64
}

fn read_firsts(file: &File, header: &Header) -> Result<Vec<u64>, StockError> {
    let blocks = usize::try_from(header.blocks()).map_err(|_| StockError::Damaged)?;
    let mut bytes = vec![0; blocks * WORD];
    file.read_exact_at(&mut bytes, block_at(header.blocks()))?;
    if crc32fast::hash(&bytes) != header.firsts_check {
        return Err(StockError::Damaged);
    }
    let words = bytes.chunks_exact(WORD).map(|it| {
        let mut word = [0; WORD];
        word.copy_from_slice(it);
        u64::from_le_bytes(word)
    });
    Ok(words.collect())
}

//! Writing an index: beside the old one under another name, whole and on the disk before it takes its place.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::block::{self, BLOCK_BYTES, BLOCK_ENTRIES, Block};
use super::entry::Entry;
use super::error::StockError;
use super::header::Header;
use super::index::Index;

/// Written at once.
const BUFFER_BYTES: usize = 64 * BLOCK_BYTES;
/// The ending of files that are being written; an import removes those of one that was interrupted.
const ENDING: &str = ".unfinished";

/// An index that is being written. Dropped before it is put in place, its file is removed.
#[derive(Debug)]
pub struct Writer {
    file: BufWriter<File>,
    path: Temporary,
    block: Box<Block>,
    /// Entries in `block`.
    filled: usize,
    /// The first SIRET of each block begun.
    firsts: Vec<u64>,
    count: u64,
}

/// A finished index that nobody sees yet.
#[derive(Debug)]
pub struct Finished {
    path: Temporary,
    index: Index,
}

/// A file that goes when nobody wants it any more.
#[derive(Debug)]
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // After the rename there is nothing to remove. What cannot be removed, the next import finds.
        let _ = fs::remove_file(&self.0);
    }
}

impl Writer {
    /// Begins a file in the folder of the index.
    pub fn begin(folder: &Path, name: &str) -> Result<Self, StockError> {
        let path = Temporary(folder.join(format!("{name}{ENDING}")));
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(&path.0)?;
        let mut file = BufWriter::with_capacity(BUFFER_BYTES, file);
        // The header is known last; until then the file is none of ours.
        file.write_all(&[0; BLOCK_BYTES])?;
        Ok(Self {
            file,
            path,
            block: Box::new([0; BLOCK_BYTES]),
            filled: 0,
            firsts: Vec::new(),
            count: 0,
        })
    }

    /// Adds an entry, whose SIRET lies above all others since the last [`Self::end_run`].
    pub fn push(&mut self, entry: Entry) -> Result<(), StockError> {
        if self.filled == 0 {
            self.firsts.push(entry.siret());
        }
        block::put(&mut self.block, self.filled, entry);
        self.filled += 1;
        self.count += 1;
        if self.filled == BLOCK_ENTRIES {
            self.end_run()?;
        }
        Ok(())
    }

    /// Fills the block that is begun, so that what follows begins one of its own.
    pub fn end_run(&mut self) -> Result<(), StockError> {
        if self.filled == 0 {
            return Ok(());
        }
        for place in self.filled..BLOCK_ENTRIES {
            block::put(&mut self.block, place, Entry::PADDING);
        }
        let number = u32::try_from(self.firsts.len() - 1).map_err(|_| StockError::Cut)?;
        block::seal(&mut self.block, number);
        self.file.write_all(self.block.as_slice())?;
        self.filled = 0;
        Ok(())
    }

    /// Blocks begun.
    pub fn blocks(&self) -> u64 {
        self.firsts.len() as u64
    }

    /// Ends the writing and gives the file for reading; it goes with what is returned.
    pub fn into_runs(mut self) -> Result<(File, impl Drop), StockError> {
        self.end_run()?;
        let file = self.file.into_inner().map_err(|error| error.into_error())?;
        Ok((file, self.path))
    }

    /// Completes the index: one run, then the first SIRETs, then the header, all on the disk.
    pub fn finish(mut self, header: Header) -> Result<Finished, StockError> {
        self.end_run()?;
        let firsts: Vec<u8> = self.firsts.iter().flat_map(|it| it.to_le_bytes()).collect();
        self.file.write_all(&firsts)?;
        let header = Header {
            count: self.count,
            firsts_check: crc32fast::hash(&firsts),
            ..header
        };
        let file = self.file.into_inner().map_err(|error| error.into_error())?;
        file.write_all_at(&header.to_page(), 0)?;
        file.sync_all()?;
        Ok(Finished {
            path: self.path,
            index: Index::of(file)?,
        })
    }
}

impl Finished {
    /// The index, for reading.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Puts it in the place of the old one, for whoever looks next, whatever happens to the machine.
    pub fn replace(self, path: &Path) -> Result<(), StockError> {
        fs::rename(&self.path.0, path)?;
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

/// Removes what an interrupted import left. The caller holds the lock on imports.
pub fn remove_leftovers(folder: &Path) -> Result<(), StockError> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.as_os_str().as_encoded_bytes().ends_with(ENDING.as_bytes()) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

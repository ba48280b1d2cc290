//! Reading runs of entries back in order, and merging several into one.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use super::block::{self, BLOCK_BYTES, BLOCK_ENTRIES, Block};
use super::entry::{Entry, Standing};
use super::error::StockError;
use super::index::block_at;

/// Blocks of a run that are in memory: so many pages for each of the runs merged.
const BLOCKS_AHEAD: u64 = 8;

/// The entries of some blocks of a file, in order.
pub struct Run<'f> {
    file: &'f File,
    /// Blocks not read yet.
    blocks: Range<u64>,
    read: Vec<Block>,
    /// Place of the next entry in `read`.
    next: usize,
}

impl<'f> Run<'f> {
    /// A run that lies in these blocks.
    pub fn new(file: &'f File, blocks: Range<u64>) -> Self {
        Self {
            file,
            blocks,
            read: Vec::new(),
            next: 0,
        }
    }

    /// The next entry; nothing at the end.
    ///
    /// Errors: a block cannot be read or is damaged.
    pub fn next_entry(&mut self) -> Result<Option<Entry>, StockError> {
        if self.next == self.read.len() * BLOCK_ENTRIES && !self.read_on()? {
            return Ok(None);
        }
        let entry = block::get(&self.read[self.next / BLOCK_ENTRIES], self.next % BLOCK_ENTRIES);
        self.next += 1;
        // Padding ends the last block.
        Ok(Some(entry).filter(|it| *it != Entry::PADDING))
    }

    fn read_on(&mut self) -> Result<bool, StockError> {
        let count = BLOCKS_AHEAD.min(self.blocks.end - self.blocks.start);
        // At most eight.
        self.read.resize(count as usize, [0; BLOCK_BYTES]);
        self.next = 0;
        self.file
            .read_exact_at(self.read.as_flattened_mut(), block_at(self.blocks.start))?;
        for (block, number) in self.read.iter().zip(self.blocks.start..) {
            block::verify(block, u32::try_from(number).unwrap_or(u32::MAX))?;
        }
        self.blocks.start += count;
        Ok(count > 0)
    }
}

/// Hands over the entries of all runs in order. Of one SIRET in several runs the last run's entry counts.
pub fn merge(
    mut runs: Vec<Run<'_>>,
    mut each: impl FnMut(Entry) -> Result<(), StockError>,
) -> Result<(), StockError> {
    // The least SIRET first, and of equal ones the last run's.
    let mut heads = BinaryHeap::with_capacity(runs.len());
    for (number, run) in runs.iter_mut().enumerate() {
        heads.extend(run.next_entry()?.map(|it| (Reverse(it.siret()), number, it)));
    }
    let mut last = None;
    while let Some((Reverse(siret), number, entry)) = heads.pop() {
        if last != Some(siret) {
            each(entry)?;
            last = Some(siret);
        }
        heads.extend(
            runs[number]
                .next_entry()?
                .map(|it| (Reverse(it.siret()), number, it)),
        );
    }
    Ok(())
}

/// Hands over the entries of a new run in order, as they stand beside an old one; gives how many are the same in both.
///
/// The file tells the first day of a unit's current period only, and a period ends with any change, in activity or name.
/// What was closed when the old file was made and is closed now has been closed since the earlier of both days.
pub fn beside(
    mut new: Run<'_>,
    mut old: Run<'_>,
    mut each: impl FnMut(Entry) -> Result<(), StockError>,
) -> Result<u64, StockError> {
    let mut same = 0;
    let mut held = old.next_entry()?;
    while let Some(entry) = new.next_entry()? {
        while held.is_some_and(|it| it.siret() < entry.siret()) {
            held = old.next_entry()?;
        }
        let entry = match held.filter(|it| it.siret() == entry.siret()) {
            Some(held) => closed_since(entry, held),
            None => entry,
        };
        same += u64::from(held == Some(entry));
        each(entry)?;
    }
    Ok(same)
}

/// The entry with the earlier closing day of both.
fn closed_since(new: Entry, old: Entry) -> Entry {
    match (new.standing(), old.standing()) {
        (Standing::Closed { on: Some(day) }, Standing::Closed { on: Some(before) }) if before < day => old,
        (Standing::Closed { on: None }, Standing::Closed { on: Some(_) }) => old,
        _ => new,
    }
}

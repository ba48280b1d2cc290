//! Entries in any order to an index in order, in bounded memory.
//!
//! Entries are gathered and sorted by the million. INSEE's file is in order already, so each lot continues the one
//! before and the file written is the index. A lot that does not continue begins a run, and the runs are merged.

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::entry::Entry;
use super::error::StockError;
use super::header::Header;
use super::merge::{Run, merge};
use super::writer::{Finished, Writer};

/// Entries gathered: eight megabytes, and four more while they are sorted.
pub const LOT_ENTRIES: usize = 1 << 20;

/// Takes entries as they come. Of one SIRET the last entry counts.
#[derive(Debug)]
pub struct Sorter {
    folder: PathBuf,
    writer: Writer,
    lot: Vec<Entry>,
    lot_entries: usize,
    /// The first block of each run.
    runs: Vec<u64>,
    /// The last SIRET written.
    last: Option<u64>,
}

impl Sorter {
    /// Begins, with files in the folder of the index.
    pub fn begin(folder: &Path, lot_entries: usize) -> Result<Self, StockError> {
        Ok(Self {
            folder: folder.to_owned(),
            writer: Writer::begin(folder, "runs")?,
            lot: Vec::with_capacity(lot_entries),
            lot_entries,
            runs: Vec::new(),
            last: None,
        })
    }

    /// Takes an entry.
    pub fn push(&mut self, entry: Entry) -> Result<(), StockError> {
        self.lot.push(entry);
        if self.lot.len() == self.lot_entries {
            self.write_lot()?;
        }
        Ok(())
    }

    fn write_lot(&mut self) -> Result<(), StockError> {
        // Stable, so that of one SIRET the last entry stays last.
        self.lot.sort_by_key(|it| it.siret());
        let continues = self.lot.first().map(|it| it.siret()) > self.last;
        if !continues || self.runs.is_empty() {
            self.writer.end_run()?;
            self.runs.push(self.writer.blocks());
        }
        for (place, entry) in self.lot.iter().enumerate() {
            let next = self.lot.get(place + 1);
            if next.is_none_or(|it| it.siret() != entry.siret()) {
                self.writer.push(*entry)?;
            }
        }
        self.last = self.lot.last().map(|it| it.siret());
        self.lot.clear();
        Ok(())
    }

    /// The index of all entries. `header` says where they come from; counts and checks are filled in.
    pub fn finish(mut self, header: Header) -> Result<Finished, StockError> {
        if !self.lot.is_empty() {
            self.write_lot()?;
        }
        if self.runs.len() <= 1 {
            return self.writer.finish(header);
        }
        let mut index = Writer::begin(&self.folder, "merged")?;
        let ends = self.runs[1..].iter().copied().chain([self.writer.blocks()]);
        let places: Vec<Range<u64>> = self.runs.iter().copied().zip(ends).map(|(a, b)| a..b).collect();
        let (file, _removed_at_the_end) = self.writer.into_runs()?;
        let runs = places.into_iter().map(|it| Run::new(&file, it)).collect();
        merge(runs, |entry| index.push(entry))?;
        index.finish(header)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::{DateTime, NaiveDate};
    use proptest::prelude::*;

    use super::*;
    use crate::stock::entry::Standing;

    fn header() -> Header {
        Header {
            count: 0,
            as_of: None,
            imported_at: DateTime::UNIX_EPOCH,
            source_hash: [0; 32],
            firsts_check: 0,
        }
    }

    fn sorted(entries: &[Entry], lot_entries: usize) -> Finished {
        let folder = tempfile::tempdir().unwrap();
        let mut sorter = Sorter::begin(folder.path(), lot_entries).unwrap();
        entries.iter().for_each(|it| sorter.push(*it).unwrap());
        let finished = sorter.finish(header()).unwrap();
        let files = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files, 1, "runs are removed once merged");
        finished
    }

    fn standing() -> impl Strategy<Value = Standing> {
        let day = (1u64..65_536)
            .prop_map(|it| NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + chrono::Days::new(it));
        prop_oneof![
            Just(Standing::Active),
            proptest::option::of(day).prop_map(|on| Standing::Closed { on }),
        ]
    }

    proptest! {
        // Each case flushes a file to the disk.
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn an_index_is_the_map_of_its_lines_whatever_their_order(
            lines in proptest::collection::vec((0u64..3_000, standing()), 0..3_000),
            lot_entries in 1usize..1_000,
        ) {
            let entries: Vec<Entry> = lines.iter().map(|(siret, it)| Entry::new(*siret, *it)).collect();
            let map: BTreeMap<u64, Standing> = lines.into_iter().collect();
            let finished = sorted(&entries, lot_entries);
            prop_assert_eq!(finished.index().header().count, map.len() as u64);
            for siret in 0..3_001 {
                prop_assert_eq!(finished.index().look_up(siret).unwrap(), map.get(&siret).copied());
            }
        }
    }

    #[test]
    fn lines_in_order_are_one_run_and_written_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut sorter = Sorter::begin(folder.path(), 100).unwrap();
        (1..=1_050).for_each(|it| sorter.push(Entry::new(it, Standing::Active)).unwrap());
        assert_eq!(sorter.runs, [0]);
        sorter.push(Entry::new(7, Standing::Active)).unwrap();
        (0..49).for_each(|it| sorter.push(Entry::new(it, Standing::Active)).unwrap());
        assert_eq!(sorter.runs.len(), 2);
    }
}

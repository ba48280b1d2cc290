//! INSEE's stock file (`StockEtablissement`, some forty million establishments), kept as one compact file of our own.
//!
//! Of each establishment eight bytes are kept: its SIRET, whether it is closed, and since when (`entry`). They lie
//! sorted in blocks of one page with a check each (`block`), between a header (`header`) and the first SIRET of
//! every block, which is all that stays in memory: a look-up reads one page (`index`).
//!
//! An import (`import`) reads, hashes and parses side by side (`chunks`, `columns`, `records`, `row`),
//! writes beside the old file (`writer`; `sorter` and `merge` where the lines are not in order), and takes its
//! place by a rename. Whoever looks up (`current`) sees the new file at its next look.
//!
//! There is no name and no address in it. The file is the truth on its own age.

mod block;
mod chunks;
mod columns;
mod current;
mod entry;
mod error;
mod header;
mod import;
mod index;
mod merge;
mod records;
mod row;
mod sorter;
#[cfg(test)]
mod tests;
mod writer;

pub use current::{Listed, Stock};
pub use entry::Standing;
pub use error::StockError;
pub use header::Header;
pub use import::import_sirene;

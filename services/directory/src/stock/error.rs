//! Why an index file cannot be used, or made.

use std::io;

use chrono::NaiveDate;

/// Why an index file cannot be used, or made.
#[derive(Debug, thiserror::Error)]
pub enum StockError {
    /// The disk refuses.
    #[error("the index of the stock cannot be read or written: {0}")]
    Io(#[from] io::Error),
    /// The file does not begin as an index does.
    #[error("the file is no index of the stock; import the stock file again")]
    Foreign,
    /// Another version of this program wrote it.
    #[error(
        "the index of the stock has format {0}, which this version does not read; import the stock file again"
    )]
    Version(u32),
    /// The file is shorter or longer than its header says.
    #[error("the index of the stock was cut or added to; import the stock file again")]
    Cut,
    /// A check does not match what it covers.
    #[error("the index of the stock is damaged; import the stock file again")]
    Damaged,
    /// Another import is under way.
    #[error("another import of the stock file is under way")]
    Busy,
    /// The file was made before the one that the index was made from.
    #[error(
        "the file is as of {new} and the index as of {held}: closings since would be forgotten. \
         To go back to the older file all the same, give --older"
    )]
    Older {
        /// The youngest day that the file bears.
        new: NaiveDate,
        /// The youngest day that the index bears.
        held: NaiveDate,
    },
    /// The file holds far less than the one held, as one that was cut does.
    #[error(
        "the file names {new} establishments and the index holds {held}: it was cut, or is a part only. \
         To replace the index all the same, remove it first"
    )]
    Shrunk {
        /// What the file names.
        new: u64,
        /// What the index holds.
        held: u64,
    },
}

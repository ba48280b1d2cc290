//! Import of the organisation's files: contacts and establishments. INSEE's stock file has an import of its own, in
//! [`crate::stock`], which reports in the same way.
//!
//! A file is read from front to back in a thread of its own while batches are written, so its size does not
//! matter. What is committed holds at once: no look-up is cached. An import adds and updates; it removes only where it is
//! told that the file names every row. Importing the same file again changes nothing, and one that did not end goes on
//! where it stood. Bad lines are reported, by line number, field and reason and
//! never by content, and the good ones are kept, unless the import is strict. A file is taken as it is saved: [`text`] knows
//! encodings, [`headings`] columns, [`records`] and [`workbook`] rows, [`cells`] what a cell may hold.

mod advice;
mod batches;
mod cells;
mod contacts;
mod establishments;
mod faults;
mod headings;
mod input;
mod journal;
mod kind;
mod quoted;
mod reading;
mod records;
mod resume;
mod staging;
mod table;
mod text;
mod workbook;

pub use cells::{SIRETS_MAX, parse_reference};
pub(crate) use cells::{parse_idcc, parse_member_number, parse_name, parse_state, parse_training_number};
pub(crate) use contacts::Line as ContactLine;
pub use contacts::import_contacts;
pub use establishments::{Line as EstablishmentLine, import_establishments};
pub use faults::{BAD_LINES_MAX, BadLine, FaultGroup};
#[cfg(test)]
pub(crate) use headings::columns_of;
pub use headings::folded;
pub(crate) use headings::{delimiter_of, places_of};
pub use input::Input;
pub(crate) use journal::record as record_import;
pub(crate) use reading::Summary;
pub(crate) use table::Content;
#[cfg(test)]
pub(crate) use table::rows_of;

/// Told each fault of a bad line.
pub type TellBadLine = Box<dyn Fn(&BadLine) + Send + Sync>;

/// How an import is made.
#[derive(Default)]
pub struct Options {
    /// All or nothing: one bad line and nothing is written.
    pub strict: bool,
    /// Nothing is written; the report says what would have been.
    pub dry_run: bool,
    /// The file names every row: those that it does not name are removed. A line that is bad keeps the row that it names;
    /// where a bad line does not say which row it is about, nothing is removed.
    pub replace: bool,
    /// With `replace`: more than half of a directory of a thousand rows and more may be removed.
    pub most_may_go: bool,
    /// An older stock file may take the place of a newer one.
    pub older: bool,
    /// Called for each fault of a bad line, in file order.
    pub bad_line: Option<TellBadLine>,
    /// Called after each batch.
    pub progress: Option<Box<dyn Fn(Progress) + Send + Sync>>,
}

impl Options {
    /// Whether everything is one transaction.
    fn is_one_transaction(&self) -> bool {
        self.strict && !self.dry_run
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("strict", &self.strict)
            .field("dry_run", &self.dry_run)
            .field("replace", &self.replace)
            .finish_non_exhaustive()
    }
}

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Lines read, the header not counted.
    pub lines: u64,
    /// Bytes read, after decompression.
    pub bytes: u64,
    /// Bytes read of the file as it lies on the disk, and how many it has; absent where the input is no file.
    pub of_file: Option<(u64, u64)>,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ImportReport {
    /// Lines read, the header not counted.
    pub read: u64,
    /// Good lines: they stand in the directory now.
    pub kept: u64,
    /// Those of the good lines that were not there before.
    pub new: u64,
    /// Those of the good lines that stood there otherwise.
    pub changed: u64,
    /// Those of the good lines that stood there already, word for word.
    pub unchanged: u64,
    /// Rows that the file no longer names, and that were removed.
    pub removed: u64,
    /// Lines refused.
    pub refused: u64,
    /// Faults of the refused lines, in file order: the first [`BAD_LINES_MAX`].
    pub bad: Vec<BadLine>,
    /// All of them, those of one column and reason together.
    pub faults: Vec<FaultGroup>,
    /// How the file was read, where that was guessed or something of it was passed over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// True when the import was strict and a line was bad: nothing was written, and `kept` counts what would have been.
    pub rolled_back: bool,
    /// True when nothing was written because nothing was to be.
    pub dry_run: bool,
    /// True when rows were to be removed and none was: a line does not say which rows it is about, no line is good, or most
    /// rows would have gone.
    pub removal_withheld: bool,
    /// How many lines an earlier import of this file had written before it broke off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resumed_after: Option<u64>,
}

/// Why an import could not be made at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// No line of the beginning names the columns that are needed.
    #[error("columns missing in the first lines: {}", .0.join(", "))]
    MissingColumns(Vec<&'static str>),
    /// The heading names a needed column twice.
    #[error("column named twice in the first line: {0}")]
    ColumnTwice(&'static str),
    /// The file is something else than what is imported: what, and what to do.
    #[error("{0}")]
    OtherKind(&'static str),
    /// The workbook cannot be read.
    #[error("the workbook cannot be read: {0}")]
    Workbook(&'static str),
    /// A contact's references could not be sealed.
    #[error("a contact could not be sealed: {0}")]
    Sealing(#[source] keyring::KeyringError),
    /// The database refused or did not answer.
    #[error("the database refused the import: {0}")]
    Database(#[from] sqlx::Error),
    /// The index of the stock cannot be made.
    #[error(transparent)]
    Stock(#[from] crate::stock::StockError),
    /// The directory refused the batch.
    #[error(transparent)]
    Directory(crate::DirectoryError),
    /// Another import of this kind is under way.
    #[error("another import of this kind is under way: wait for it, or stop it")]
    Running,
    /// What lies before the mark is not what lay there when the earlier import broke off.
    #[error("the file has changed since its import broke off")]
    AnotherFile,
    /// The reading thread ended without a word.
    #[error("reading ended unexpectedly")]
    ReaderLost,
}

impl From<crate::DirectoryError> for ImportError {
    fn from(cause: crate::DirectoryError) -> Self {
        match cause {
            crate::DirectoryError::Database(cause) => Self::Database(cause),
            crate::DirectoryError::NotSealed(cause) => Self::Sealing(cause),
            other => Self::Directory(other),
        }
    }
}

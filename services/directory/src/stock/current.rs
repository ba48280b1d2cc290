//! The index that is in force: whoever looks up sees a new file at once, and ends on the old one what was begun on it.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use domain::values::Siret;

use super::entry::Standing;
use super::error::StockError;
use super::header::Header;
use super::index::Index;

/// The folder's name in the data directory.
const FOLDER: &str = "sirene";
/// The index's name in its folder.
const FILE: &str = "stock.index";

/// The index of the stock in a data directory, whichever file that is at the moment. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Stock(Arc<Place>);

#[derive(Debug)]
struct Place {
    folder: PathBuf,
    held: Mutex<Option<Held>>,
}

/// A file that was opened, or refused and complained about.
#[derive(Debug)]
struct Held {
    identity: Identity,
    index: Option<Arc<Index>>,
}

/// What tells one file from another that took its name. The inode alone is not enough for one that was refused: it is
/// closed, so its number may be given again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    device: u64,
    inode: u64,
    length: u64,
    changed: (i64, i64),
}

/// What the stock says of an establishment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Whether it is active.
    pub standing: Standing,
    /// When that was true.
    pub as_of: DateTime<Utc>,
}

impl Stock {
    /// The stock of this data directory. There need not be one: nothing is looked at before something is asked.
    pub fn of_data_dir(data_dir: &Path) -> Self {
        Self(Arc::new(Place {
            folder: data_dir.join(FOLDER),
            held: Mutex::default(),
        }))
    }

    /// The folder of the index.
    pub fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// The index file.
    pub fn path(&self) -> PathBuf {
        self.0.folder.join(FILE)
    }

    /// Looks an establishment up; nothing when the stock does not hold it, or when there is no stock.
    ///
    /// Some microseconds when the system has the page in memory; else as long as the disk takes, so asynchronous
    /// callers ask from a thread that may wait.
    ///
    /// Errors: the file cannot be read, or is not what it should be.
    pub fn look_up(&self, siret: &Siret) -> Result<Option<Listed>, StockError> {
        let Some(index) = self.index()? else {
            return Ok(None);
        };
        // Fourteen digits always fit.
        let number = siret.as_str().parse().unwrap_or_default();
        Ok(index.look_up(number)?.map(|standing| Listed {
            standing,
            as_of: index.header().true_at(),
        }))
    }

    /// What the index in force says of itself; nothing when there is none.
    ///
    /// Errors: as [`Self::look_up`].
    pub fn header(&self) -> Result<Option<Header>, StockError> {
        Ok(self.index()?.map(|index| *index.header()))
    }

    /// The index in force. The file is looked at each time: that costs a microsecond, and a new one is seen at once.
    pub(super) fn index(&self) -> Result<Option<Arc<Index>>, StockError> {
        let path = self.path();
        let found = match fs::metadata(&path) {
            Ok(found) => Identity {
                device: found.dev(),
                inode: found.ino(),
                length: found.len(),
                changed: (found.mtime(), found.mtime_nsec()),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut held = self.0.held.lock().unwrap_or_else(PoisonError::into_inner);
        let known = held.as_ref().filter(|it| it.identity == found);
        if let Some(index) = known.and_then(|it| it.index.clone()) {
            return Ok(Some(index));
        }
        // Should the file be replaced just now, the new one is opened under the old one's identity, and again at the next look.
        let opened = Index::open(&path).map(Arc::new);
        if let Err(fault) = &opened
            && known.is_none()
        {
            tracing::error!(%fault, file = %path.display(), "the index of the stock is not used");
        }
        *held = Some(Held {
            identity: found,
            index: opened.as_ref().ok().cloned(),
        });
        opened.map(Some)
    }
}

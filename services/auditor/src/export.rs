//! Everything that an inspection needs, in one folder that explains itself.
//!
//! ```text
//! README.md            what this is and how to check it, for somebody who has never seen the service
//! events.ndjson        every event up to the checkpoint, every stored column
//! checkpoint           the latest signed checkpoint, with the witnesses' lines; its size is the export's
//! checkpoints.ndjson   every checkpoint of this log up to it
//! key                  what checks the signatures (compare it with the one that you were told)
//! tile/…               the tree (C2SP tlog-tiles)
//! schemas/…            what stands in each event
//! verify.py            an independent program that verifies all of the above
//! SHA256SUMS           for `sha256sum -c`
//! events.csv           on demand, for spreadsheets; events.parquet, for analysis
//! ```
//!
//! The same checkpoint gives the same bytes. The folder appears by rename when it is whole; what a crash left behind is
//! removed by the next export. An export shows the log as it stands, whole or not: whoever verifies it decides.

mod columns;
pub mod pseudonymised;
mod reference;
mod table;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};
use store::{SignedLog, Store};
use tlog::{Tile, Verifier};

use crate::error::AuditError;
use columns::Columns;
use store::EventRow;
use table::Table;

/// How many events are in memory at once.
const PAGE: u32 = 1_000;
/// How many checkpoints are in memory at once.
const CHECKPOINT_PAGE: u32 = 1_000;

/// What is exported beside what always is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// `events.csv`.
    pub csv: bool,
    /// `events.parquet`.
    pub parquet: bool,
}

/// What was exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// Where it lies.
    pub folder: PathBuf,
    /// How many events there are.
    pub events: u64,
    /// How many the checkpoint covers: the same, unless the log is not whole.
    pub covered: u64,
    /// How many events came after the checkpoint and are not in the export.
    pub later: u64,
}

/// A checkpoint's line.
#[derive(Serialize)]
struct CheckpointRow<'a> {
    size: u64,
    signed_at: String,
    note: &'a str,
}

/// Exports the log of this key's name up to its latest checkpoint. `progress` is told the position reached and the last.
///
/// # Errors
/// When there is no checkpoint yet, the folder is there already, or something cannot be read or written.
pub async fn export(
    store: &Store,
    key: &Verifier,
    folder: &Path,
    extras: Extras,
    progress: impl Fn(u64, u64),
) -> Result<Exported, AuditError> {
    let Some(latest) = store.latest_checkpoint(key.name()).await? else {
        return Err(AuditError::NothingSigned);
    };
    let size = latest.size;
    let mut fresh = Folder::begin(folder)?;
    fresh.file("README.md", reference::readme(size, key, &latest).as_bytes())?;
    fresh.file("key", format!("{key}\n").as_bytes())?;
    fresh.file("verify.py", reference::VERIFIER.as_bytes())?;
    for (path, text) in reference::SCHEMAS {
        fresh.file(&format!("schemas/{path}"), text.as_bytes())?;
    }
    let cosignatures = store.cosignatures(key.name(), size).await?;
    fresh.file(
        "checkpoint",
        format!("{}{}", latest.note, cosignatures.concat()).as_bytes(),
    )?;
    checkpoints(store, key.name(), size, &mut fresh).await?;
    for tile in Tile::all(size) {
        // What is missing stays missing: that is for the verifier to find.
        if let Some(bytes) = store.tile(SignedLog::Events, tile).await? {
            fresh.file(&tile.path(), &bytes)?;
        }
    }
    let events = events(store, size, extras, &mut fresh, progress).await?;
    fresh.end()?;
    let later = store.log_head().await?.position().saturating_sub(size);
    Ok(Exported {
        folder: folder.to_owned(),
        events,
        covered: size,
        later,
    })
}

async fn checkpoints(store: &Store, origin: &str, size: u64, fresh: &mut Folder) -> Result<(), AuditError> {
    let mut file = fresh.open("checkpoints.ndjson")?;
    let mut after = 0;
    loop {
        let page = store.checkpoints(origin, after, CHECKPOINT_PAGE).await?;
        let Some(last) = page.last().map(|it| it.size) else {
            break;
        };
        for it in page.iter().filter(|it| it.size <= size) {
            let row = CheckpointRow {
                size: it.size,
                signed_at: it.signed_at.to_rfc3339(),
                note: &it.note,
            };
            file.line(&row)?;
        }
        after = last;
    }
    fresh.close(file)
}

async fn events(
    store: &Store,
    size: u64,
    extras: Extras,
    fresh: &mut Folder,
    progress: impl Fn(u64, u64),
) -> Result<u64, AuditError> {
    let mut file = fresh.open("events.ndjson")?;
    let mut table = match extras.csv {
        true => Some(Table::begin(fresh.open("events.csv")?)?),
        false => None,
    };
    let mut columns = match extras.parquet {
        true => Some(Columns::begin(fresh.open("events.parquet")?)?),
        false => None,
    };
    let (mut due, mut written) = (1, 0);
    while due <= size {
        let page = store.read_log(due, PAGE).await?;
        let Some(last) = page.last() else { break };
        due = last.position + 1;
        for entry in page.iter().filter(|entry| entry.position <= size) {
            let row = EventRow::of(entry);
            file.line(&row)?;
            if let Some(table) = &mut table {
                table.row(&row)?;
            }
            if let Some(columns) = &mut columns {
                columns.row(&row)?;
            }
            written += 1;
        }
        progress(due - 1, size);
    }
    if let Some(table) = table {
        fresh.close(table.end()?)?;
    }
    if let Some(columns) = columns {
        fresh.close(columns.end()?)?;
    }
    fresh.close(file)?;
    Ok(written)
}

/// A folder that appears when it is whole.
struct Folder {
    target: PathBuf,
    fresh: PathBuf,
    sums: Vec<(String, String)>,
}

impl Folder {
    fn begin(target: &Path) -> Result<Self, AuditError> {
        if target.exists() {
            return Err(AuditError::Exists(target.display().to_string()));
        }
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let fresh = target.with_file_name(format!(".{name}.unfinished"));
        if fresh.exists() {
            fs::remove_dir_all(&fresh)?;
        }
        fs::create_dir_all(&fresh)?;
        Ok(Self {
            target: target.to_owned(),
            fresh,
            sums: Vec::new(),
        })
    }

    fn file(&mut self, path: &str, bytes: &[u8]) -> Result<(), AuditError> {
        let mut file = self.open(path)?;
        file.write_all(bytes)?;
        self.close(file)
    }

    fn open(&self, path: &str) -> Result<Summed, AuditError> {
        let place = self.fresh.join(path);
        if let Some(parent) = place.parent() {
            fs::create_dir_all(parent)?;
        }
        Ok(Summed {
            path: path.to_owned(),
            file: BufWriter::with_capacity(1 << 16, File::create(place)?),
            sum: Sha256::new(),
        })
    }

    fn close(&mut self, mut file: Summed) -> Result<(), AuditError> {
        file.file.flush()?;
        file.file.get_ref().sync_all()?;
        let sum: [u8; 32] = file.sum.finalize().into();
        self.sums.push((file.path, tlog::hash::hex(&sum)));
        Ok(())
    }

    fn end(mut self) -> Result<(), AuditError> {
        self.sums.sort();
        let sums: String = self
            .sums
            .iter()
            .map(|(path, sum)| format!("{sum}  {path}\n"))
            .collect();
        self.file("SHA256SUMS", sums.as_bytes())?;
        fs::rename(&self.fresh, &self.target)?;
        Ok(())
    }
}

/// A file whose sum is taken as it is written.
struct Summed {
    path: String,
    file: BufWriter<File>,
    sum: Sha256,
}

impl Summed {
    fn line(&mut self, row: &impl Serialize) -> Result<(), AuditError> {
        let mut line = serde_json::to_vec(row).map_err(io::Error::from)?;
        line.push(b'\n');
        Ok(self.write_all(&line)?)
    }
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.sum.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

//! Who was erased, remembered outside PostgreSQL: a restored database must not bring anybody back.
//!
//! One file beside the epoch keys, one line an erasure: the registration and when it was written down. It is only ever
//! added to, and flushed to the disk before an erasure is acknowledged. It names nobody: a registration's number leads
//! to sealed events whose key is gone.
//!
//! What is erased in PostgreSQL cannot be taken back, so room for its line is taken before: a line of blanks, which is
//! overwritten where it stands. That takes no more room, except where the file system writes every change elsewhere
//! (Btrfs, ZFS). One that was not needed stays blank, and is nobody.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use chrono::{SecondsFormat, Utc};
use domain::values::RegistrationId;

use crate::{Keyring, KeyringError, key_file};

/// The file that belongs to a master key.
pub(crate) fn file_of(master_key_file: &Path) -> PathBuf {
    let mut file = master_key_file.as_os_str().to_owned();
    file.push(".erased");
    PathBuf::from(file)
}

/// Room for one line, taken and flushed to the disk.
#[derive(Debug)]
pub struct TombstoneRoom {
    file: File,
    path: PathBuf,
    offset: u64,
}

impl TombstoneRoom {
    /// Remembers in this room that somebody was erased. When this returns, the disk has it.
    ///
    /// # Errors
    /// [`KeyringError::File`]; then the erasure must not be acknowledged.
    pub fn remember(self, erased: RegistrationId) -> Result<(), KeyringError> {
        let line = line_of(erased);
        self.file
            .write_all_at(line.as_bytes(), self.offset)
            .and_then(|()| self.file.sync_all())
            .map_err(|fault| key_file::file_fault("add to", &self.path, fault))
    }
}

/// Always of one length: that of the room which is taken for it.
fn line_of(erased: RegistrationId) -> String {
    let now = Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true);
    format!("{erased} {now}\n")
}

impl Keyring {
    /// Takes room for one more erasure, before anything is destroyed.
    ///
    /// # Errors
    /// [`KeyringError::File`]; [`KeyringError::is_for_want_of_room`] tells a full disk.
    pub fn room_for_erased(&self) -> Result<TombstoneRoom, KeyringError> {
        let mut line = line_of(RegistrationId(uuid::Uuid::from_u128(0))).into_bytes();
        let blanks = line.len() - 1;
        line[..blanks].fill(b' ');
        let (file, offset) = self.add_lines(&line)?;
        let path = file_of(self.epoch_keys().master_key_file());
        Ok(TombstoneRoom { file, path, offset })
    }

    /// Remembers that these were erased. When this returns, the disk has it. Remembering somebody twice does no harm.
    ///
    /// # Errors
    /// [`KeyringError::File`].
    pub fn remember_erased(&self, erased: &[RegistrationId]) -> Result<(), KeyringError> {
        let lines: String = erased.iter().copied().map(line_of).collect();
        self.add_lines(lines.as_bytes()).map(drop)
    }

    /// Adds whole lines and flushes them. The file, and where in it they begin. When they cannot be added, the file stays as
    /// it was.
    fn add_lines(&self, lines: &[u8]) -> Result<(File, u64), KeyringError> {
        let master_key_file = self.epoch_keys().master_key_file();
        let path = file_of(master_key_file);
        let add = || -> std::io::Result<(File, u64)> {
            let is_new = !path.exists();
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .mode(0o600)
                .open(&path)?;
            let end = file.seek(SeekFrom::End(0))?;
            // A power failure may have left half a line; what follows must not become part of it.
            let mut last = [b'\n'];
            if end > 0 {
                file.read_exact_at(&mut last, end - 1)?;
            }
            let separator: &[u8] = if last == [b'\n'] { b"" } else { b"\n" };
            let written = file
                .write_all(&[separator, lines].concat())
                .and_then(|()| file.sync_all());
            if let Err(fault) = written {
                // Some of it may be there already.
                let _ = file.set_len(end);
                return Err(fault);
            }
            if is_new {
                key_file::flush_folder(&path)?;
            }
            Ok((file, end + separator.len() as u64))
        };
        key_file::locked(master_key_file, || {
            add().map_err(|fault| key_file::file_fault("add to", &path, fault))
        })
    }

    /// Everybody who was ever erased, as the file has it. Half a line, left by a power failure, is nobody.
    ///
    /// # Errors
    /// [`KeyringError::File`].
    pub fn erased(&self) -> Result<HashSet<RegistrationId>, KeyringError> {
        let path = file_of(self.epoch_keys().master_key_file());
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => return Ok(HashSet::new()),
            Err(fault) => return Err(key_file::file_fault("read", &path, fault)),
        };
        Ok(text
            .lines()
            .filter_map(|line| line.split(' ').next()?.parse().ok())
            .collect())
    }
}

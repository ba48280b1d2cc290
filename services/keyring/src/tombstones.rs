//! Who was erased, remembered outside PostgreSQL: a restored database must not bring anybody back.
//!
//! One file beside the epoch keys, one line an erasure: the registration and when it was written down. It is only ever
//! added to, and flushed to the disk before an erasure is acknowledged. It names nobody: a registration's number leads
//! to sealed events whose key is gone.

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
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

impl Keyring {
    /// Remembers that these were erased. When this returns, the disk has it. Remembering somebody twice does no harm.
    ///
    /// # Errors
    /// [`KeyringError::File`]; then the erasure must not be acknowledged.
    pub fn remember_erased(&self, erased: &[RegistrationId]) -> Result<(), KeyringError> {
        let master_key_file = self.epoch_keys().master_key_file();
        let path = file_of(master_key_file);
        let now = Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true);
        let lines: String = erased.iter().map(|id| format!("{id} {now}\n")).collect();
        let add = || -> std::io::Result<()> {
            let is_new = !path.exists();
            let mut file = OpenOptions::new()
                .read(true)
                .append(true)
                .create(true)
                .mode(0o600)
                .open(&path)?;
            // A power failure may have left half a line; what follows must not become part of it.
            let mut last = [b'\n'];
            if file.seek(SeekFrom::End(0))? > 0 {
                file.seek(SeekFrom::End(-1))?;
                file.read_exact(&mut last)?;
            }
            if last != [b'\n'] {
                file.write_all(b"\n")?;
            }
            file.write_all(lines.as_bytes())?;
            file.sync_all()?;
            if is_new {
                key_file::flush_folder(&path)
            } else {
                Ok(())
            }
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

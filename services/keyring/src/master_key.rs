//! The master key: 256 random bits in one private file, made once.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::cipher::Key;
use crate::{KeyringError, chance, epochs, key_file};

const PREFIX: &str = "onboarding-master-key-v1";

/// Reads the master key, and makes it when there is none.
pub(crate) fn open(path: &Path) -> Result<Key, KeyringError> {
    match read(path)? {
        Some(key) => Ok(key),
        None => key_file::locked(path, || match read(path)? {
            Some(key) => Ok(key),
            None => make(path),
        }),
    }
}

/// The folder of the epoch keys that a master key wraps.
pub(crate) fn epochs_folder(path: &Path) -> PathBuf {
    let mut folder = path.as_os_str().to_owned();
    folder.push(".epochs");
    PathBuf::from(folder)
}

fn read(path: &Path) -> Result<Option<Key>, KeyringError> {
    let Some(bytes) = key_file::read(path, PREFIX)? else {
        return Ok(None);
    };
    let key: [u8; 32] = bytes
        .as_slice()
        .try_into()
        .map_err(|_| key_file::format_fault(path, "its key is not of 32 bytes"))?;
    Ok(Some(Zeroizing::new(key)))
}

fn make(path: &Path) -> Result<Key, KeyringError> {
    if !epochs::names(&epochs_folder(path))?.is_empty() {
        return Err(KeyringError::MasterKeyLost {
            path: path.to_owned(),
        });
    }
    let key = Zeroizing::new(chance::bytes()?);
    key_file::write_new(path, PREFIX, key.as_slice())?;
    tracing::info!(file = %path.display(), "made a master key; back it up apart from the database");
    Ok(key)
}

//! Epoch keys: each wraps the persons' keys of some days, and its destruction makes erasures reach backups.
//!
//! A destroyed person key still stands, wrapped, in dead rows, in the write-ahead log and in backups. Once every
//! living key is rewrapped under a younger epoch and the old epoch's key is destroyed, those copies are dead too.
//!
//! The folder is the truth of its machine; machines hand each other what they lack, sealed as it lies there. It is looked at whenever a key is wrapped or an epoch is unknown, so that running
//! programs follow an epoch that another one began or destroyed. An epoch's name is a UUID of version 7, hence
//! names sort by age. Wait some minutes between rewrapping and destroying: a command under way may still hold a key
//! wrapped under the old epoch, and rewrap again before the end.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use uuid::{NoContext, Timestamp, Uuid};
use zeroize::Zeroizing;

use crate::cipher::{self, Key, framed};
use crate::subkeys::{Label, Subkeys};
use crate::{Keyring, KeyringError, chance, key_file, master_key};

const PREFIX: &str = "onboarding-epoch-key-v1";

/// An epoch: a span of time whose new personal keys are wrapped by one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Epoch {
    /// Its name, as in [`crate::WrappedKey::epoch`].
    pub name: String,
    /// When it began.
    pub began_at: SystemTime,
}

/// The epoch keys of one installation, those at hand kept unwrapped.
pub(crate) struct Epochs {
    master_key_file: PathBuf,
    folder: PathBuf,
    wrapping: Key,
    unwrapped: RwLock<BTreeMap<Uuid, Key>>,
}

impl Epochs {
    /// The folder as it is, which may hold none yet.
    pub(crate) fn beside(master_key_file: &Path, subkeys: &Subkeys) -> Self {
        Self {
            master_key_file: master_key_file.to_owned(),
            folder: master_key::epochs_folder(master_key_file),
            wrapping: subkeys.key(Label::EpochWrapping).clone(),
            unwrapped: RwLock::default(),
        }
    }

    /// Opens the folder, begins an epoch when there is none, and proves that the youngest opens.
    pub(crate) fn open(master_key_file: &Path, subkeys: &Subkeys) -> Result<Self, KeyringError> {
        let epochs = Self::beside(master_key_file, subkeys);
        if names(&epochs.folder)?.is_empty() {
            key_file::locked(master_key_file, || match names(&epochs.folder)?.is_empty() {
                true => epochs.begin_under_lock().map(drop),
                false => Ok(()),
            })?;
        }
        epochs.current()?;
        Ok(epochs)
    }

    /// The youngest epoch and its key. Forgets those that were destroyed.
    pub(crate) fn current(&self) -> Result<(Uuid, Key), KeyringError> {
        let names = names(&self.folder)?;
        self.unwrapped
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|name, _| names.contains(name));
        let youngest = names.last().copied().ok_or_else(|| unknown("(none)"))?;
        Ok((youngest, self.key(youngest)?))
    }

    /// The key of the epoch of this name.
    pub(crate) fn named(&self, name: &str) -> Result<Key, KeyringError> {
        self.key(Uuid::try_parse(name).map_err(|_| unknown(name))?)
    }

    fn key(&self, name: Uuid) -> Result<Key, KeyringError> {
        if let Some(key) = self
            .unwrapped
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&name)
        {
            return Ok(key.clone());
        }
        let path = self.path(name);
        let wrapped = key_file::read(&path, PREFIX)?.ok_or_else(|| unknown(&name.to_string()))?;
        let foreign = |_| KeyringError::ForeignEpoch { path: path.clone() };
        let clear = cipher::open_joined(&self.wrapping, &place(name), &wrapped).map_err(foreign)?;
        let key = cipher::key_from(&clear).map_err(foreign)?;
        self.unwrapped
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name, key.clone());
        Ok(key)
    }

    /// The key of an epoch as it lies here, sealed under the master key.
    fn hand_out(&self, name: &str) -> Result<Option<String>, KeyringError> {
        let name = Uuid::try_parse(name).map_err(|_| unknown(name))?;
        let line = key_file::read_line(&self.path(name))?;
        Ok(line.map(|it| it.trim_end().to_owned()))
    }

    /// Keeps a key that was handed out elsewhere, once it is sure that it was made under this master key for this epoch.
    fn take_in(&self, name: &str, line: &str) -> Result<bool, KeyringError> {
        let name = Uuid::try_parse(name).map_err(|_| unknown(name))?;
        let path = self.path(name);
        let wrapped = key_file::decode(&path, PREFIX, line)?;
        let foreign = |_| KeyringError::ForeignEpoch { path: path.clone() };
        let clear = cipher::open_joined(&self.wrapping, &place(name), &wrapped).map_err(foreign)?;
        cipher::key_from(&clear).map_err(foreign)?;
        key_file::locked(&self.master_key_file, || {
            key_file::make_folder(&self.folder)?;
            if names(&self.folder)?.contains(&name) {
                return Ok(false);
            }
            key_file::write_new(&path, PREFIX, &wrapped)?;
            tracing::info!(epoch = %name, "took in an epoch of personal keys");
            Ok(true)
        })
    }

    fn begin(&self) -> Result<Epoch, KeyringError> {
        key_file::locked(&self.master_key_file, || self.begin_under_lock())
    }

    fn begin_under_lock(&self) -> Result<Epoch, KeyringError> {
        key_file::make_folder(&self.folder)?;
        let youngest = names(&self.folder)?.last().map(|it| began_at(*it));
        let name = name_after(youngest);
        let key: Key = Zeroizing::new(chance::bytes()?);
        let wrapped = cipher::seal_joined(&self.wrapping, &place(name), key.as_slice())?;
        key_file::write_new(&self.path(name), PREFIX, &wrapped)?;
        tracing::info!(epoch = %name, "began an epoch of personal keys");
        Ok(describe(name))
    }

    fn destroy(&self, name: &str) -> Result<(), KeyringError> {
        let name = Uuid::try_parse(name).map_err(|_| unknown(name))?;
        key_file::locked(&self.master_key_file, || {
            let names = names(&self.folder)?;
            if !names.contains(&name) {
                return Err(unknown(&name.to_string()));
            }
            if names.last() == Some(&name) {
                return Err(KeyringError::EpochInUse {
                    epoch: name.to_string(),
                });
            }
            key_file::destroy(&self.path(name))
        })?;
        self.unwrapped
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&name);
        tracing::info!(epoch = %name, "destroyed an epoch of personal keys");
        Ok(())
    }

    /// The master key's file, which names everything beside it.
    pub(crate) fn master_key_file(&self) -> &Path {
        &self.master_key_file
    }

    fn path(&self, name: Uuid) -> PathBuf {
        self.folder.join(name.to_string())
    }
}

/// The names of the epochs whose keys lie beside this master key. Nothing is opened, and nothing made.
///
/// # Errors
/// When the folder cannot be read.
pub fn epochs_beside(master_key_file: &Path) -> Result<BTreeSet<String>, KeyringError> {
    let names = names(&master_key::epochs_folder(master_key_file))?;
    Ok(names.iter().map(Uuid::to_string).collect())
}

impl Keyring {
    /// Every epoch whose key exists, oldest first; the last is in use.
    pub fn epochs(&self) -> Result<Vec<Epoch>, KeyringError> {
        Ok(names(&self.epoch_keys().folder)?
            .into_iter()
            .map(describe)
            .collect())
    }

    /// Begins an epoch: from here on new persons' keys are wrapped by its key.
    pub fn begin_epoch(&self) -> Result<Epoch, KeyringError> {
        self.epoch_keys().begin()
    }

    /// The key of an epoch as it lies here, sealed under the master key, for another machine of this installation.
    pub fn hand_out_epoch(&self, name: &str) -> Result<Option<String>, KeyringError> {
        self.epoch_keys().hand_out(name)
    }

    /// Keeps a key that another machine handed out, for good. True when it was not here.
    ///
    /// # Errors
    /// [`KeyringError::ForeignEpoch`] when it is of another master key or another epoch.
    pub fn take_in_epoch(&self, name: &str, handed_out: &str) -> Result<bool, KeyringError> {
        self.epoch_keys().take_in(name, handed_out)
    }

    /// Destroys an epoch's key, for good: whatever it still wraps is unreadable. Refused for the one in use.
    pub fn destroy_epoch(&self, name: &str) -> Result<(), KeyringError> {
        self.epoch_keys().destroy(name)
    }
}

/// The names of the epochs in a folder, oldest first. Other files, such as drafts, are no epochs.
pub(crate) fn names(folder: &Path) -> Result<Vec<Uuid>, KeyringError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(fault) => return Err(key_file::file_fault("read", folder, fault)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|fault| key_file::file_fault("read", folder, fault))?;
        names.extend(
            entry
                .file_name()
                .to_str()
                .and_then(|text| Uuid::try_parse(text).ok()),
        );
    }
    names.sort_unstable();
    Ok(names)
}

/// A name that sorts after every earlier one, even when the clock has gone back since.
fn name_after(youngest: Option<SystemTime>) -> Uuid {
    let after = youngest.map_or(SystemTime::UNIX_EPOCH, |at| at + Duration::from_millis(1));
    let at = SystemTime::now()
        .max(after)
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, at.as_secs(), at.subsec_nanos()))
}

fn began_at(name: Uuid) -> SystemTime {
    let (seconds, nanoseconds) = name.get_timestamp().map_or((0, 0), |it| it.to_unix());
    SystemTime::UNIX_EPOCH + Duration::new(seconds, nanoseconds)
}

fn describe(name: Uuid) -> Epoch {
    Epoch {
        name: name.to_string(),
        began_at: began_at(name),
    }
}

fn place(name: Uuid) -> Vec<u8> {
    framed(&[b"epoch key v1", name.as_bytes()])
}

fn unknown(name: &str) -> KeyringError {
    KeyringError::EpochUnknown {
        epoch: name.to_owned(),
    }
}

//! What can go wrong with keys. Each text says what to do; none carries a key or a person's data.

use std::path::PathBuf;

/// A fault of the keyring.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// A key file cannot be read or made.
    #[error("cannot {action} {path}: {source}; check that the account that runs the service owns it and may read and write there", path = path.display())]
    File {
        /// What was tried, such as `read`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A key file may be read or changed by other accounts.
    #[error("{path} may be read or changed by other accounts (mode {mode:04o}); run `chmod 600` on it, and replace the key if another account may have read it", path = path.display())]
    TooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A key file is not what it should be.
    #[error("{path} is not a key file: {fault}; restore it from its backup, or move it away to start with a new key if nothing was stored under it", path = path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        fault: &'static str,
    },
    /// Epoch keys exist, and the master key that wraps them does not.
    #[error("{path} is missing, but epoch keys that it wraps exist beside it; restore it from its backup, since a new key could read nothing that is stored", path = path.display())]
    MasterKeyLost {
        /// The missing file.
        path: PathBuf,
    },
    /// An epoch key was not wrapped by this master key, or was altered.
    #[error("{path} was not made under this master key, or was altered; restore both from the same backup", path = path.display())]
    ForeignEpoch {
        /// The epoch's file.
        path: PathBuf,
    },
    /// No such epoch: destroyed, or never copied here.
    #[error(
        "epoch key {epoch} does not exist here; it was destroyed, or the `.epochs` folder was not copied along with the master key"
    )]
    EpochUnknown {
        /// The epoch's name.
        epoch: String,
    },
    /// The epoch is the one in use.
    #[error("epoch key {epoch} is in use; begin another epoch and rewrap the persons' keys first")]
    EpochInUse {
        /// The epoch's name.
        epoch: String,
    },
    /// A sealed or wrapped value does not open here: other key, other place, or altered.
    #[error("the sealed value does not open with this key at this place")]
    DoesNotOpen,
    /// The sealed value names another key than the one at hand.
    #[error("the sealed value belongs to another key")]
    OtherKey,
    /// A sealing version that this program does not know.
    #[error("sealing version {0} is not known here; a newer program wrote it")]
    UnknownVersion(u8),
    /// The value cannot be written as JSON, or what was sealed is not the expected value.
    #[error("the sealed value has another shape than expected")]
    Shape,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    NoChance,
    /// A cipher or key derivation refused its input, which its types should rule out.
    #[error("a cipher refused its input")]
    Cipher,
}

impl KeyringError {
    /// Whether a file could not be written because the disk, or the account's share of it, is full. It can be again once
    /// there is room.
    pub fn is_for_want_of_room(&self) -> bool {
        use std::io::ErrorKind::{QuotaExceeded, StorageFull};
        matches!(self, Self::File { source, .. } if matches!(source.kind(), StorageFull | QuotaExceeded))
    }
}

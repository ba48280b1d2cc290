//! Contact references at rest: sealed under one key, each bound to the index under which it is found.

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::cipher::{self, framed};
use crate::subkeys::Label;
use crate::{Keyring, KeyringError, padding};

impl Keyring {
    /// Seals an entry of the contact directory for the row of this index.
    pub fn seal_directory(&self, index: &[u8; 32], value: &impl Serialize) -> Result<Vec<u8>, KeyringError> {
        let mut clear = Zeroizing::new(serde_json::to_vec(value).map_err(|_| KeyringError::Shape)?);
        padding::pad(&mut clear);
        cipher::seal_joined(self.subkeys().key(Label::DirectorySealing), &place(index), &clear)
    }

    /// Opens an entry that was sealed for the row of this index.
    pub fn open_directory<T: DeserializeOwned>(
        &self,
        index: &[u8; 32],
        sealed: &[u8],
    ) -> Result<T, KeyringError> {
        let padded = cipher::open_joined(self.subkeys().key(Label::DirectorySealing), &place(index), sealed)?;
        serde_json::from_slice(padding::unpad(&padded)?).map_err(|_| KeyringError::Shape)
    }
}

fn place(index: &[u8; 32]) -> Vec<u8> {
    framed(&[b"directory entry v1", index])
}

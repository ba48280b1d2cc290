//! AES-256-GCM with a random 96-bit nonce, in the one form in which this crate uses it.
//!
//! A person's key seals tens of values and an epoch or directory key at most some millions: far below the 2^32
//! at which random nonces under one key become a risk (NIST SP 800-38D, 8.3).

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use zeroize::Zeroizing;

use crate::{KeyringError, chance};

/// A 256-bit key, wiped when dropped.
pub(crate) type Key = Zeroizing<[u8; 32]>;

/// Bytes of a nonce.
pub(crate) const NONCE_LENGTH: usize = 12;

/// Seals `clear` and answers nonce and ciphertext with its tag.
pub(crate) fn seal(
    key: &Key,
    place: &[u8],
    clear: &[u8],
) -> Result<([u8; NONCE_LENGTH], Vec<u8>), KeyringError> {
    let nonce = chance::bytes::<NONCE_LENGTH>()?;
    let sealed = cipher(key)?
        .encrypt(
            Nonce::from_slice(&nonce),
            Payload {
                msg: clear,
                aad: place,
            },
        )
        .map_err(|_| KeyringError::Cipher)?;
    Ok((nonce, sealed))
}

/// Opens what [`seal`] made for the same key and place.
pub(crate) fn open(
    key: &Key,
    place: &[u8],
    nonce: &[u8; NONCE_LENGTH],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
    cipher(key)?
        .decrypt(
            Nonce::from_slice(nonce),
            Payload {
                msg: sealed,
                aad: place,
            },
        )
        .map(Zeroizing::new)
        .map_err(|_| KeyringError::DoesNotOpen)
}

/// Seals into one row of bytes: nonce, then ciphertext.
pub(crate) fn seal_joined(key: &Key, place: &[u8], clear: &[u8]) -> Result<Vec<u8>, KeyringError> {
    let (nonce, sealed) = seal(key, place, clear)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

/// Opens what [`seal_joined`] made.
pub(crate) fn open_joined(
    key: &Key,
    place: &[u8],
    joined: &[u8],
) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
    let (nonce, sealed) = joined
        .split_first_chunk::<NONCE_LENGTH>()
        .ok_or(KeyringError::DoesNotOpen)?;
    open(key, place, nonce, sealed)
}

/// Reads a wrapped key's clear bytes.
pub(crate) fn key_from(clear: &[u8]) -> Result<Key, KeyringError> {
    clear
        .try_into()
        .map(Zeroizing::new)
        .map_err(|_| KeyringError::DoesNotOpen)
}

/// Joins fields so that no two lists give the same bytes: each has its length before it.
pub(crate) fn framed(fields: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(fields.iter().map(|field| field.len() + 8).sum());
    for field in fields {
        bytes.extend_from_slice(&(field.len() as u64).to_be_bytes());
        bytes.extend_from_slice(field);
    }
    bytes
}

fn cipher(key: &Key) -> Result<Aes256Gcm, KeyringError> {
    Aes256Gcm::new_from_slice(key.as_slice()).map_err(|_| KeyringError::Cipher)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_keep_fields_apart() {
        assert_ne!(framed(&[b"ab", b"c"]), framed(&[b"a", b"bc"]));
        assert_ne!(framed(&[b"", b"a"]), framed(&[b"a", b""]));
        assert_ne!(framed(&[b"a"]), framed(&[b"a", b""]));
    }

    #[test]
    fn what_is_too_short_does_not_open() {
        let key = Zeroizing::new([7; 32]);
        assert!(matches!(
            open_joined(&key, b"", &[0; 11]),
            Err(KeyringError::DoesNotOpen)
        ));
        assert!(matches!(
            open_joined(&key, b"", &[0; 12]),
            Err(KeyringError::DoesNotOpen)
        ));
    }
}

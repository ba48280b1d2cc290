//! The one source of chance: the operating system, asked each time.
//!
//! No generator of our own keeps a state, so that a forked or restored machine never repeats a nonce.

use rand::TryRngCore;
use rand::rngs::OsRng;
use uuid::Uuid;

use crate::KeyringError;

/// `N` random bytes.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], KeyringError> {
    let mut bytes = [0; N];
    OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(|_| KeyringError::NoChance)?;
    Ok(bytes)
}

/// A random identifier (UUID of version 4).
pub(crate) fn uuid() -> Result<Uuid, KeyringError> {
    Ok(uuid::Builder::from_random_bytes(bytes()?).into_uuid())
}

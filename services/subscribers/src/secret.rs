//! A subscriber's secret: shown once, kept as a digest.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use crate::SubscriberError;

/// 256 random bits as 43 characters of Base64url, which pass through URLs and headers as they stand. `Debug` shows nothing.
#[derive(Clone)]
pub struct SubscriberSecret(String);

impl SubscriberSecret {
    /// A new one.
    pub(crate) fn new() -> Result<Self, SubscriberError> {
        let mut bytes = Zeroizing::new([0; 32]);
        OsRng
            .try_fill_bytes(bytes.as_mut_slice())
            .map_err(|_| SubscriberError::NoRandomness)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes.as_slice())))
    }

    /// The text, for its bearer alone.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(crate) fn digest(&self) -> [u8; 32] {
        digest(&self.0)
    }
}

/// What is kept of a secret that somebody presents.
pub(crate) fn digest(presented: &str) -> [u8; 32] {
    Sha256::digest(presented.as_bytes()).into()
}

impl fmt::Debug for SubscriberSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SubscriberSecret([secret])")
    }
}

impl Drop for SubscriberSecret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

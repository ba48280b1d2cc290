//! The token of another system of the organisation: a file of one line, which its bearer presents as it stands.
//!
//! It opens nothing that is sealed, so it is not derived from the master key: an operator may change it at any time.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{KeyringError, chance, key_file};

/// Fewest characters of a token that an operator chooses: what no one guesses.
const LENGTH_MIN: usize = 32;

/// What is kept of a token in memory: its digest. `Debug` shows nothing.
#[derive(Clone)]
pub struct ServiceToken([u8; 32]);

impl std::fmt::Debug for ServiceToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServiceToken([secret])")
    }
}

impl ServiceToken {
    /// Reads the file, and makes it with mode 0600 when it is missing: 43 characters of Base64url, 256 random bits.
    ///
    /// # Errors
    /// A file that others may read, or whose line is not a token: at least 32 characters of those that a bearer's
    /// header may hold (RFC 6750).
    pub fn open(path: &Path) -> Result<Self, KeyringError> {
        if let Some(line) = key_file::read_line(path)? {
            return Self::of_line(path, &line);
        }
        key_file::locked(path, || match key_file::read_line(path)? {
            // Another program was quicker.
            Some(line) => Self::of_line(path, &line),
            None => {
                let bytes = Zeroizing::new(chance::bytes::<32>()?);
                let token = Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice()));
                key_file::write_line(path, &token)?;
                Ok(Self(digest(&token)))
            }
        })
    }

    fn of_line(path: &Path, line: &str) -> Result<Self, KeyringError> {
        let token = line.trim();
        let is_token = token.len() >= LENGTH_MIN
            && token
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b));
        if is_token {
            Ok(Self(digest(token)))
        } else {
            Err(key_file::format_fault(
                path,
                "its line is not a token: 32 characters or more of A-Z a-z 0-9 - . _ ~ + / =",
            ))
        }
    }

    /// Whether this is the token. Takes the same time whatever is presented.
    pub fn is(&self, presented: &str) -> bool {
        self.0.ct_eq(&digest(presented)).into()
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

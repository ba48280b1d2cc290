//! Session tokens: 256 random bits for the bearer, a keyed digest for the store.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::{Zeroize, Zeroizing};

use crate::subkeys::Label;
use crate::{Keyring, KeyringError, chance};

/// A session's token, for its bearer only: 43 characters of Base64url. Wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

impl SessionToken {
    /// The token's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionToken([secret])")
    }
}

impl Drop for SessionToken {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl Keyring {
    /// A new token, and the digest by which the store knows it.
    pub fn session_token(&self) -> Result<(SessionToken, [u8; 32]), KeyringError> {
        let bytes = Zeroizing::new(chance::bytes::<32>()?);
        let token = SessionToken(URL_SAFE_NO_PAD.encode(bytes.as_slice()));
        let digest = self.session_hash(token.as_str());
        Ok((token, digest))
    }

    /// The digest of a token that a request presents, whatever its form.
    pub fn session_hash(&self, token: &str) -> [u8; 32] {
        self.subkeys().mac(Label::SessionDigest, &[token.as_bytes()])
    }
}

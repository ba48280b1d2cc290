//! Signing keys of webhooks at rest: sealed under one key, each bound to the subscriber whose it is.

use zeroize::Zeroizing;

use crate::cipher::{self, framed};
use crate::subkeys::Label;
use crate::{Keyring, KeyringError};

impl Keyring {
    /// Seals the signing key of this subscriber's webhook.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn seal_webhook_key(&self, subscriber: &str, key: &[u8]) -> Result<Vec<u8>, KeyringError> {
        cipher::seal_joined(self.subkeys().key(Label::WebhookSealing), &place(subscriber), key)
    }

    /// Opens the signing key of this subscriber's webhook.
    ///
    /// # Errors
    /// When it was sealed for another, or by another keyring.
    pub fn open_webhook_key(
        &self,
        subscriber: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
        cipher::open_joined(
            self.subkeys().key(Label::WebhookSealing),
            &place(subscriber),
            sealed,
        )
    }
}

fn place(subscriber: &str) -> Vec<u8> {
    framed(&[b"webhook key v1", subscriber.as_bytes()])
}

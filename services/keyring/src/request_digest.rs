//! Recognising a repeated request without keeping what was in it.

use uuid::{Builder, Uuid};

use crate::Keyring;
use crate::subkeys::Label;

impl Keyring {
    /// The keyed digest of a request's parts. Leave passwords out; the store keeps the digest, and nothing else.
    pub fn request_hash(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.subkeys().mac(Label::RequestDigest, parts)
    }

    /// The identifier of a command that carries an `Idempotency-Key`: the same for the same client, method, route and
    /// key, and never another client's. A UUID of version 8, made from a keyed digest as version 5 is from a plain one.
    pub fn command_id(&self, principal: &str, method: &str, route: &str, idempotency_key: &str) -> Uuid {
        let fields = [principal, method, route, idempotency_key].map(str::as_bytes);
        Builder::from_custom_bytes(self.subkeys().short_mac(Label::CommandId, &fields)).into_uuid()
    }
}

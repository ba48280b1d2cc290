//! Recognising a request that is made again: by its key, and by a digest of its content.

use crate::{Idempotency, Onboarding};

impl Onboarding {
    /// What makes a repeated request harmless.
    ///
    /// `principal` says whose key it is (a registration, an account, a link), `method` and `route` what it was used
    /// for, `key` what the client chose. `content` is what was sent, the password left out: everything is digested
    /// under a secret, and only the digests are stored.
    pub fn idempotency(
        &self,
        principal: &str,
        method: &str,
        route: &str,
        key: &str,
        content: &[&[u8]],
    ) -> Idempotency {
        let keyring = &self.ground.keyring;
        Idempotency {
            command_id: keyring.command_id(principal, method, route, key),
            request_hash: keyring.request_hash(content),
        }
    }
}

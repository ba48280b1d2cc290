//! The continuation token: whoever holds it goes on with an unfinished registration. Derived, never stored.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::values::{RegistrationId, RequestId};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::Keyring;
use crate::link_token::decode_token;
use crate::subkeys::Label;

impl Keyring {
    /// The token of a registration, 64 characters of Base64url. `grant` is the request whose mail handed it out, if any,
    /// so that a resumed registration gets a token of its own. Secret: show it to its bearer only.
    pub fn continuation_token(&self, registration: RegistrationId, grant: Option<RequestId>) -> String {
        let grant = grant.map_or(Uuid::nil(), |request| request.0);
        let mut bytes = [0; 48];
        bytes[..16].copy_from_slice(registration.0.as_bytes());
        bytes[16..32].copy_from_slice(grant.as_bytes());
        let mac = self.subkeys().short_mac(Label::Continuation, &[&bytes[..32]]);
        bytes[32..].copy_from_slice(&mac);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The registration that a token of ours stands for; `None` for any other text.
    pub fn read_continuation_token(&self, text: &str) -> Option<RegistrationId> {
        let bytes = decode_token(text)?;
        let mac = self.subkeys().short_mac(Label::Continuation, &[&bytes[..32]]);
        let genuine: bool = mac.as_slice().ct_eq(&bytes[32..]).into();
        let registration = Uuid::from_slice(&bytes[..16]).ok()?;
        genuine.then_some(RegistrationId(registration))
    }
}

//! What a browser keeps for us between two pages: an answer not yet sent, sealed, and the token that its forms carry.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::values::RegistrationId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::cipher::{self, framed};
use crate::subkeys::Label;
use crate::{Keyring, KeyringError, padding};

impl Keyring {
    /// Seals an answer that waits for its confirmation, for a cookie. It opens for this registration only; the length
    /// is padded, so that it tells nothing either.
    pub fn seal_answer(
        &self,
        registration: RegistrationId,
        answer: &impl Serialize,
    ) -> Result<String, KeyringError> {
        let mut clear = Zeroizing::new(serde_json::to_vec(answer).map_err(|_| KeyringError::Shape)?);
        padding::pad(&mut clear);
        let sealed = cipher::seal_joined(
            self.subkeys().key(Label::AnswerSealing),
            &place(registration),
            &clear,
        )?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Opens what [`Keyring::seal_answer`] made for this registration; `None` for any other text.
    pub fn open_answer<T: DeserializeOwned>(&self, registration: RegistrationId, text: &str) -> Option<T> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let key = self.subkeys().key(Label::AnswerSealing);
        let padded = cipher::open_joined(key, &place(registration), &sealed).ok()?;
        serde_json::from_slice(padding::unpad(&padded).ok()?).ok()
    }

    /// The token that the forms of one browser carry, made from the random mark in its cookie. Another site can send a
    /// form with the cookie, but can read neither mark nor token.
    pub fn form_token(&self, mark: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.subkeys().short_mac(Label::FormToken, &[mark.as_bytes()]))
    }

    /// Whether this is the token of that mark.
    pub fn is_form_token(&self, mark: &str, token: &str) -> bool {
        !mark.is_empty() && self.form_token(mark).as_bytes().ct_eq(token.as_bytes()).into()
    }
}

fn place(registration: RegistrationId) -> Vec<u8> {
    framed(&[b"held answer v1", registration.0.as_bytes()])
}

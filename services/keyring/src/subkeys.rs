//! One key a purpose, derived from the master key by HKDF-SHA-256 (RFC 5869). Every label is written here.
//!
//! A label never changes its meaning: another use gets another label, or the same with another version.

use hkdf::Hkdf;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

use crate::KeyringError;
use crate::cipher::{Key, framed};

/// What a derived key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    EpochWrapping,
    AddressIndex,
    ContactIndex,
    DirectorySealing,
    VerifyEmailLink,
    AlreadyRegisteredLink,
    ResetPasswordLink,
    ResumeLink,
    Continuation,
    SessionDigest,
    RequestDigest,
    CommandId,
    LogSigning,
    Fingerprint,
    AnswerSealing,
    FormToken,
    EstablishmentIndex,
    Pseudonym,
    WebhookSealing,
}

impl Label {
    const ALL: [Self; 19] = [
        Self::EpochWrapping,
        Self::AddressIndex,
        Self::ContactIndex,
        Self::DirectorySealing,
        Self::VerifyEmailLink,
        Self::AlreadyRegisteredLink,
        Self::ResetPasswordLink,
        Self::ResumeLink,
        Self::Continuation,
        Self::SessionDigest,
        Self::RequestDigest,
        Self::CommandId,
        Self::LogSigning,
        Self::Fingerprint,
        Self::AnswerSealing,
        Self::FormToken,
        Self::EstablishmentIndex,
        Self::Pseudonym,
        Self::WebhookSealing,
    ];

    fn text(self) -> &'static str {
        match self {
            Self::EpochWrapping => "onboarding/v1/epoch wrapping",
            Self::AddressIndex => "onboarding/v1/address index",
            Self::ContactIndex => "onboarding/v1/contact index",
            Self::DirectorySealing => "onboarding/v1/directory sealing",
            Self::VerifyEmailLink => "onboarding/v1/link: verify email",
            Self::AlreadyRegisteredLink => "onboarding/v1/link: already registered",
            Self::ResetPasswordLink => "onboarding/v1/link: reset password",
            Self::ResumeLink => "onboarding/v1/link: resume",
            Self::Continuation => "onboarding/v1/continuation",
            Self::SessionDigest => "onboarding/v1/session digest",
            Self::RequestDigest => "onboarding/v1/request digest",
            Self::CommandId => "onboarding/v1/command id",
            Self::LogSigning => "onboarding/v1/log signing",
            Self::Fingerprint => "onboarding/v1/fingerprint",
            Self::AnswerSealing => "onboarding/v1/answer sealing",
            Self::FormToken => "onboarding/v1/form token",
            Self::EstablishmentIndex => "onboarding/v1/establishment index",
            Self::Pseudonym => "onboarding/v1/pseudonym",
            Self::WebhookSealing => "onboarding/v1/webhook sealing",
        }
    }
}

/// The derived keys, in the order of [`Label::ALL`].
pub(crate) struct Subkeys([Key; Label::ALL.len()]);

impl Subkeys {
    /// Derives every key from the master key.
    pub(crate) fn derive(master: &Key) -> Result<Self, KeyringError> {
        let root = Hkdf::<Sha256>::new(Some(b"onboarding keyring v1"), master.as_slice());
        let mut keys: [Key; Label::ALL.len()] = std::array::from_fn(|_| Zeroizing::new([0; 32]));
        for label in Label::ALL {
            root.expand(label.text().as_bytes(), keys[label as usize].as_mut_slice())
                .map_err(|_| KeyringError::Cipher)?;
        }
        Ok(Self(keys))
    }

    /// The key of this purpose.
    pub(crate) fn key(&self, label: Label) -> &Key {
        &self.0[label as usize]
    }

    /// HMAC-SHA-256 of the fields, kept apart by their lengths, under the key of this purpose.
    pub(crate) fn mac(&self, label: Label, fields: &[&[u8]]) -> [u8; 32] {
        let mut block = padded_to_block(self.key(label));
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&block);
        block.as_mut_slice().zeroize();
        mac.update(&Zeroizing::new(framed(fields)));
        mac.finalize().into_bytes().into()
    }

    /// The first 128 bits of [`Subkeys::mac`]: enough where forging means guessing online.
    pub(crate) fn short_mac(&self, label: Label, fields: &[&[u8]]) -> [u8; 16] {
        let mut short = [0; 16];
        short.copy_from_slice(&self.mac(label, fields)[..16]);
        short
    }
}

/// The key followed by zeros up to the hash's block of 64 bytes: what HMAC does with a short key anyway. A key of
/// exactly this length is the form that the library takes without a way to fail.
fn padded_to_block(key: &Key) -> hmac::digest::Key<Hmac<Sha256>> {
    let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
    block[..32].copy_from_slice(key.as_slice());
    block
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_purpose_has_its_own_key_and_text() {
        let subkeys = Subkeys::derive(&Zeroizing::new([7; 32])).unwrap();
        let keys: HashSet<[u8; 32]> = subkeys.0.iter().map(|key| **key).collect();
        let texts: HashSet<&str> = Label::ALL.iter().map(|label| label.text()).collect();
        assert_eq!((keys.len(), texts.len()), (Label::ALL.len(), Label::ALL.len()));
        assert!(!keys.contains(&[0; 32]), "each was derived");
    }

    #[test]
    fn derived_values_never_change_from_one_release_to_the_next() {
        let subkeys = Subkeys::derive(&Zeroizing::new([7; 32])).unwrap();
        let mac = subkeys.mac(Label::AddressIndex, &[b"clare.dupont@example.org"]);
        assert_eq!(
            mac,
            hex("58cf753cbcfd203900f403326a94f6f994da3e90302917b026b443f6e1b709d3")
        );
    }

    fn hex(text: &str) -> [u8; 32] {
        std::array::from_fn(|place| u8::from_str_radix(&text[2 * place..2 * place + 2], 16).unwrap())
    }
}

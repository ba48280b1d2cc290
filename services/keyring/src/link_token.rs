//! The token of a mailed link: derived when needed, stored nowhere.
//!
//! A mail that is sent again carries the same link, since the same request gives the same token. That a link serves
//! once, and that a newer one replaces it, is the registration's business; here is only whether we made it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use domain::registration::event::LinkPurpose;
use domain::values::{RegistrationId, RequestId};
use subtle::ConstantTimeEq;
use uuid::Uuid;
use zeroize::Zeroize;

use crate::Keyring;
use crate::subkeys::Label;

/// Characters of a token: 48 bytes in Base64url, hence without padding or spare bits.
const TOKEN_LENGTH: usize = 64;

/// What a link stands for, as its event has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The registration.
    pub registration: RegistrationId,
    /// The request for the mail.
    pub request_id: RequestId,
    /// What the link is for.
    pub purpose: LinkPurpose,
    /// When it stops being good. Counts to the microsecond, as the store keeps time.
    pub expires_at: DateTime<Utc>,
}

/// A token: registration, request, and 128 bits that only the key gives. Wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken(String);

impl LinkToken {
    /// The 64 characters of the link's last segment.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkToken([secret])")
    }
}

impl Drop for LinkToken {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// What a token claims. Believe it only after [`LinkClaim::is_genuine`].
#[derive(Clone, Copy)]
pub struct LinkClaim {
    /// The registration that it names.
    pub registration: RegistrationId,
    /// The request that it names.
    pub request_id: RequestId,
    mac: [u8; 16],
}

impl std::fmt::Debug for LinkClaim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinkClaim")
            .field("registration", &self.registration)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

impl Keyring {
    /// The token of a link; the same each time.
    pub fn link_token(&self, link: &Link) -> LinkToken {
        let mut bytes = [0; 48];
        bytes[..16].copy_from_slice(link.registration.0.as_bytes());
        bytes[16..32].copy_from_slice(link.request_id.0.as_bytes());
        bytes[32..].copy_from_slice(&self.link_mac(link));
        LinkToken(URL_SAFE_NO_PAD.encode(bytes))
    }

    fn link_mac(&self, link: &Link) -> [u8; 16] {
        let expiry = link.expires_at.timestamp_micros().to_be_bytes();
        let fields: [&[u8]; 3] = [
            link.registration.0.as_bytes(),
            link.request_id.0.as_bytes(),
            &expiry,
        ];
        self.subkeys().short_mac(label(link.purpose), &fields)
    }
}

/// Reads what a token claims; `None` when it is not even the form of one.
pub fn read_link_token(text: &str) -> Option<LinkClaim> {
    let bytes = decode_token(text)?;
    let (ids, mac) = bytes.split_last_chunk::<16>()?;
    let (registration, request) = ids.split_first_chunk::<16>()?;
    Some(LinkClaim {
        registration: RegistrationId(Uuid::from_bytes(*registration)),
        request_id: RequestId(Uuid::from_slice(request).ok()?),
        mac: *mac,
    })
}

impl LinkClaim {
    /// Whether this keyring made the token for this purpose and expiry. Takes the same time whatever differs.
    pub fn is_genuine(&self, keyring: &Keyring, purpose: LinkPurpose, expires_at: DateTime<Utc>) -> bool {
        let link = Link {
            registration: self.registration,
            request_id: self.request_id,
            purpose,
            expires_at,
        };
        keyring.link_mac(&link).ct_eq(&self.mac).into()
    }
}

/// The 48 bytes of a token of 64 Base64url characters.
pub(crate) fn decode_token(text: &str) -> Option<[u8; 48]> {
    if text.len() != TOKEN_LENGTH {
        return None;
    }
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

fn label(purpose: LinkPurpose) -> Label {
    match purpose {
        LinkPurpose::VerifyEmail => Label::VerifyEmailLink,
        LinkPurpose::AlreadyRegistered => Label::AlreadyRegisteredLink,
        LinkPurpose::ResetPassword => Label::ResetPasswordLink,
        LinkPurpose::Resume => Label::ResumeLink,
    }
}

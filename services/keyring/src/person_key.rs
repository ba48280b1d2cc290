//! A person's key: it seals what events say of that person. Destroy it and they are forgotten everywhere at once.
//!
//! AES-256-GCM with a random nonce. The associated data bind a sealed value to its version, registration,
//! sequence, event, field and key, so that it opens nowhere else; the clear text is padded to 64-byte blocks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::values::{RegistrationId, SealedPersonalData};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::cipher::{self, Key, NONCE_LENGTH, framed};
use crate::{Keyring, KeyringError, chance, padding};

/// The version of sealing that this program writes.
const VERSION: u8 = 1;
/// Room for an identity, so that the buffer is not moved and left behind unwiped while it grows.
const CLEAR_CAPACITY: usize = 2048;

/// Where a sealed value stands. It opens there and nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The registration.
    pub registration: RegistrationId,
    /// The event's sequence within the registration, from 1.
    pub sequence: u64,
    /// The event's name, such as `IdentitySubmitted`.
    pub event: &'static str,
    /// The field of the event, such as `sealed`.
    pub field: &'static str,
}

/// A person's key as it is stored: readable with the epoch's key only.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// The person's key.
    pub key_id: Uuid,
    /// The epoch whose key wraps it.
    pub epoch: String,
    /// Nonce, ciphertext and tag: 60 bytes.
    pub wrapped: Vec<u8>,
}

impl std::fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WrappedKey")
            .field("key_id", &self.key_id)
            .field("epoch", &self.epoch)
            .finish_non_exhaustive()
    }
}

/// A person's key, ready for use; wiped when dropped.
#[derive(Clone)]
pub struct PersonKey {
    id: Uuid,
    key: Key,
}

impl std::fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PersonKey({}, [secret])", self.id)
    }
}

impl Keyring {
    /// Makes a key for the person of this registration. Store the wrapped form along with the first event.
    pub fn new_person_key(
        &self,
        registration: RegistrationId,
    ) -> Result<(PersonKey, WrappedKey), KeyringError> {
        let key = PersonKey {
            id: chance::uuid()?,
            key: Zeroizing::new(chance::bytes()?),
        };
        let wrapped = self.wrap(registration, &key)?;
        Ok((key, wrapped))
    }

    /// The person's key out of its stored form. A form stored for another registration does not open.
    pub fn unwrap(
        &self,
        registration: RegistrationId,
        stored: &WrappedKey,
    ) -> Result<PersonKey, KeyringError> {
        let epoch_key = self.epoch_keys().named(&stored.epoch)?;
        let place = wrapping_place(registration, stored.key_id, &stored.epoch);
        let clear = cipher::open_joined(&epoch_key, &place, &stored.wrapped)?;
        Ok(PersonKey {
            id: stored.key_id,
            key: cipher::key_from(&clear)?,
        })
    }

    /// The same key wrapped under the epoch in use, so that its older epoch can be destroyed.
    pub fn rewrap(
        &self,
        registration: RegistrationId,
        stored: &WrappedKey,
    ) -> Result<WrappedKey, KeyringError> {
        self.wrap(registration, &self.unwrap(registration, stored)?)
    }

    fn wrap(&self, registration: RegistrationId, key: &PersonKey) -> Result<WrappedKey, KeyringError> {
        let (name, epoch_key) = self.epoch_keys().current()?;
        let epoch = name.to_string();
        let place = wrapping_place(registration, key.id, &epoch);
        let wrapped = cipher::seal_joined(&epoch_key, &place, key.key.as_slice())?;
        Ok(WrappedKey {
            key_id: key.id,
            epoch,
            wrapped,
        })
    }
}

impl PersonKey {
    /// The key's identifier, as in [`SealedPersonalData::key`].
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Seals a value, written as JSON, for one place.
    pub fn seal(&self, place: &Place, value: &impl Serialize) -> Result<SealedPersonalData, KeyringError> {
        let mut clear = Zeroizing::new(Vec::with_capacity(CLEAR_CAPACITY));
        serde_json::to_writer(&mut *clear, value).map_err(|_| KeyringError::Shape)?;
        padding::pad(&mut clear);
        let (nonce, sealed) = cipher::seal(&self.key, &self.associated(place), &clear)?;
        Ok(SealedPersonalData {
            v: VERSION,
            key: self.id,
            nonce: STANDARD.encode(nonce),
            ciphertext: STANDARD.encode(sealed),
        })
    }

    /// Opens a value that was sealed with this key for this place.
    pub fn open<T: DeserializeOwned>(
        &self,
        place: &Place,
        sealed: &SealedPersonalData,
    ) -> Result<T, KeyringError> {
        if sealed.v != VERSION {
            return Err(KeyringError::UnknownVersion(sealed.v));
        }
        if sealed.key != self.id {
            return Err(KeyringError::OtherKey);
        }
        let decode = |text: &str| STANDARD.decode(text).map_err(|_| KeyringError::DoesNotOpen);
        let nonce: [u8; NONCE_LENGTH] = decode(&sealed.nonce)?
            .try_into()
            .map_err(|_| KeyringError::DoesNotOpen)?;
        let padded = cipher::open(
            &self.key,
            &self.associated(place),
            &nonce,
            &decode(&sealed.ciphertext)?,
        )?;
        // The reader's own error is dropped: it quotes what it read.
        serde_json::from_slice(padding::unpad(&padded)?).map_err(|_| KeyringError::Shape)
    }

    fn associated(&self, place: &Place) -> Vec<u8> {
        framed(&[
            b"sealed personal data",
            &[VERSION],
            place.registration.0.as_bytes(),
            &place.sequence.to_be_bytes(),
            place.event.as_bytes(),
            place.field.as_bytes(),
            self.id.as_bytes(),
        ])
    }
}

fn wrapping_place(registration: RegistrationId, key: Uuid, epoch: &str) -> Vec<u8> {
    framed(&[
        b"person key v1",
        registration.0.as_bytes(),
        key.as_bytes(),
        epoch.as_bytes(),
    ])
}

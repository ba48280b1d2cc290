//! The keyring: everything that a secret makes, in one place and without I/O beside its own key files.
//!
//! One master key lies in a file outside the database. Every other key is derived from it under a label of its
//! own, or is random and stored wrapped. Whoever has the database, the log, the stream or a backup, and not the
//! key files, can read nothing of a person, forge no link, and test no address.
//!
//! # Inventory
//!
//! | key | algorithm | label or place | used for | rotation |
//! | --- | --- | --- | --- | --- |
//! | master key | 256 random bits | the master key file, mode 0600 | root of every label below | none in place: a new one voids links, tokens, sessions and indexes |
//! | epoch wrapping key | AES-256-GCM | `epoch wrapping` | wraps the epoch keys in `<master key file>.epochs/` | with the master key |
//! | epoch keys | AES-256-GCM, 256 random bits | `<master key file>.epochs/<uuid>` | wrap the persons' keys, which lie in PostgreSQL | [`Keyring::begin_epoch`], [`Keyring::rewrap`], [`Keyring::destroy_epoch`]; to other machines by [`Keyring::hand_out_epoch`] |
//! | erased registrations | no key: a list | `<master key file>.erased` | a restored database erases them again at the next start | never: it is only added to |
//! | a person's key | AES-256-GCM, 256 random bits | table of person keys, wrapped | seals the person's data in events | destroyed at erasure, never replaced |
//! | address index | HMAC-SHA-256 | `address index` | one account an address, limits by address, contact look-up | with the master key |
//! | contact index | HMAC-SHA-256 | `contact index` | look-ups in the contact directory | with the master key |
//! | establishment index | HMAC-SHA-256 | `establishment index` | counting wrong numbers by establishment | with the master key |
//! | directory sealing | AES-256-GCM | `directory sealing` | contact references at rest | with the master key, then import again |
//! | webhook sealing | AES-256-GCM | `webhook sealing` | signing keys of webhooks at rest | with the master key: subscribers are added anew |
//! | link keys | HMAC-SHA-256, 128 bits kept | `link: <purpose>`, one a purpose | links in mails | with the master key: open links become invalid |
//! | continuation | HMAC-SHA-256, 128 bits kept | `continuation` | the bearer token of an unfinished registration | with the master key |
//! | session digest | HMAC-SHA-256 | `session digest` | what the store keeps of a session token | with the master key: everybody signs in again |
//! | request digest | HMAC-SHA-256 | `request digest` | recognising a repeated request without keeping it | with the master key |
//! | command id | HMAC-SHA-256, 122 bits kept | `command id` | scope of an `Idempotency-Key` | with the master key |
//! | answer sealing | AES-256-GCM | `answer sealing` | the last answer of a form, in a cookie until it is confirmed | with the master key: the answer is asked for again |
//! | form token | HMAC-SHA-256, 128 bits kept | `form token` | forms of browsers that do not say where they come from | with the master key |
//! | directory token | 256 random bits | a file of its own, mode 0600 | lets the organisation's system write contacts | another line in the file, and a restart of the API |
//! | pseudonym | HMAC-SHA-256, 128 bits kept | `pseudonym` | ids and SIRETs in copies for test systems | with the master key: the next copy has others |
//! | log signing seed | 256 derived bits | `log signing` | Ed25519 signature of the log's checkpoints | with the master key; auditors need the new public key |
//!
//! Labels are written down once, in `subkeys.rs`. Encodings under an HMAC or as associated data are
//! length-prefixed, so that no two lists of fields give the same bytes.
//!
//! # What is absent
//!
//! Password hashes (argon2 needs no key of ours) and any cache of persons' keys: a key lives as long as the
//! [`PersonKey`] value, is wiped when that is dropped, and so an erasure takes effect with the next command.

mod blind_index;
mod browser_seal;
mod chance;
mod cipher;
mod continuation;
mod directory_seal;
mod epochs;
mod error;
mod key_file;
mod link_token;
mod master_key;
mod padding;
mod person_key;
mod request_digest;
mod service_token;
mod session_token;
mod subkeys;
mod tombstones;
mod webhook_seal;

use std::path::Path;
use std::sync::Arc;

pub use blind_index::BlindIndex;
pub use epochs::{Epoch, epochs_beside};
pub use error::KeyringError;
pub use link_token::{Link, LinkClaim, LinkToken, read_link_token};
pub use person_key::{PersonKey, Place, WrappedKey};
pub use service_token::ServiceToken;
pub use session_token::SessionToken;
pub use tombstones::TombstoneRoom;

use epochs::Epochs;
use subkeys::{Label, Subkeys};

/// The keys of one installation. Cheap to clone; its `Debug` shows nothing.
#[derive(Clone)]
pub struct Keyring(Arc<Keys>);

struct Keys {
    subkeys: Subkeys,
    epochs: Epochs,
}

impl Keyring {
    /// Opens the key file, and makes it and the first epoch when they are missing.
    ///
    /// Any number of threads and programs may do so at once: they agree on one key. A file that others may read,
    /// that cannot be read, or that is not a key is an error that says what to do. So is a missing key
    /// beside epoch keys that it once wrapped: a new one could open none of them.
    pub fn open(master_key_file: &Path) -> Result<Self, KeyringError> {
        let master = master_key::open(master_key_file)?;
        let subkeys = Subkeys::derive(&master)?;
        let epochs = Epochs::open(master_key_file, &subkeys)?;
        Ok(Self(Arc::new(Keys { subkeys, epochs })))
    }

    /// The same, with what epochs lie there and no new one: for a machine that is given those of others first.
    pub fn open_as_it_is(master_key_file: &Path) -> Result<Self, KeyringError> {
        let master = master_key::open(master_key_file)?;
        let subkeys = Subkeys::derive(&master)?;
        let epochs = Epochs::beside(master_key_file, &subkeys);
        Ok(Self(Arc::new(Keys { subkeys, epochs })))
    }

    /// What stands for a value in copies for test systems: the same for the same value, and, without the master key, no
    /// way back and no way to test a guess. `kind` keeps values of different kinds apart.
    pub fn pseudonym(&self, kind: &str, value: &str) -> [u8; 16] {
        self.subkeys()
            .short_mac(Label::Pseudonym, &[kind.as_bytes(), value.as_bytes()])
    }

    /// Signs checkpoints of the log of this name; the key is the same at every start and for every name.
    ///
    /// # Errors
    /// When the name is not one that a key can have.
    pub fn log_signer(&self, origin: &str) -> Result<tlog::Signer, tlog::NoteError> {
        tlog::Signer::new(origin, self.subkeys().key(Label::LogSigning))
    }

    /// The name of this installation's log where none is set: `onboarding/` and what tells its key from others.
    pub fn log_origin(&self) -> Result<String, tlog::NoteError> {
        let nameless = self.log_signer("onboarding")?;
        let digits = nameless.verifier().public_key().iter().take(8);
        Ok(digits.fold("onboarding/".to_owned(), |name, byte| format!("{name}{byte:02x}")))
    }

    /// Tells this master key from every other and says nothing of it. The database keeps the fingerprint of the key that
    /// it belongs to.
    pub fn fingerprint(&self) -> [u8; 32] {
        **self.subkeys().key(Label::Fingerprint)
    }

    fn subkeys(&self) -> &Subkeys {
        &self.0.subkeys
    }

    fn epoch_keys(&self) -> &Epochs {
        &self.0.epochs
    }
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyring([secret])")
    }
}

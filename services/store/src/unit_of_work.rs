//! What is committed together with a command's events, or not at all.

use keyring::{BlindIndex, WrappedKey};
use uuid::Uuid;

/// Everything that goes into one append beside the events. The default is nothing.
#[derive(Clone, Default)]
pub struct UnitOfWork {
    /// Remembers the answer, so that the same command gets it again.
    pub command: Option<NewCommand>,
    /// What the events ask of the person's key.
    pub key: KeyUse,
    /// Makes the registration the account of this address.
    pub account: Option<BlindIndex>,
    /// The PHC string of a new password. Its version rises, and every session of an older one is void.
    pub credential: Option<String>,
    /// Counts a use of an address, or an attempt at an establishment's number.
    pub address_use: Option<AddressUse>,
    /// Ends a mail's row in the mailer's ledger, of which the events tell.
    pub mail: Option<MailEnd>,
}

/// Shows what is done, never the password's hash nor an index.
impl std::fmt::Debug for UnitOfWork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnitOfWork")
            .field("command", &self.command.as_ref().map(|command| command.id))
            .field("key", &self.key)
            .field("claims_account", &self.account.is_some())
            .field("sets_credential", &self.credential.is_some())
            .field("counts_address_use", &self.address_use.is_some())
            .field("ends_mail", &self.mail.is_some())
            .finish()
    }
}

/// The answer to remember for a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCommand {
    /// Identifies the command: derived from who asks, what, and the Idempotency-Key.
    pub id: Uuid,
    /// Keyed hash of the request, to tell the same key with another body.
    pub request_hash: [u8; 32],
    /// The HTTP status of the answer.
    pub status: u16,
    /// The problem's stable code, when the answer is one; else a word of the answer, where it has one.
    pub code: Option<String>,
}

/// What an append asks of the person's key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum KeyUse {
    /// No event of it holds sealed data.
    #[default]
    None,
    /// Events are sealed with the person's key, which must still be alive when they are committed.
    Existing(Uuid),
    /// The person's first key is stored with the events that it seals.
    New(WrappedKey),
    /// The credential and its sessions are deleted; the key and the claim of the address stay.
    Close,
    /// The key is destroyed, and with it goes every row of the registration that is no event.
    Destroy,
}

/// A use of an address that is counted against a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressUse {
    /// The address.
    pub index: BlindIndex,
    /// A short fixed word for what it was used for, such as `mail` or `sign_in`.
    pub kind: &'static str,
}

/// How a mail's row ends, provided that it is still held under this lease; otherwise it is left to whoever has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailEnd {
    /// The row.
    pub key: String,
    /// The try that had the mail to itself.
    pub lease: Uuid,
    /// Why it failed; none when it was sent.
    pub failure: Option<&'static str>,
    /// The server's answer.
    pub server_code: Option<u16>,
    /// Its enhanced status code (RFC 3463).
    pub enhanced_code: Option<String>,
}

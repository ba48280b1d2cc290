//! The letters that the service writes, and what each needs to be written.

mod html;
mod moment;
mod sheet;
mod text;

use chrono::{DateTime, Utc};
use domain::registration::event::{LinkPurpose, Notice};
use domain::values::{Identity, Locale};

use crate::stationery::Stationery;

/// Which letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterKind {
    /// Proves an address, and leads to choosing a password.
    VerifyEmail,
    /// Says that the address has an account already.
    AlreadyRegistered,
    /// Leads to choosing another password.
    ResetPassword,
    /// Leads back into an unfinished registration.
    Resume,
    /// Tells that a password was set.
    PasswordSet,
    /// Tells that the register does not know the named establishment as open.
    EstablishmentClosed,
}

impl LetterKind {
    /// Every letter.
    pub const ALL: [Self; 6] = [
        Self::VerifyEmail,
        Self::AlreadyRegistered,
        Self::ResetPassword,
        Self::Resume,
        Self::PasswordSet,
        Self::EstablishmentClosed,
    ];

    /// The stable code: part of the words' keys, and the label `letter` of the metrics.
    pub fn code(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::AlreadyRegistered => "already_registered",
            Self::ResetPassword => "reset_password",
            Self::Resume => "resume",
            Self::PasswordSet => "password_set",
            Self::EstablishmentClosed => "establishment_closed",
        }
    }

    /// The letter of this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

impl From<LinkPurpose> for LetterKind {
    fn from(purpose: LinkPurpose) -> Self {
        match purpose {
            LinkPurpose::VerifyEmail => Self::VerifyEmail,
            LinkPurpose::AlreadyRegistered => Self::AlreadyRegistered,
            LinkPurpose::ResetPassword => Self::ResetPassword,
            LinkPurpose::Resume => Self::Resume,
        }
    }
}

impl From<Notice> for LetterKind {
    fn from(notice: Notice) -> Self {
        match notice {
            Notice::PasswordSet => Self::PasswordSet,
            Notice::EstablishmentClosed => Self::EstablishmentClosed,
        }
    }
}

/// A letter to one person, not yet written.
#[derive(Clone)]
pub struct Letter {
    /// Which.
    pub kind: LetterKind,
    /// To whom.
    pub recipient: Identity,
    /// In which language.
    pub locale: Locale,
    /// The token of its link. Letters that say nothing of a link have none, and one for a known account ignores it.
    pub token: Option<String>,
    /// When what it tells of happened (UTC).
    pub at: DateTime<Utc>,
    /// When it is no longer worth sending (UTC): the end of its link.
    pub expires_at: DateTime<Utc>,
}

/// Leaves out whom it is for and the token.
impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter").field("kind", &self.kind).field("locale", &self.locale).finish_non_exhaustive()
    }
}

/// A letter in words: the same content twice, so that any reader of mails can show it.
#[derive(Clone)]
pub struct Written {
    /// Subject.
    pub subject: String,
    /// Plain text; its first URL is the letter's link.
    pub text: String,
    /// HTML, complete in itself: nothing is loaded from anywhere.
    pub html: String,
}

/// Leaves the words out: they name the person and carry the link.
impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Written([personal])")
    }
}

/// Writes a letter.
pub fn write(letter: &Letter, stationery: &Stationery) -> Written {
    let sheet = sheet::fill(letter, stationery);
    Written { text: text::page(&sheet), html: html::page(&sheet), subject: sheet.subject }
}

//! The use cases: commands with their facts. What the API, the pages, the mailer and the workers share.
//!
//! Each file is one thing that somebody asks for. It gathers the facts that the decision needs (who is a contact,
//! what a register says, the time, a sealed identity), and [`execute`](mod@execute) does the rest: load, decide,
//! append in one transaction, again on a conflict.

mod account;
mod answers;
mod ask;
mod attachments;
mod browser;
mod certificate;
mod denied;
mod epochs;
mod erasure;
mod establishment;
mod execute;
mod hashing;
mod history;
mod idempotency;
mod identity;
mod limits;
mod link_shown;
mod links;
mod looking;
mod mail_outcomes;
mod mails;
mod nudge;
mod password;
mod people;
mod rectification;
mod resume_later;
mod retention;
mod sessions;
mod settings;
mod topics;
mod upkeep;
mod view;

pub use account::{Attachment, AttachmentStanding, Export, ExportedEvent, Me, Person};
pub use answers::Answers;
pub use ask::{Actor, Ask, Form, Idempotency};
pub use browser::LastAnswer;
pub use certificate::{CertificateFault, ErasureCertificate};
pub use denied::{Denied, FieldFault};
pub use epochs::{EpochRound, EpochStanding};
pub use erasure::shred_again;
pub use execute::Outcome;
pub use hashing::HashingGate;
pub use idempotency::ShortAnswer;
pub use identity::IdentityForm;
pub use link_shown::{LinkShown, LinkStanding};
pub use looking::{GrantRefused, Look, Looked, Looker};
pub use mail_outcomes::{Letter, LetterEnd, LetterSubject, NoticeLetter, ReadFrom};
pub use nudge::Nudge;
pub use password::PasswordForm;
pub use people::KnownPerson;
pub use rectification::Correction;
pub use retention::{Inactive, Records, Retention, RetentionFault, Unfinished};
pub use sessions::{OpenSession, SignedIn};
pub use settings::Settings;
pub use view::{EstablishmentView, NextStep, RegistrationView, VerificationView};

pub use store::{Held, HeldAnswer, HeldMail, HeldSession, HeldUse, MailEnd};

use std::sync::Arc;

use catalogue::Catalogue;
use directory::{Directory, Registers};
use keyring::Keyring;
use store::Store;

/// Everything that can be asked of the service. Cheap to clone.
#[derive(Clone)]
pub struct Onboarding {
    pub(crate) ground: Arc<Ground>,
}

/// What the use cases stand on.
pub struct Ground {
    /// The event store.
    pub store: Store,
    /// Keys: sealing, tokens, blind indexes.
    pub keyring: Keyring,
    /// Contacts and establishments.
    pub directory: Directory,
    /// The official registers.
    pub registers: Registers,
    /// Topics, profiles and their wording.
    pub catalogue: Arc<Catalogue>,
    /// The gate before Argon2.
    pub hashing: HashingGate,
    /// How the service is set.
    pub settings: Settings,
    /// Tells the relay that something was committed.
    pub nudge: Nudge,
}

impl Onboarding {
    /// Puts the use cases on their ground.
    pub fn new(ground: Ground) -> Self {
        Self {
            ground: Arc::new(ground),
        }
    }

    /// The catalogue in use.
    pub fn catalogue(&self) -> &Catalogue {
        &self.ground.catalogue
    }

    /// The settings in use.
    pub fn settings(&self) -> &Settings {
        &self.ground.settings
    }
}

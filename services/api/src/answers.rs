//! The shapes of good answers. Use cases know what is told; here is how it stands on the wire, and in OpenAPI.

mod account;
mod directory;
mod lists;
mod people;
mod registration;
mod replays;
pub(crate) mod vocabulary;

pub use account::{AttachmentAnswer, ExportAnswer, ExportedEventAnswer, MeAnswer, PersonAnswer};
pub use directory::{BadLineAnswer, ContactAnswer, ContactsReportAnswer};
pub use lists::{AgreementAnswer, CatalogueAnswer, ChoiceAnswer, PasswordPolicyAnswer, PasswordRuleAnswer};
pub use people::KnownPersonAnswer;
pub use registration::{EstablishmentAnswer, NextStepAnswer, RegistrationAnswer, VerificationAnswer};
pub use replays::{ReplayAnswer, ReplaysAnswer};

use serde::Serialize;
use utoipa::ToSchema;

/// A session was opened. The same token is set as a cookie.
#[derive(Serialize, ToSchema)]
pub struct SessionAnswer {
    /// The session's token, for `Authorization: Bearer`.
    pub token: String,
}

/// The registration whose password was set; or that a mail was asked for. One shape, since some generators take one alone.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum PasswordResetAnswer {
    /// The password is set.
    #[schema(title = "set")]
    Set(Box<RegistrationAnswer>),
    /// A mail was asked for.
    #[schema(title = "asked")]
    Asked(AcceptedAnswer),
}

/// What was asked for is under way; nothing more is told.
#[derive(Serialize, ToSchema)]
pub struct AcceptedAnswer {
    /// Always `accepted`.
    #[schema(example = "accepted")]
    pub status: &'static str,
}

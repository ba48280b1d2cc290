//! Why not: the domain speaking to the person. Each refusal has a stable code that the API hands on.

use chrono::NaiveDate;

use super::event::{LinkRefusal, RegisterSource};
use crate::values::{Idcc, Siret};

/// A refusal that one can act on. Never a fault of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The step is not the one that is open, or no longer open.
    #[error("this step is not open now")]
    StepOutOfOrder,
    /// A register or the organisation says that the establishment is closed.
    #[error("the establishment is closed")]
    EstablishmentClosed {
        /// The register that says so; the organisation where none.
        said_by: Option<RegisterSource>,
        /// Since when, where known.
        closed_on: Option<NaiveDate>,
        /// Who took over, where known.
        successor: Option<Siret>,
    },
    /// No register knows the establishment.
    #[error("no such establishment")]
    EstablishmentNotFound,
    /// The number is not that of the declared establishment; whose it may be is not said.
    #[error("the number does not match")]
    MemberNumberMismatch,
    /// No such collective agreement.
    #[error("no such collective agreement")]
    IdccUnknown,
    /// The collective agreement is no longer in force.
    #[error("the collective agreement is no longer in force")]
    IdccReplaced {
        /// Its title.
        title: String,
        /// What applies instead, best first; nothing where nothing is known to.
        successors: Vec<Idcc>,
    },
    /// The link was never good, was replaced, or has served.
    #[error("the link is not good")]
    LinkInvalid,
    /// The link was good, and its time is over.
    #[error("the link has expired")]
    LinkExpired,
    /// Another registration of this address became the account.
    #[error("the address already has an account")]
    AccountExists,
    /// Too many tries.
    #[error("too many attempts")]
    TooManyAttempts {
        /// Seconds after which another try is accepted.
        retry_after_seconds: u64,
    },
}

impl Refusal {
    /// The stable code of this refusal, as in `problem+json`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::StepOutOfOrder => "step-out-of-order",
            Self::EstablishmentClosed { .. } => "establishment-closed",
            Self::EstablishmentNotFound => "establishment-not-found",
            Self::MemberNumberMismatch => "member-number-mismatch",
            Self::IdccUnknown => "idcc-unknown",
            Self::IdccReplaced { .. } => "idcc-replaced",
            Self::LinkInvalid => "link-invalid",
            Self::LinkExpired => "link-expired",
            Self::AccountExists => "account-exists",
            Self::TooManyAttempts { .. } => "too-many-attempts",
        }
    }
}

impl From<LinkRefusal> for Refusal {
    fn from(reason: LinkRefusal) -> Self {
        match reason {
            LinkRefusal::Expired => Self::LinkExpired,
            LinkRefusal::Replaced | LinkRefusal::Used => Self::LinkInvalid,
        }
    }
}

//! What is told of a registration from outside. Made of its events alone, and nothing of the person.

use chrono::{DateTime, Utc};
use domain::registration::event::{LinkedBy, RegisterStatus};
use domain::registration::state::{Establishment, MailState};
use domain::values::{Idcc, RegistrationId, Siret, TopicCode};
use domain::{Registration, Stage};
use serde::Serialize;

/// A registration, as its own client sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RegistrationView {
    /// Its identifier.
    pub id: RegistrationId,
    /// The sequence of its last event, whoever caused it.
    pub version: u64,
    /// Where it stands.
    pub state: Stage,
    /// What to do next; nothing once it is expired or erased.
    pub next: Option<NextStep>,
    /// Chosen topics.
    pub topics: Vec<TopicCode>,
    /// The declared establishment.
    pub establishment: Option<EstablishmentView>,
    /// The mail that proves the address, once asked for.
    pub verification: Option<VerificationView>,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NextStep {
    /// The step's name.
    pub step: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// Where to.
    pub href: String,
}

impl NextStep {
    /// The step that is open at this stage; nothing once it is over.
    pub fn after(id: RegistrationId, stage: Stage) -> Option<Self> {
        let own = |step: &'static str| Self {
            step,
            method: "PUT",
            href: format!("/v1/registrations/{id}/{step}"),
        };
        match stage {
            Stage::AwaitingTopics => Some(own("topics")),
            Stage::AwaitingEstablishment => Some(own("establishment")),
            Stage::AwaitingMemberNumber => Some(own("member-number")),
            Stage::AwaitingIdcc => Some(own("idcc")),
            Stage::AwaitingEmailVerification => Some(Self {
                step: "email-verification",
                method: "POST",
                href: "/v1/email-verifications".to_owned(),
            }),
            Stage::AwaitingPassword => Some(own("password")),
            Stage::Active => Some(Self {
                step: "sign-in",
                method: "POST",
                href: "/v1/sessions".to_owned(),
            }),
            Stage::Blank | Stage::Expired | Stage::Erased | Stage::Closed => None,
        }
    }
}

/// The declared establishment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EstablishmentView {
    /// Its SIRET.
    pub siret: Siret,
    /// Whether the organisation knows it.
    pub known: bool,
    /// What the register said; absent when the organisation knows the establishment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register_check: Option<RegisterStatus>,
    /// Agreements that a source names for it, best first.
    pub suggested_idcc: Vec<Idcc>,
    /// The agreement that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idcc: Option<Idcc>,
    /// What the attachment rests on, once accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linked_by: Option<LinkedBy>,
}

/// The mail that proves the address.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VerificationView {
    /// When it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requested_at: Option<DateTime<Utc>>,
    /// When its link stops being good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// What became of the mail.
    pub mail: MailState,
    /// Whether the address is proven.
    pub verified: bool,
}

impl RegistrationView {
    /// The view of a registration at this version.
    pub fn of(id: RegistrationId, version: u64, state: &Registration) -> Self {
        Self {
            id,
            version,
            state: state.stage(),
            next: NextStep::after(id, state.stage()),
            topics: state.topics.clone().unwrap_or_default(),
            establishment: state.establishment.as_ref().map(establishment),
            verification: state.mail.map(|mail| VerificationView {
                requested_at: state.request.as_ref().map(|it| it.requested_at),
                expires_at: state.request.as_ref().map(|it| it.expires_at),
                mail,
                verified: state.email_verified,
            }),
        }
    }
}

fn establishment(it: &Establishment) -> EstablishmentView {
    EstablishmentView {
        siret: it.siret.clone(),
        known: it.known,
        register_check: it.register_check.as_ref().map(|check| check.status),
        suggested_idcc: it.suggested_idcc.clone(),
        idcc: it.idcc.clone(),
        linked_by: it.linked_by,
    }
}

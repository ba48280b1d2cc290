//! A registration on the wire.

use chrono::{DateTime, Utc};
use domain::Stage;
use domain::registration::event::{LinkedBy, RegisterStatus};
use domain::registration::state::MailState;
use serde::Serialize;
use usecases::{EstablishmentView, NextStep, RegistrationView, VerificationView};
use utoipa::ToSchema;
use uuid::Uuid;

use super::lists::PasswordPolicyAnswer;
use super::vocabulary;

/// A registration, as its own client sees it.
#[derive(Serialize, ToSchema)]
pub struct RegistrationAnswer {
    /// Its identifier.
    id: Uuid,
    /// The sequence of its last event, whoever caused it; also in `ETag`.
    #[schema(example = 4)]
    version: u64,
    /// Where it stands: the first unanswered step.
    #[schema(value_type = vocabulary::RegistrationState)]
    state: Stage,
    /// What to do next; null once it is expired or erased.
    #[schema(required = true)]
    next: Option<NextStepAnswer>,
    /// Chosen topics.
    topics: Vec<String>,
    /// The declared establishment.
    #[schema(required = true)]
    establishment: Option<EstablishmentAnswer>,
    /// The mail that proves the address, once asked for.
    #[schema(required = true)]
    verification: Option<VerificationAnswer>,
    /// The token for the steps that follow; where one is handed out.
    #[serde(skip_serializing_if = "Option::is_none")]
    continuation_token: Option<String>,
    /// What the password must be; once the address is proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    password_policy: Option<PasswordPolicyAnswer>,
}

/// What to do next.
#[derive(Serialize, ToSchema)]
pub struct NextStepAnswer {
    /// The step's name.
    #[schema(value_type = vocabulary::StepName)]
    step: &'static str,
    /// The HTTP method.
    #[schema(value_type = vocabulary::StepMethod)]
    method: &'static str,
    /// Where to.
    #[schema(example = "/v1/registrations/0198f2c4-7a52-7b1e-8f4e-2f1d9a6b3c11/topics")]
    href: String,
}

/// The declared establishment.
#[derive(Serialize, ToSchema)]
pub struct EstablishmentAnswer {
    /// Its SIRET.
    #[schema(example = "13002526500013")]
    siret: String,
    /// Whether the organisation knows it; if not, its collective agreement is asked for.
    known: bool,
    /// What the official register said; absent where the organisation knows the establishment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<vocabulary::RegisterCheck>)]
    register_check: Option<RegisterStatus>,
    /// Agreements that a source names for it, best first.
    suggested_idcc: Vec<String>,
    /// The agreement that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    idcc: Option<String>,
    /// What the attachment rests on, once accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<vocabulary::AttachmentBasis>)]
    linked_by: Option<LinkedBy>,
}

/// The mail that proves the address.
#[derive(Serialize, ToSchema)]
pub struct VerificationAnswer {
    /// When it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    requested_at: Option<DateTime<Utc>>,
    /// When its link stops being good.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
    /// What became of the mail.
    #[schema(value_type = vocabulary::MailOutcome)]
    mail: MailState,
    /// Whether the address is proven.
    verified: bool,
}

impl RegistrationAnswer {
    /// With the token by which its client goes on.
    pub fn with_continuation(mut self, token: String) -> Self {
        self.continuation_token = Some(token);
        self
    }

    /// With what the password must be.
    pub fn with_policy(mut self, policy: PasswordPolicyAnswer) -> Self {
        self.password_policy = Some(policy);
        self
    }
}

impl From<RegistrationView> for RegistrationAnswer {
    fn from(view: RegistrationView) -> Self {
        Self {
            id: view.id.0,
            version: view.version,
            state: view.state,
            next: view.next.map(Into::into),
            topics: view.topics.into_iter().map(Into::into).collect(),
            establishment: view.establishment.map(Into::into),
            verification: view.verification.map(Into::into),
            continuation_token: None,
            password_policy: None,
        }
    }
}

impl From<NextStep> for NextStepAnswer {
    fn from(NextStep { step, method, href }: NextStep) -> Self {
        Self { step, method, href }
    }
}

impl From<EstablishmentView> for EstablishmentAnswer {
    fn from(view: EstablishmentView) -> Self {
        Self {
            siret: view.siret.into(),
            known: view.known,
            register_check: view.register_check,
            suggested_idcc: view.suggested_idcc.into_iter().map(Into::into).collect(),
            idcc: view.idcc.map(Into::into),
            linked_by: view.linked_by,
        }
    }
}

impl From<VerificationView> for VerificationAnswer {
    fn from(view: VerificationView) -> Self {
        Self {
            requested_at: view.requested_at,
            expires_at: view.expires_at,
            mail: view.mail,
            verified: view.verified,
        }
    }
}

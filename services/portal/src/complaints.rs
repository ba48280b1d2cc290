//! What is wrong with a form, in words: each beside its field, and all of them on top of the page.

use axum::http::StatusCode;
use domain::Refusal;
use usecases::{Denied, FieldFault};

use crate::scene::Scene;

/// Seconds after which asking again is worth it when something of ours did not answer.
const UNAVAILABLE_RETRY_SECONDS: u64 = 5;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The field that it is about; nothing when it is about the whole.
    pub field: Option<String>,
    /// What is wrong and what would be right.
    pub text: String,
    /// Whether the sentence names its field by itself.
    pub names_field: bool,
}

impl Complaint {
    /// A fault of a field: in a sentence of its own that names the field and gives an example, where there is one.
    pub fn of_fault(scene: &Scene<'_>, field: &str, code: &str) -> Self {
        let own = format!("fault-{}-{code}", field.replace('_', "-"));
        let names_field = scene.words.knows(scene.locale, &format!("portal-{own}"));
        Self {
            field: Some(field.to_owned()),
            text: if names_field {
                scene.say(&own)
            } else {
                scene.words.fault(scene.locale, code)
            },
            names_field,
        }
    }
}

/// Everything that is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Complaints(pub Vec<Complaint>);

impl Complaints {
    /// What is wrong with a field: the first thing, which is enough at a time.
    pub fn about(&self, field: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|it| it.field.as_deref() == Some(field))
            .map(|it| it.text.as_str())
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Complaints with the HTTP that they come in.
#[derive(Clone, Debug)]
pub struct Objection {
    /// The status of the answer.
    pub status: StatusCode,
    /// Seconds after which another try is worth it.
    pub retry_after_seconds: Option<u64>,
    /// What is wrong.
    pub complaints: Complaints,
}

impl Objection {
    /// The one place where use cases' denials become words on a page, and where faults of ours are logged, once.
    pub fn of(scene: &Scene<'_>, denied: Denied) -> Self {
        match denied {
            Denied::Invalid(faults) => Self::of_faults(scene, &faults),
            Denied::PasswordRefused(rules) => {
                let text = |rule| scene.words.password_rule(scene.locale, rule);
                Self::about(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "password",
                    rules.into_iter().map(text),
                )
            }
            Denied::Refused(refusal) | Denied::RefusedBefore(refusal) => Self::of_refusal(scene, &refusal),
            Denied::TooManyAttempts { retry_after_seconds } => {
                Self::of_refusal(scene, &Refusal::TooManyAttempts { retry_after_seconds })
            }
            Denied::SignInRefused => Self::whole(scene, StatusCode::UNAUTHORIZED, "sign-in-refused"),
            Denied::Unauthorized => Self::whole(scene, StatusCode::UNAUTHORIZED, "unauthorized"),
            Denied::NotFound => Self::whole(scene, StatusCode::NOT_FOUND, "not-found"),
            Denied::Erased => Self::whole(scene, StatusCode::GONE, "erased"),
            Denied::ErasurePending => Self::whole(scene, StatusCode::CONFLICT, "erasure-pending"),
            Denied::NotErased => Self::whole(scene, StatusCode::CONFLICT, "not-erased"),
            Denied::PreconditionFailed => Self::whole(scene, StatusCode::CONFLICT, "precondition-failed"),
            Denied::IdempotencyKeyReused => Self::whole(scene, StatusCode::CONFLICT, "step-out-of-order"),
            Denied::Busy { retry_after_seconds } => {
                Self::whole(scene, StatusCode::SERVICE_UNAVAILABLE, "service-busy").after(retry_after_seconds)
            }
            Denied::Unavailable(fault) => {
                tracing::warn!(
                    fault = told_whole(&*fault),
                    "something that a page needs does not answer"
                );
                Self::whole(scene, StatusCode::SERVICE_UNAVAILABLE, "service-unavailable")
                    .after(UNAVAILABLE_RETRY_SECONDS)
            }
            Denied::Fault(fault) => {
                tracing::error!(fault = told_whole(&*fault), "a page failed by a fault of ours");
                Self::whole(scene, StatusCode::INTERNAL_SERVER_ERROR, "internal")
            }
        }
    }

    /// Faults of fields.
    pub fn of_faults(scene: &Scene<'_>, faults: &[FieldFault]) -> Self {
        let complaint = |fault: &FieldFault| {
            // The boxes of one question share its field: `topics[2]` is about `topics`.
            let field = fault.field.split('[').next().unwrap_or_default();
            let complaint = Complaint::of_fault(scene, field, fault.code);
            Complaint {
                text: scene.words.naming(scene.locale, complaint.text, fault.character),
                ..complaint
            }
        };
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            faults.iter().map(complaint).collect(),
        )
    }

    /// Sentences about one field.
    pub fn about(status: StatusCode, field: &str, texts: impl IntoIterator<Item = String>) -> Self {
        let complaint = |text| Complaint {
            field: Some(field.to_owned()),
            text,
            names_field: false,
        };
        Self::new(status, texts.into_iter().map(complaint).collect())
    }

    fn of_refusal(scene: &Scene<'_>, refusal: &Refusal) -> Self {
        let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
        let (status, field, retry) = match refusal {
            Refusal::EstablishmentClosed { .. } | Refusal::EstablishmentNotFound => {
                (unprocessable, Some("siret"), None)
            }
            Refusal::MemberNumberMismatch => (unprocessable, Some("number"), None),
            Refusal::IdccUnknown | Refusal::IdccReplaced { .. } => (unprocessable, Some("idcc"), None),
            Refusal::LinkInvalid | Refusal::LinkExpired => (unprocessable, None, None),
            Refusal::StepOutOfOrder | Refusal::AccountExists => (StatusCode::CONFLICT, None, None),
            Refusal::TooManyAttempts { retry_after_seconds } => {
                (StatusCode::TOO_MANY_REQUESTS, None, Some(*retry_after_seconds))
            }
        };
        let words = scene
            .words
            .refusal(scene.locale, refusal, &scene.catalogue.contact_url);
        let complaint = Complaint {
            field: field.map(str::to_owned),
            text: words.detail,
            names_field: true,
        };
        Self {
            retry_after_seconds: retry,
            ..Self::new(status, vec![complaint])
        }
    }

    fn whole(scene: &Scene<'_>, status: StatusCode, code: &str) -> Self {
        let text = scene.words.problem(scene.locale, code, &[]).detail;
        Self::new(
            status,
            vec![Complaint {
                field: None,
                text,
                names_field: true,
            }],
        )
    }

    fn new(status: StatusCode, complaints: Vec<Complaint>) -> Self {
        Self {
            status,
            retry_after_seconds: None,
            complaints: Complaints(complaints),
        }
    }

    fn after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }
}

/// A fault with its causes, in one line.
fn told_whole(fault: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(fault), |it| it.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

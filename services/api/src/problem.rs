//! Why not, in HTTP: from what a use case denies to a status, a stable code and what a client can act on.
//!
//! A handler returns a [`Problem`] without words. They are added on the way out, by the middleware that knows which
//! language was asked for, so that no route needs to carry a language around.

mod answer;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::Refusal;
use domain::values::PasswordRule;
use subscribers::SubscriberError;
use usecases::{Denied, FieldFault};

pub use answer::{FieldProblem, ProblemAnswer};

/// Seconds after which asking again is worth it when something of ours did not answer.
const UNAVAILABLE_RETRY_SECONDS: u64 = 5;

/// A problem, not yet in words.
#[derive(Clone, Debug)]
pub struct Problem {
    pub(crate) status: StatusCode,
    why: Why,
    pub(crate) retry_after_seconds: Option<u64>,
    /// Whether it answers a repeated request as before.
    pub(crate) replayed: bool,
    /// Whether it says where the organisation answers questions.
    offers_contact: bool,
}

/// What the words and members are made of.
#[derive(Clone, Debug)]
enum Why {
    /// A code that says it all.
    Code(&'static str),
    /// A program's credential is not known: the code of whoever is not signed in, in words for whoever runs programs.
    Credential,
    /// Fields with faults.
    Fields(Vec<FieldFault>),
    /// Rules that a password does not meet.
    Password(Vec<PasswordRule>),
    /// The domain's refusal, and the field that it is about.
    Refusal(Refusal, Option<&'static str>),
}

impl From<Denied> for Problem {
    /// The one place where use cases' denials become HTTP, and where faults of ours are logged, once.
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Refused(refusal) => refusal.into(),
            Denied::RefusedBefore(refusal) => Self {
                replayed: true,
                ..refusal.into()
            },
            Denied::Invalid(faults) => Self::invalid(faults),
            Denied::PasswordRefused(rules) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, Why::Password(rules))
            }
            Denied::NotFound => Self::not_found(),
            Denied::Erased => Self::code(StatusCode::GONE, "erased"),
            Denied::ErasurePending => Self::code(StatusCode::CONFLICT, "erasure-pending"),
            Denied::NotErased => Self::code(StatusCode::CONFLICT, "not-erased"),
            Denied::Unauthorized => Self::unauthorized(),
            Denied::SignInRefused => Self::code(StatusCode::UNAUTHORIZED, "sign-in-refused"),
            Denied::PreconditionFailed => Self::code(StatusCode::PRECONDITION_FAILED, "precondition-failed"),
            Denied::IdempotencyKeyReused => {
                Self::code(StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused")
            }
            Denied::TooManyAttempts { retry_after_seconds } => Self::too_many_attempts(retry_after_seconds),
            Denied::Busy { retry_after_seconds } => {
                Self::code(StatusCode::SERVICE_UNAVAILABLE, "service-busy").after(retry_after_seconds)
            }
            Denied::Unavailable(fault) => {
                tracing::warn!(
                    fault = told_whole(&*fault),
                    "something that a request needs does not answer"
                );
                Self::unavailable()
            }
            Denied::Fault(fault) => {
                tracing::error!(fault = told_whole(&*fault), "a request failed by a fault of ours");
                Self::internal()
            }
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
        let (status, field) = match &refusal {
            Refusal::StepOutOfOrder | Refusal::AccountExists => (StatusCode::CONFLICT, None),
            Refusal::EstablishmentClosed { .. } | Refusal::EstablishmentNotFound => {
                (unprocessable, Some("siret"))
            }
            Refusal::MemberNumberMismatch => {
                return Self::new(unprocessable, Why::Refusal(refusal, Some("number"))).offering_contact();
            }
            Refusal::IdccUnknown | Refusal::IdccReplaced { .. } => (unprocessable, Some("idcc")),
            Refusal::LinkInvalid | Refusal::LinkExpired => (unprocessable, Some("token")),
            Refusal::TooManyAttempts { retry_after_seconds } => {
                return Self::too_many_attempts(*retry_after_seconds);
            }
        };
        Self::new(status, Why::Refusal(refusal, field))
    }
}

impl Problem {
    fn new(status: StatusCode, why: Why) -> Self {
        Self {
            status,
            why,
            retry_after_seconds: None,
            replayed: false,
            offers_contact: false,
        }
    }

    fn offering_contact(mut self) -> Self {
        self.offers_contact = true;
        self
    }

    /// Says where the organisation answers questions, when no more tries are accepted: nobody should be stuck at a
    /// number that they do not have.
    pub fn offering_contact_when_blocked(self) -> Self {
        match self.status {
            StatusCode::TOO_MANY_REQUESTS => self.offering_contact(),
            _ => self,
        }
    }

    fn code(status: StatusCode, code: &'static str) -> Self {
        Self::new(status, Why::Code(code))
    }

    fn after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// Fields with faults.
    pub fn invalid(faults: Vec<FieldFault>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, Why::Fields(faults))
    }

    /// The body is not one JSON object.
    pub fn malformed_body() -> Self {
        Self::code(StatusCode::BAD_REQUEST, "malformed-body")
    }

    /// The body is longer than any form needs.
    pub fn body_too_large() -> Self {
        Self::code(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large")
    }

    /// The body is not said to be JSON.
    pub fn unsupported_media_type() -> Self {
        Self::code(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type")
    }

    /// Nobody is signed in, or no token of ours was shown.
    pub fn unauthorized() -> Self {
        Self::code(StatusCode::UNAUTHORIZED, "unauthorized")
    }

    /// A program showed no credential that is known.
    pub fn unknown_credential() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, Why::Credential)
    }

    /// There is nothing here, or nothing of the asker's.
    pub fn not_found() -> Self {
        Self::code(StatusCode::NOT_FOUND, "not-found")
    }

    /// The address takes other methods; the header `Allow` says which.
    pub fn method_not_allowed() -> Self {
        Self::code(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed")
    }

    /// Too often.
    pub fn too_many_attempts(retry_after_seconds: u64) -> Self {
        Self::code(StatusCode::TOO_MANY_REQUESTS, "too-many-attempts").after(retry_after_seconds)
    }

    /// Something of ours does not answer, for the moment.
    pub fn unavailable() -> Self {
        Self::code(StatusCode::SERVICE_UNAVAILABLE, "service-unavailable").after(UNAVAILABLE_RETRY_SECONDS)
    }

    /// As many replays wait or are under way as one subscriber may have.
    pub fn replays_waiting() -> Self {
        Self::code(StatusCode::CONFLICT, "replays-waiting")
    }

    /// The registry of subscribers did not answer, or as it should not.
    pub fn of_registry(fault: SubscriberError) -> Self {
        match fault {
            SubscriberError::ReplaysWaiting(_) => Self::replays_waiting(),
            SubscriberError::KeyReused => Denied::IdempotencyKeyReused.into(),
            other => Denied::fault(other).into(),
        }
    }

    /// A fault of ours; what it was stays in the log.
    pub fn internal() -> Self {
        Self::code(StatusCode::INTERNAL_SERVER_ERROR, "internal")
    }
}

/// The status, with the problem beside it for the middleware that finds the words.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A fault with its causes, outermost first.
fn told_whole(fault: &(dyn std::error::Error + 'static)) -> String {
    let mut told = fault.to_string();
    let mut cause = fault.source();
    while let Some(next) = cause {
        told.push_str(": ");
        told.push_str(&next.to_string());
        cause = next.source();
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denials_have_the_statuses_of_the_contract() {
        let cases: [(Denied, u16); 17] = [
            (Refusal::StepOutOfOrder.into(), 409),
            (Refusal::AccountExists.into(), 409),
            (Refusal::EstablishmentNotFound.into(), 422),
            (Refusal::MemberNumberMismatch.into(), 422),
            (Refusal::LinkExpired.into(), 422),
            (
                Refusal::TooManyAttempts {
                    retry_after_seconds: 7,
                }
                .into(),
                429,
            ),
            (Denied::Invalid(vec![]), 422),
            (Denied::NotFound, 404),
            (Denied::Erased, 410),
            (Denied::ErasurePending, 409),
            (Denied::NotErased, 409),
            (Denied::Unauthorized, 401),
            (Denied::SignInRefused, 401),
            (Denied::PreconditionFailed, 412),
            (Denied::IdempotencyKeyReused, 422),
            (
                Denied::Busy {
                    retry_after_seconds: 1,
                },
                503,
            ),
            (Denied::Fault("x".into()), 500),
        ];
        for (denied, status) in cases {
            let told = denied.to_string();
            assert_eq!(Problem::from(denied).status.as_u16(), status, "{told}");
        }
        assert_eq!(
            Problem::from(Denied::from(Refusal::TooManyAttempts {
                retry_after_seconds: 7
            }))
            .retry_after_seconds,
            Some(7)
        );
        assert!(
            Problem::from(Denied::Unavailable("x".into()))
                .retry_after_seconds
                .is_some()
        );
    }
}

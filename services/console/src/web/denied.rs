//! Why a page is not handed out, and what is answered instead.

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Redirect, Response};
use store::Unavailable;

use crate::routes::sign_in;
use crate::views;
use crate::web::visit::Scene;

/// Seconds after which asking again is worth it when something of ours did not answer.
const UNAVAILABLE_RETRY_SECONDS: &str = "5";

/// Why not.
#[derive(Debug)]
pub enum Denied {
    /// Nobody is signed in.
    SignIn,
    /// Another role's page.
    OtherRole,
    /// A form that was not sent by one of our pages.
    OtherSite,
    /// There is no such thing.
    NotFound,
    /// Ours to mend; told once, when it is answered.
    Fault(Box<dyn std::error::Error + Send + Sync>),
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for Denied {
    fn from(fault: E) -> Self {
        Self::Fault(Box::new(fault))
    }
}

impl Denied {
    /// The answer, opaque to the reader where the fault is ours.
    pub fn answer(self, scene: &Scene<'_>) -> Response {
        let mut retry_after = None;
        let (status, key) = match self {
            Self::SignIn => return Redirect::to(sign_in::PATH).into_response(),
            Self::OtherRole => (StatusCode::FORBIDDEN, "other-role"),
            Self::OtherSite => (StatusCode::FORBIDDEN, "other-site"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not-found"),
            Self::Fault(fault) if is_unavailable(&*fault) => {
                tracing::warn!(
                    error = &*fault as &dyn std::error::Error,
                    "something that a page of the console needs does not answer"
                );
                retry_after = Some([(RETRY_AFTER, UNAVAILABLE_RETRY_SECONDS)]);
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
            }
            Self::Fault(fault) => {
                tracing::error!(
                    error = &*fault as &dyn std::error::Error,
                    "a page of the console failed"
                );
                (StatusCode::INTERNAL_SERVER_ERROR, "fault")
            }
        };
        (status, retry_after, views::trouble::page(scene, key)).into_response()
    }
}

/// Whether asking again later may be answered.
fn is_unavailable(fault: &(dyn std::error::Error + 'static)) -> bool {
    let by_use_case = fault.downcast_ref::<usecases::Denied>();
    matches!(by_use_case, Some(usecases::Denied::Unavailable(_))) || Unavailable::within(fault).is_some()
}

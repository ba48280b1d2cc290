//! A page that breaks off is an incident of ours, told as any other: a page, and one line in the log.

use std::panic::AssertUnwindSafe;

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use futures::FutureExt;
use usecases::Denied;

use super::answer::refused;
use super::visit::Visit;
use crate::complaints::Objection;
use crate::state::PortalState;
use crate::views::trouble;

/// Answers with the page of incidents where a route panics.
pub async fn catch(State(state): State<PortalState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(visit) = Visit::from_request_parts(&mut parts, &state).await;
    let request = Request::from_parts(parts, body);
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            let objection = Objection::of(&visit.scene(), Denied::Fault("a page panicked".into()));
            refused(
                &objection,
                trouble::denied(&visit.scene(), &objection, visit.request_id()),
            )
        }
    }
}

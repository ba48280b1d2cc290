//! Forms are taken from our own pages only (OWASP ASVS 5.0, 3.5.1), beside cookies that other sites' forms never carry.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::visit::Visit;
use crate::state::PortalState;
use crate::views::trouble;
use runtime::edge::origin::is_our_own;

/// Refuses what another site sends.
pub async fn same_origin(State(state): State<PortalState>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_our_own(request.headers(), &state.site) {
        return next.run(request).await;
    }
    let (mut parts, _) = request.into_parts();
    let Ok(visit) = Visit::from_request_parts(&mut parts, &state).await;
    (
        StatusCode::FORBIDDEN,
        trouble::page(&visit.scene(), trouble::Trouble::OtherSite),
    )
        .into_response()
}

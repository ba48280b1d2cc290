//! Forms are taken from our own pages only (OWASP ASVS 5.0, 3.5.1), beside cookies that other sites' forms never carry.
//!
//! `Sec-Fetch-Site` is written by the browser and out of a page's reach; where it is missing `Origin` is asked. A
//! request with neither comes from no browser, and so with nobody's cookies.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use runtime::edge::site::Site;
use super::visit::Visit;
use crate::state::PortalState;
use crate::views::trouble;

/// Refuses what another site sends.
pub async fn same_origin(State(state): State<PortalState>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_ours(request.headers(), &state.site) {
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

fn is_ours(headers: &HeaderMap, site: &Site) -> bool {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (header("sec-fetch-site"), header(ORIGIN.as_str())) {
        (Some(from), _) => matches!(from, "same-origin" | "none"),
        (None, Some(origin)) => origin.eq_ignore_ascii_case(&site.origin),
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        is_ours(&HeaderMap::from_iter(headers), &Site::of("https://example.org"))
    }

    #[test]
    fn only_our_own_pages_may_post() {
        assert!(ours(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(ours(&[("origin", "https://example.org")]) && ours(&[]));
        assert!(!ours(&[("sec-fetch-site", "same-site")]) && !ours(&[("sec-fetch-site", "cross-site")]));
        assert!(!ours(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://example.org")
        ]));
        assert!(!ours(&[("origin", "https://evil.example.org")]) && !ours(&[("origin", "null")]));
    }
}

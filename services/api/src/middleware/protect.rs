//! Headers that keep browsers from doing more with an answer than they should (OWASP ASVS 5.0, 3.4 and 14.3).

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::state::ApiState;

/// An answer of the API loads nothing and is framed nowhere.
const NOTHING_AT_ALL: &str = "default-src 'none'; frame-ancestors 'none'";
/// A year, as browsers' preload lists ask.
const HTTPS_ONLY: &str = "max-age=31536000; includeSubDomains";

/// Adds the headers, save where a route has set its own.
pub async fn protect(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let mut add = |name: HeaderName, value: &'static str| {
        response
            .headers_mut()
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    add(CACHE_CONTROL, "no-store");
    add(X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(REFERRER_POLICY, "no-referrer");
    add(CONTENT_SECURITY_POLICY, NOTHING_AT_ALL);
    if state.site.is_https() {
        add(STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    }
    response
}

//! Browser applications on other origins (CORS): those that an operator lists, by a bearer's token and never by a cookie.

use std::sync::Arc;
use std::time::Duration;

use axum::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, ALLOW, AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_LANGUAGE, CONTENT_TYPE, ETAG,
    IF_MATCH, IF_NONE_MATCH, LOCATION, ORIGIN, RETRY_AFTER, WWW_AUTHENTICATE,
};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::observe::REQUEST_ID;
use crate::routes::IDEMPOTENCY_REPLAYED;

/// How long a browser may remember what a preflight was answered.
const REMEMBERED: Duration = Duration::from_secs(600);

/// What the listed origins may send and read; nothing where none is listed.
pub fn allow(origins: &Arc<[HeaderValue]>) -> Option<CorsLayer> {
    if origins.is_empty() {
        return None;
    }
    let listed = Arc::clone(origins);
    let is_allowed = move |origin: &HeaderValue, request: &Parts| {
        let path = request.uri.path();
        (path.starts_with("/v1/") || path.starts_with("/log/")) && listed.contains(origin)
    };
    let layer = CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(is_allowed))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([
            ACCEPT,
            ACCEPT_LANGUAGE,
            AUTHORIZATION,
            CONTENT_TYPE,
            IF_MATCH,
            IF_NONE_MATCH,
            REQUEST_ID,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("onboarding-purpose"),
            HeaderName::from_static("traceparent"),
        ])
        .expose_headers([
            ALLOW,
            CONTENT_DISPOSITION,
            CONTENT_LANGUAGE,
            ETAG,
            LOCATION,
            RETRY_AFTER,
            WWW_AUTHENTICATE,
            REQUEST_ID,
            IDEMPOTENCY_REPLAYED,
        ])
        .max_age(REMEMBERED)
        .vary([ORIGIN]);
    Some(layer)
}

//! Seen from outside: a request id, a span, a log line and two metrics a request.
//!
//! They carry the route's template, never the path: paths could hold a token that somebody pasted into the wrong place.
//! Queries, bodies and headers are not told at all.

use std::collections::HashMap;
use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;
use uuid::Uuid;

use crate::call::traceparent;

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Lengths of a request id that a client may choose.
const REQUEST_ID_LENGTHS: std::ops::RangeInclusive<usize> = 8..=64;

/// The identifier of a request, in the answer, the log and the metadata of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub String);

/// Gives the request its id and span, and tells of it when it is answered.
pub async fn observe(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(request.headers());
    let route = route(&request);
    let method = method(request.method());
    let span = tracing::info_span!(
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        request_id = id.0,
        http.request.method = method,
        http.route = route,
        http.response.status_code = tracing::field::Empty,
        registration.id = tracing::field::Empty,
    );
    if let Some(parent) = traceparent(request.headers()) {
        let headers = HashMap::from([("traceparent".to_owned(), parent.to_owned())]);
        runtime::telemetry::continue_from(&span, &headers);
    }
    request.extensions_mut().insert(id.clone());

    let mut response = next.run(request).instrument(span.clone()).await;

    // Signed: an unsigned attribute of a span is exported as text.
    let status = i64::from(response.status().as_u16());
    let elapsed = started.elapsed();
    span.record("http.response.status_code", status);
    span.in_scope(|| tracing::info!(status, milliseconds = elapsed.as_millis() as u64, "answered"));
    metrics::counter!(
        "onboarding_http_requests_total",
        "route" => route.clone(), "method" => method, "status" => status.to_string()
    )
    .increment(1);
    metrics::histogram!("onboarding_http_request_seconds", "route" => route, "method" => method)
        .record(elapsed.as_secs_f64());
    if let Ok(value) = HeaderValue::try_from(id.0) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The client's own id if it is hexadecimal digits and dashes, as UUIDs and trace ids are; else a new one. The id is
/// stored with events for ever, so that nothing may come through in it that could name a person.
fn request_id(headers: &HeaderMap) -> RequestId {
    let sane = |text: &&str| {
        REQUEST_ID_LENGTHS.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
    };
    let given = headers
        .get(REQUEST_ID)
        .and_then(|it| it.to_str().ok())
        .filter(sane);
    RequestId(given.map_or_else(|| Uuid::now_v7().to_string(), str::to_owned))
}

/// The template of the route; one name for all that is none.
fn route(request: &Request) -> String {
    let matched = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    matched
        .filter(|path| !path.contains("__private"))
        .unwrap_or("unmatched")
        .to_owned()
}

/// The method, if it is one that the service has; the number of labels must not be the client's choice.
fn method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_can_be_chosen_but_names_nobody() {
        let of = |text: &str| request_id(&HeaderMap::from_iter([(REQUEST_ID, text.parse().unwrap())])).0;
        for sane in [
            "0198f2c4-7a52-7b1e-8f4e-2f1d9a6b3c11",
            "0af7651916cd43dd8448eb211c80319c",
        ] {
            assert_eq!(of(sane), sane);
        }
        for other in ["jean.dupont@example.org", "", "a", "x y", &"a".repeat(65)] {
            assert_ne!(of(other), other);
            assert!(of(other).parse::<Uuid>().is_ok());
        }
    }
}

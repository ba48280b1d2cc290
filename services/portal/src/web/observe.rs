//! Seen from outside: a request id, a span, a log line and two metrics a request.
//!
//! They carry the route's template, never the path, which may hold a link's token. Queries, forms and headers are not
//! told at all.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;
use uuid::Uuid;

/// The identifier of a request, in the answer, the log and the metadata of events.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Gives the request its id and span, and tells of it when it is answered.
pub async fn observe(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = Uuid::now_v7().to_string();
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or("unmatched", MatchedPath::as_str).to_owned();
    let method = match request.method().as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        _ => "other",
    };
    let span = tracing::info_span!(
        "page",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        request_id = id,
        http.request.method = method,
        http.route = route,
        http.response.status_code = tracing::field::Empty,
    );
    request.extensions_mut().insert(RequestId(id.clone()));

    let mut response = next.run(request).instrument(span.clone()).await;

    // Signed: an unsigned attribute of a span is exported as text.
    let status = i64::from(response.status().as_u16());
    let elapsed = started.elapsed();
    span.record("http.response.status_code", status);
    span.in_scope(|| tracing::info!(status, milliseconds = elapsed.as_millis() as u64, "answered"));
    let labels = [
        ("route", route.clone()),
        ("method", method.to_owned()),
        ("status", status.to_string()),
    ];
    metrics::counter!("onboarding_http_requests_total", &labels).increment(1);
    metrics::histogram!("onboarding_http_request_seconds", "route" => route, "method" => method)
        .record(elapsed.as_secs_f64());
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

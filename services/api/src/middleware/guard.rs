//! Bounds on what one request may cost: limits by network, a time limit, and panics kept to themselves.

use std::any::Any;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;
use crate::state::ApiState;
use runtime::edge::completion::to_its_end;
use runtime::edge::limits::Doing;
use runtime::edge::network::Network;

/// The longest that a request may take. A command that was committed all the same is found again by its idempotency key.
const TIME_MAX: Duration = Duration::from_secs(30);
/// The longest that a body of many contacts may take; one that falls silent is given up much earlier.
const BULK_TIME_MAX: Duration = Duration::from_secs(600);

/// Refuses what a network does too often.
pub async fn limit(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let Some(limits) = &state.limits else {
        return next.run(request).await;
    };
    match limits.check(
        doing(request.method(), route(&request)),
        Network::of_visitor(request.extensions()),
    ) {
        Ok(()) => next.run(request).await,
        Err(retry_after_seconds) => Problem::too_many_attempts(retry_after_seconds).into_response(),
    }
}

/// Stops waiting for what takes too long. The work itself goes on to its end.
pub async fn limit_time(request: Request, next: Next) -> Response {
    let is_bulk = request.method() == Method::POST && route(&request) == "/v1/directory/contacts";
    let time_max = if is_bulk { BULK_TIME_MAX } else { TIME_MAX };
    tokio::time::timeout(time_max, to_its_end(next.run(request)))
        .await
        .unwrap_or_else(|_| {
            tracing::error!("a request took too long");
            Problem::unavailable().into_response()
        })
}

/// The answer to a panic: a fault like any other. Its message stays untold, since nobody has checked what is in it.
pub fn answer_panic(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request panicked");
    Problem::internal().into_response()
}

fn route(request: &Request) -> &str {
    request
        .extensions()
        .get::<MatchedPath>()
        .map_or("", MatchedPath::as_str)
}

/// Erasure counts with signing in: it tries a password too.
fn doing(method: &Method, route: &str) -> Doing {
    match (method.as_str(), route) {
        ("POST", "/v1/registrations") => Doing::Starting,
        ("POST", "/v1/sessions" | "/v1/me/erasure") => Doing::SigningIn,
        ("POST", "/v1/email-verifications" | "/v1/resumptions" | "/v1/password-resets")
        | ("PUT", "/v1/registrations/{id}/password") => Doing::FollowingLinks,
        _ => Doing::Anything,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_counted_by_what_they_do() {
        assert_eq!(doing(&Method::POST, "/v1/registrations"), Doing::Starting);
        assert_eq!(doing(&Method::GET, "/v1/registrations"), Doing::Anything);
        assert_eq!(
            doing(&Method::PUT, "/v1/registrations/{id}/password"),
            Doing::FollowingLinks
        );
        assert_eq!(doing(&Method::POST, "/v1/me/erasure"), Doing::SigningIn);
    }
}

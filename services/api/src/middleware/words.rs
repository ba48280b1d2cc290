//! Finds the words of a problem on its way out.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CONTENT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::values::Locale;

use crate::call::locale;
use crate::problem::Problem;
use crate::routes::IDEMPOTENCY_REPLAYED;
use crate::state::ApiState;

/// Turns the problem that a response carries into `application/problem+json`, in the language asked for.
pub async fn word_problems(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let locale = locale(request.headers());
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Problem>() {
        Some(problem) => {
            let allow = response.headers_mut().remove(ALLOW);
            worded(&problem, &state, locale, allow)
        }
        None => response,
    }
}

fn worded(problem: &Problem, state: &ApiState, locale: Locale, allow: Option<HeaderValue>) -> Response {
    let answer = problem.in_words(&state.words, locale, &state.onboarding.catalogue().contact_url);
    let mut response = (problem.status, Json(answer)).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(locale.code()));
    if problem.replayed {
        headers.insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    }
    if let Some(seconds) = problem.retry_after_seconds {
        headers.insert(RETRY_AFTER, seconds.into());
    }
    if problem.status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(methods) = allow {
        headers.insert(ALLOW, methods);
    }
    response
}

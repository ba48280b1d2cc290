//! Signing in and out.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};

use crate::answers::SessionAnswer;
use crate::body::Body;
use crate::call::Call;
use crate::credentials::{note_registration, session};
use crate::forms;
use crate::problem::Problem;
use crate::requests::SignInRequest;
use crate::state::ApiState;
use runtime::edge::cookies::Cookie;

/// Opens a session. The token is also set as a cookie.
///
/// An unknown address, a wrong password and an address that cannot be one get the same answer. An `Idempotency-Key` has nothing
/// to do here: each request opens a session of its own, and its token is kept nowhere to be answered again.
#[utoipa::path(
    post, path = "/sessions", tag = "account", operation_id = "signIn",
    request_body = SignInRequest,
    responses(
        (status = 201, description = "Signed in.", body = SessionAnswer),
        (status = 401, description = "`sign-in-refused`."),
    ),
)]
pub async fn sign_in(State(state): State<ApiState>, body: Body) -> Result<Response, Problem> {
    let (email, password) = forms::sign_in(body.into_fields()).map_err(Problem::invalid)?;
    let session = state.onboarding.sign_in(email, &password).await?;
    note_registration(session.id);
    let cookie = Cookie::Session.set(&state.site, &session.token);
    let mut response = (StatusCode::CREATED, Json(SessionAnswer { token: session.token })).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Closes the session. Closing it twice is fine.
#[utoipa::path(
    delete, path = "/sessions/current", tag = "account", operation_id = "signOut",
    responses((status = 204, description = "Signed out.")),
    security(("session" = []), ("sessionCookie" = [])),
)]
pub async fn sign_out(State(state): State<ApiState>, call: Call) -> Result<Response, Problem> {
    state.onboarding.sign_out(session(&state, &call)?).await?;
    Ok(without_session_cookie(
        &state,
        StatusCode::NO_CONTENT.into_response(),
    ))
}

/// Has the browser forget the session.
pub(super) fn without_session_cookie(state: &ApiState, mut response: Response) -> Response {
    if let Some(cookie) = Cookie::Session.clear(&state.site) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

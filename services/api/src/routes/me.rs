//! "Mon espace": what a signed-in person sees and may do.

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::{IntoResponse, Response};

use super::registration_alone;
use super::sessions::without_session_cookie;
use crate::answers::{ExportAnswer, MeAnswer, RegistrationAnswer};
use crate::body::Body;
use crate::call::Call;
use crate::credentials::{session, signed_in};
use crate::forms;
use crate::problem::Problem;
use crate::requests::{CorrectionRequest, ErasureRequest, TopicsRequest};
use crate::state::ApiState;

/// Shows the person, their topics and every establishment that they are attached to.
#[utoipa::path(
    get, path = "/me", tag = "account", operation_id = "getMe",
    responses((status = 200, description = "The account.", body = MeAnswer)),
    security(("session" = []), ("sessionCookie" = [])),
)]
pub async fn show(State(state): State<ApiState>, call: Call) -> Result<Json<MeAnswer>, Problem> {
    let id = signed_in(&state, &call).await?;
    Ok(Json(state.onboarding.me(id).await?.into()))
}

/// Changes the topics that the person is written to about.
#[utoipa::path(
    put, path = "/me/topics", tag = "account", operation_id = "putMyTopics",
    request_body = TopicsRequest,
    responses((status = 200, description = "The topics are changed.", body = RegistrationAnswer)),
    security(("session" = []), ("sessionCookie" = [])),
)]
pub async fn change_topics(
    State(state): State<ApiState>,
    call: Call,
    body: Body,
) -> Result<Response, Problem> {
    let id = signed_in(&state, &call).await?;
    let ask = call.ask_about(&state, id, &body.content()).await?;
    let topics = forms::topics(body.into_fields(), state.onboarding.catalogue());
    Ok(registration_alone(
        &state.onboarding.change_topics(id, &ask, topics).await?,
    ))
}

/// Corrects the person's civility and names. The address stays: it is what the account is known by.
#[utoipa::path(
    put, path = "/me/identity", tag = "account", operation_id = "putMyIdentity",
    request_body = CorrectionRequest,
    responses((status = 200, description = "The identity is corrected.", body = RegistrationAnswer)),
    security(("session" = []), ("sessionCookie" = [])),
)]
pub async fn rectify(State(state): State<ApiState>, call: Call, body: Body) -> Result<Response, Problem> {
    let id = signed_in(&state, &call).await?;
    let ask = call.ask_about(&state, id, &body.content()).await?;
    let correction = forms::correction(body.into_fields());
    Ok(registration_alone(
        &state.onboarding.rectify(id, &ask, correction).await?,
    ))
}

/// Hands out everything held on the person, with what is sealed opened.
#[utoipa::path(
    get, path = "/me/export", tag = "account", operation_id = "exportMe",
    responses((status = 200, description = "Everything held.", body = ExportAnswer)),
    security(("session" = []), ("sessionCookie" = [])),
)]
pub async fn export(State(state): State<ApiState>, call: Call) -> Result<Response, Problem> {
    let id = signed_in(&state, &call).await?;
    let export = state.onboarding.export(id).await?;
    let answer = ExportAnswer::try_from(export).map_err(|fault| usecases::Denied::Fault(fault.into()))?;
    Ok((
        [(CONTENT_DISPOSITION, "attachment; filename=\"export.json\"")],
        Json(answer),
    )
        .into_response())
}

/// Closes the account and forgets the person, for ever: their key is destroyed. Where a waiting time is set, or a legal
/// hold stands against it, the account is closed at once (state `closed`) and the key is destroyed later.
#[utoipa::path(
    post, path = "/me/erasure", tag = "account", operation_id = "eraseMe",
    request_body = ErasureRequest,
    responses(
        (status = 202, description = "The account is closed and the key destroyed, or about to be.", body = RegistrationAnswer),
        (status = 401, description = "`unauthorized`; `sign-in-refused` when the password is another."),
    ),
    security(("session" = []), ("sessionCookie" = [])),
)]
pub async fn erase(State(state): State<ApiState>, call: Call, body: Body) -> Result<Response, Problem> {
    let mut ask = call.ask(&state, session(&state, &call)?, &body.content())?;
    // The session ends with the account, and its answer may have been lost.
    let outcome = match state.onboarding.answered(&ask).await? {
        Some(outcome) => outcome,
        None => {
            let id = signed_in(&state, &call).await?;
            ask.expected_version = call.expected_version(&state, id).await?;
            let password = forms::password(body.into_fields()).map_err(Problem::invalid)?;
            state.onboarding.erase_me(id, &ask, &password).await?
        }
    };
    Ok(without_session_cookie(&state, registration_alone(&outcome)))
}

//! Taking an unfinished registration up again by the link of its reminder.

use axum::extract::State;
use axum::response::Response;

use super::registration;
use crate::answers::RegistrationAnswer;
use crate::body::Body;
use crate::call::Call;
use crate::credentials::note_registration;
use crate::forms;
use crate::problem::Problem;
use crate::requests::TokenRequest;
use crate::state::ApiState;

/// Hands out a new continuation token. Any number of times is fine.
#[utoipa::path(
    post, path = "/resumptions", tag = "links", operation_id = "resumeRegistration",
    request_body = TokenRequest,
    responses(
        (status = 200, description = "The registration, with a continuation token.", body = RegistrationAnswer),
        (status = 422, description = "`link-invalid`, `link-expired`, `invalid`."),
    ),
)]
pub async fn resume(State(state): State<ApiState>, call: Call, body: Body) -> Result<Response, Problem> {
    let content = body.content();
    let token = forms::token(body.into_fields()).map_err(Problem::invalid)?;
    let ask = call.ask(&state, &token, &content)?;
    let (outcome, continuation) = state.onboarding.resume(&ask, &token).await?;
    note_registration(outcome.id);
    Ok(registration(&outcome, |answer| {
        answer.with_continuation(continuation)
    }))
}

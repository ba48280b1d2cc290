//! Proving an address by the link of a mail. Opening the link changes nothing; this does.

use axum::extract::State;
use axum::response::Response;
use domain::values::Flow;

use super::registration;
use crate::answers::{PasswordPolicyAnswer, RegistrationAnswer};
use crate::body::Body;
use crate::call::Call;
use crate::credentials::note_registration;
use crate::forms;
use crate::problem::Problem;
use crate::requests::TokenRequest;
use crate::state::ApiState;

/// Proves an address. Twice is no error.
///
/// In the flow `private`, when steps of the form follow, the answer carries a continuation token: the link proves who
/// asks, on any device.
#[utoipa::path(
    post, path = "/email-verifications", tag = "links", operation_id = "verifyEmail",
    request_body = TokenRequest,
    responses(
        (status = 200, description = "The address is proven.", body = RegistrationAnswer),
        (status = 409, description = "`account-exists`: another registration of this address became the account."),
        (status = 422, description = "`link-invalid`, `link-expired`, `invalid`."),
    ),
)]
pub async fn verify(State(state): State<ApiState>, call: Call, body: Body) -> Result<Response, Problem> {
    let content = body.content();
    let token = forms::token(body.into_fields()).map_err(Problem::invalid)?;
    let ask = call.ask(&state, &token, &content)?;
    let outcome = state.onboarding.verify_email(&ask, &token).await?;
    note_registration(outcome.id);

    let policy = state.onboarding.settings().password_policy();
    let policy = PasswordPolicyAnswer::new(&policy, &state.words, call.locale);
    let goes_on = outcome.state.flow == Flow::Private && outcome.state.stage().is_form_open();
    Ok(registration(&outcome, |answer| {
        let answer = answer.with_policy(policy);
        if goes_on {
            answer.with_continuation(state.onboarding.continuation_token(outcome.id))
        } else {
            answer
        }
    }))
}

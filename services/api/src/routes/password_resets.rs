//! Another password: first the address, to which a mail goes; then the mail's token and the password.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::values::EmailAddress;
use usecases::{Form, ShortAnswer};

use super::registrations::ANYBODY;
use super::{marked, registration_alone};
use crate::answers::{AcceptedAnswer, PasswordResetAnswer};
use crate::body::Body;
use crate::call::Call;
use crate::credentials::note_registration;
use crate::fields::Fields;
use crate::forms;
use crate::problem::Problem;
use crate::requests::PasswordResetRequest;
use crate::state::ApiState;

/// The least time that the answer takes. An address with an account costs a commit and one without does not; both are
/// well within this, and so take equally long.
const LEAST_TIME: Duration = Duration::from_millis(150);

/// Asks for the mail by which another password can be set, or sets it by that mail's link.
///
/// The answer to an address is always the same, whether or not it has an account. An unfinished registration gets the
/// link that fits: the proof of its address, or the one that takes the form up again.
#[utoipa::path(
    post, path = "/password-resets", tag = "links", operation_id = "resetPassword",
    request_body = PasswordResetRequest,
    responses(
        (status = 200, description = "The password is set.", body = PasswordResetAnswer),
        (status = 202, description = "If the address has an account or an unfinished registration, a mail is on its way.", body = PasswordResetAnswer),
        (status = 422, description = "`invalid`, `password-refused`, `link-invalid`, `link-expired`."),
    ),
)]
pub async fn reset(State(state): State<ApiState>, call: Call, body: Body) -> Result<Response, Problem> {
    let content = body.content();
    let fields = body.into_fields();
    if fields.has("token") || fields.has("password") {
        set(&state, &call, fields, &content).await
    } else {
        ask_for_mail(&state, &call, forms::email(fields), &content).await
    }
}

async fn ask_for_mail(
    state: &ApiState,
    call: &Call,
    email: Form<EmailAddress>,
    content: &[Vec<u8>],
) -> Result<Response, Problem> {
    let ask = call.ask(state, ANYBODY, content)?;
    let requested = state.onboarding.once(&ask, async {
        state.onboarding.request_password_reset(&ask, email).await?;
        Ok(ShortAnswer::new(202))
    });
    let (requested, ()) = tokio::join!(requested, tokio::time::sleep(LEAST_TIME));
    let asked = PasswordResetAnswer::Asked(AcceptedAnswer { status: "accepted" });
    let answer = (StatusCode::ACCEPTED, Json(asked));
    Ok(marked(answer.into_response(), requested?.replayed))
}

async fn set(
    state: &ApiState,
    call: &Call,
    fields: Fields,
    content: &[Vec<u8>],
) -> Result<Response, Problem> {
    let form = forms::new_password(fields).map_err(Problem::invalid)?;
    let ask = call.ask(state, &form.token, content)?;
    let outcome = state.onboarding.set_password(None, &ask, form).await?;
    note_registration(outcome.id);
    Ok(registration_alone(&outcome))
}

//! A registration: started, shown, its first step redone, its mail asked for again, its password set.

use axum::extract::State;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::{registration, registration_alone};
use crate::answers::RegistrationAnswer;
use crate::body::{Body, NoBody};
use crate::call::{Call, IdInPath};
use crate::credentials::{continued, note_registration};
use crate::forms;
use crate::if_match::{etag, is_held};
use crate::problem::Problem;
use crate::requests::{IdentityRequest, NewPasswordRequest};
use crate::state::ApiState;

/// Whose idempotency key it is, where nobody has said who they are.
pub(super) const ANYBODY: &str = "anonymous";

/// Starts a registration.
///
/// The state is `awaiting_email_verification` when the address is a known contact's, else `awaiting_topics`; in the flow
/// `private` always the former. An address that already has an account looks the same from here.
#[utoipa::path(
    post, path = "/registrations", tag = "registrations", operation_id = "startRegistration",
    request_body = IdentityRequest,
    responses((status = 201, description = "Started.", body = RegistrationAnswer)),
)]
pub async fn start(State(state): State<ApiState>, call: Call, body: Body) -> Result<Response, Problem> {
    let ask = call.ask(&state, ANYBODY, &body.content())?;
    let form = forms::identity(body.into_fields(), state.onboarding.catalogue(), call.locale);
    let outcome = state.onboarding.start(&ask, form).await?;
    note_registration(outcome.id);
    let token = state.onboarding.continuation_token(outcome.id);
    let mut response = registration(&outcome, |answer| answer.with_continuation(token));
    if let Ok(location) = HeaderValue::try_from(format!("/v1/registrations/{}", outcome.id)) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

/// Shows a registration as its events have it.
#[utoipa::path(
    get, path = "/registrations/{id}", tag = "registrations", operation_id = "getRegistration",
    params(("id" = uuid::Uuid, Path, description = "The registration.")),
    responses(
        (status = 200, description = "The registration.", body = RegistrationAnswer),
        (status = 304, description = "`If-None-Match` names the present version."),
    ),
    security(("continuation" = []), ("continuationCookie" = [])),
)]
pub async fn show(State(state): State<ApiState>, id: IdInPath, call: Call) -> Result<Response, Problem> {
    let id = continued(&state, &call, &id)?;
    let outcome = state.onboarding.registration(id).await?;
    if is_held(&call.headers, outcome.version) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, etag(outcome.version))]).into_response());
    }
    Ok(registration_alone(&outcome))
}

/// Redoes step 1, until the address is proven.
///
/// A changed address voids the link of an earlier mail and asks for a new mail. Where `locale` is absent the language
/// stays what it was.
#[utoipa::path(
    put, path = "/registrations/{id}/identity", tag = "registrations", operation_id = "putIdentity",
    params(("id" = uuid::Uuid, Path, description = "The registration.")),
    request_body = IdentityRequest,
    responses(
        (status = 200, description = "Step 1 is as given.", body = RegistrationAnswer),
        (status = 409, description = "`step-out-of-order`: the address is proven. Judged before the body's values."),
    ),
    security(("continuation" = []), ("continuationCookie" = [])),
)]
pub async fn submit_identity(
    State(state): State<ApiState>,
    id: IdInPath,
    call: Call,
    body: Body,
) -> Result<Response, Problem> {
    let id = continued(&state, &call, &id)?;
    let ask = call.ask_about(&state, id, &body.content()).await?;
    let fields = body.into_fields();
    let locale = match fields.has("locale") {
        true => call.locale,
        false => state.onboarding.registration(id).await?.state.locale,
    };
    let form = forms::identity(fields, state.onboarding.catalogue(), locale);
    Ok(registration_alone(
        &state.onboarding.submit_identity(id, &ask, form).await?,
    ))
}

/// Asks for the mail once more; its link replaces the one before.
#[utoipa::path(
    post, path = "/registrations/{id}/verification-mails", tag = "registrations", operation_id = "requestVerificationMail",
    params(("id" = uuid::Uuid, Path, description = "The registration.")),
    responses(
        (status = 202, description = "The mail is on its way.", body = RegistrationAnswer),
        (status = 409, description = "`step-out-of-order`: no mail is due."),
    ),
    security(("continuation" = []), ("continuationCookie" = [])),
)]
pub async fn request_mail(
    State(state): State<ApiState>,
    id: IdInPath,
    call: Call,
    NoBody(body): NoBody,
) -> Result<Response, Problem> {
    let id = continued(&state, &call, &id)?;
    let ask = call.ask_about(&state, id, &body.content()).await?;
    body.into_fields().finish(Some(())).map_err(Problem::invalid)?;
    Ok(registration_alone(
        &state.onboarding.request_verification_mail(id, &ask).await?,
    ))
}

/// Sets the password by the link of the mail, and proves the address if that was not done.
///
/// The link is proof enough: no continuation token is needed, on any device.
#[utoipa::path(
    put, path = "/registrations/{id}/password", tag = "registrations", operation_id = "putPassword",
    params(("id" = uuid::Uuid, Path, description = "The registration.")),
    request_body = NewPasswordRequest,
    responses(
        (status = 200, description = "The account is active.", body = RegistrationAnswer),
        (status = 409, description = "`account-exists`: another registration of this address became the account; \
            `step-out-of-order`: other steps come first."),
        (status = 422, description = "`password-refused`, with every unmet rule; `link-invalid`, `link-expired`, `invalid`."),
    ),
)]
pub async fn set_password(
    State(state): State<ApiState>,
    id: IdInPath,
    call: Call,
    body: Body,
) -> Result<Response, Problem> {
    let content = body.content();
    let id = id.0.parse().map_err(|_| Problem::not_found())?;
    let form = forms::new_password(body.into_fields()).map_err(Problem::invalid)?;
    let mut ask = call.ask(&state, &form.token, &content)?;
    ask.expected_version = call.expected_version(&state, id).await?;
    let outcome = state.onboarding.set_password(Some(id), &ask, form).await?;
    note_registration(outcome.id);
    Ok(registration_alone(&outcome))
}

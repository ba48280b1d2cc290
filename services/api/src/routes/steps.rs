//! The form's steps 2 to 4, each to be redone until a mail has been asked for.
//!
//! Every handler is the same three lines: who asks, what they ask, the use case. The order of the steps is the use
//! case's to judge, before the faults of the form.

use axum::extract::State;
use axum::response::Response;

use super::registration_alone;
use crate::answers::RegistrationAnswer;
use crate::body::Body;
use crate::call::{Call, IdInPath};
use crate::credentials::continued;
use crate::forms;
use crate::problem::Problem;
use crate::requests::{EstablishmentRequest, IdccRequest, MemberNumberRequest, TopicsRequest};
use crate::state::ApiState;

/// Step 2: chooses topics, none included.
#[utoipa::path(
    put, path = "/registrations/{id}/topics", tag = "registrations", operation_id = "putTopics",
    params(("id" = uuid::Uuid, Path, description = "The registration.")),
    request_body = TopicsRequest,
    responses(
        (status = 200, description = "The topics are chosen.", body = RegistrationAnswer),
        (status = 409, description = "`step-out-of-order`. Judged before the body's values."),
    ),
    security(("continuation" = []), ("continuationCookie" = [])),
)]
pub async fn choose_topics(
    State(state): State<ApiState>,
    id: IdInPath,
    call: Call,
    body: Body,
) -> Result<Response, Problem> {
    let id = continued(&state, &call, &id)?;
    let ask = call.ask_about(&state, id, &body.content()).await?;
    let topics = forms::topics(body.into_fields(), state.onboarding.catalogue());
    Ok(registration_alone(
        &state.onboarding.choose_topics(id, &ask, topics).await?,
    ))
}

/// Step 3: declares the person's establishment.
///
/// The state that follows is `awaiting_member_number` when the organisation knows it, else `awaiting_idcc`. When the
/// official register does not answer in time the step is accepted and `establishment.register_check` is `pending`.
#[utoipa::path(
    put, path = "/registrations/{id}/establishment", tag = "registrations", operation_id = "putEstablishment",
    params(("id" = uuid::Uuid, Path, description = "The registration.")),
    request_body = EstablishmentRequest,
    responses(
        (status = 200, description = "The establishment is declared.", body = RegistrationAnswer),
        (status = 409, description = "`step-out-of-order`. Judged before the body's values."),
        (status = 422, description = "`invalid`; `establishment-closed`, with date and successor where known; \
            `establishment-not-found`."),
    ),
    security(("continuation" = []), ("continuationCookie" = [])),
)]
pub async fn declare_establishment(
    State(state): State<ApiState>,
    id: IdInPath,
    call: Call,
    body: Body,
) -> Result<Response, Problem> {
    let id = continued(&state, &call, &id)?;
    let ask = call.ask_about(&state, id, &body.content()).await?;
    let siret = forms::siret(body.into_fields());
    Ok(registration_alone(
        &state.onboarding.declare_establishment(id, &ask, siret).await?,
    ))
}

/// Step 4, where the organisation knows the establishment: gives its number. The mail is asked for.
#[utoipa::path(
    put, path = "/registrations/{id}/member-number", tag = "registrations", operation_id = "putMemberNumber",
    params(("id" = uuid::Uuid, Path, description = "The registration.")),
    request_body = MemberNumberRequest,
    responses(
        (status = 200, description = "The number is the establishment's.", body = RegistrationAnswer),
        (status = 409, description = "`step-out-of-order`. Judged before the body's values."),
        (status = 422, description = "`invalid`; `member-number-mismatch`, with the contact address."),
        (status = 429, description = "`too-many-attempts`, of this registration or at this establishment, with the contact address."),
    ),
    security(("continuation" = []), ("continuationCookie" = [])),
)]
pub async fn give_member_number(
    State(state): State<ApiState>,
    id: IdInPath,
    call: Call,
    body: Body,
) -> Result<Response, Problem> {
    let id = continued(&state, &call, &id)?;
    let ask = call.ask_about(&state, id, &body.content()).await?;
    let number = forms::number(body.into_fields());
    let given = state.onboarding.give_member_number(id, &ask, number).await;
    let outcome = given.map_err(|denied| Problem::from(denied).offering_contact_when_blocked())?;
    Ok(registration_alone(&outcome))
}

/// Step 4, where the organisation does not know the establishment: gives its collective agreement. The mail is asked for.
#[utoipa::path(
    put, path = "/registrations/{id}/idcc", tag = "registrations", operation_id = "putIdcc",
    params(("id" = uuid::Uuid, Path, description = "The registration.")),
    request_body = IdccRequest,
    responses(
        (status = 200, description = "The agreement is accepted.", body = RegistrationAnswer),
        (status = 409, description = "`step-out-of-order`. Judged before the body's values."),
        (status = 422, description = "`invalid`; `idcc-unknown`; `idcc-replaced`, with successors."),
    ),
    security(("continuation" = []), ("continuationCookie" = [])),
)]
pub async fn give_idcc(
    State(state): State<ApiState>,
    id: IdInPath,
    call: Call,
    body: Body,
) -> Result<Response, Problem> {
    let id = continued(&state, &call, &id)?;
    let ask = call.ask_about(&state, id, &body.content()).await?;
    let idcc = forms::idcc(body.into_fields());
    Ok(registration_alone(
        &state.onboarding.give_idcc(id, &ask, idcc).await?,
    ))
}

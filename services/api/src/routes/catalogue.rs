//! What can be chosen in the form.

use axum::Json;
use axum::extract::State;

use crate::answers::{CatalogueAnswer, PasswordPolicyAnswer};
use crate::call::Call;
use crate::state::ApiState;

/// Lists civilities, profiles, topics and the password policy, in the language asked for.
#[utoipa::path(
    get, path = "/catalogue", tag = "lists", operation_id = "getCatalogue",
    responses((status = 200, description = "What can be chosen.", body = CatalogueAnswer)),
)]
pub async fn show(State(state): State<ApiState>, call: Call) -> Json<CatalogueAnswer> {
    let policy = state.onboarding.settings().password_policy();
    let policy = PasswordPolicyAnswer::new(&policy, &state.words, call.locale);
    Json(CatalogueAnswer::new(
        state.onboarding.catalogue(),
        policy,
        call.locale,
    ))
}

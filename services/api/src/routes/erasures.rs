//! Certificates of erasures. Whoever knows the number of an erased registration may have it: it names nobody.

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::{IntoResponse, Response};
use domain::values::RegistrationId;
use usecases::ErasureCertificate;
use utoipa::ToSchema;

use crate::call::IdInPath;
use crate::problem::Problem;
use crate::state::ApiState;

/// The certificate of an erasure.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what the use case answers")]
pub struct ErasureCertificateAnswer {
    /// A signed note (C2SP signed-note): registration, when, by whom, place in the log, and until when copies of the
    /// database could still be opened.
    statement: String,
    /// The event `PersonErased`, each column as it is stored.
    #[schema(value_type = Object)]
    event: ErasureCertificate,
    /// That the event is in the log (C2SP tlog-proof), with the signed checkpoint that covers it.
    proof: String,
}

/// Hands out the certificate of an erasure: signed, with the proof that the erasure is in the log. For some seconds after
/// the erasure there is none yet.
#[utoipa::path(
    get, path = "/erasures/{registration}", tag = "account", operation_id = "getErasureCertificate",
    params(("registration" = String, Path, description = "The registration that was erased.")),
    responses((status = 200, description = "The certificate.", body = ErasureCertificateAnswer)),
)]
pub async fn certificate(State(state): State<ApiState>, id: IdInPath) -> Result<Response, Problem> {
    let id: RegistrationId = id.0.parse().map_err(|_| Problem::not_found())?;
    let certificate = state.onboarding.erasure_certificate(id).await?;
    let certificate = certificate.ok_or_else(Problem::not_found)?;
    Ok((
        [(
            CONTENT_DISPOSITION,
            "attachment; filename=\"erasure-certificate.json\"",
        )],
        Json(certificate),
    )
        .into_response())
}

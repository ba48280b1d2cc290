//! Search among collective agreements.

use axum::Json;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use directory::idcc::agreements;
use serde::Deserialize;
use usecases::FieldFault;

use crate::answers::AgreementAnswer;
use crate::problem::Problem;

/// The most agreements listed; whoever has not found theirs among so many types another word.
const ANSWERS_MAX: usize = 20;

/// The query.
#[derive(Deserialize)]
pub struct Search {
    /// A number or its beginning, a usual name, or words of the title.
    q: Option<String>,
}

/// Finds agreements by number, usual name or words, best first. Every word that tells something must match.
#[utoipa::path(
    get, path = "/idcc", tag = "lists", operation_id = "searchIdcc",
    params(("q" = String, Query, description = "A number or its beginning, a usual name, or words of the title.", example = "hotels cafes")),
    responses(
        (status = 200, description = "Agreements, at most 20.", body = Vec<AgreementAnswer>),
        (status = 422, description = "`invalid`: no `q`."),
    ),
)]
pub async fn search(
    query: Result<Query<Search>, QueryRejection>,
) -> Result<Json<Vec<AgreementAnswer>>, Problem> {
    let fault = |code| Problem::invalid(vec![FieldFault::new("q", code)]);
    let Query(Search { q }) = query.map_err(|_| fault("invalid-format"))?;
    let q = q.ok_or_else(|| fault("required"))?;
    Ok(Json(
        agreements()
            .search(&q, ANSWERS_MAX)
            .into_iter()
            .map(Into::into)
            .collect(),
    ))
}

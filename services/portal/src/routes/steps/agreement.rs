//! Step 4 for an establishment that is not known here: its collective agreement.

use axum::extract::Query;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use domain::values::Idcc;
use serde::Deserialize;
use usecases::Outcome;

use super::{away, continued, opened, send_on};
use crate::complaints::{Complaints, Objection};
use crate::journey;
use crate::views::agreement::{self, Values};
use crate::web::answer::{refused, see_other};
use crate::web::posted::Posted;
use crate::web::visit::Visit;

/// What the address of the page may say. An agreement's number is public and names nobody.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Search {
    /// What is searched for.
    q: Option<String>,
    /// What was chosen among suggestions or results, to stand in the field.
    idcc: Option<String>,
}

/// Shows the field, with suggestions and what a search found.
pub async fn show(visit: Visit, uri: Uri) -> Response {
    let search = Query::<Search>::try_from_uri(&uri)
        .map(|Query(it)| it)
        .unwrap_or_default();
    match opened(&visit, journey::AGREEMENT).await {
        Ok(outcome) => page(&visit, &outcome, &search, None),
        Err(response) => *response,
    }
}

/// Takes the number.
pub async fn submit(visit: Visit, posted: Posted) -> Response {
    let id = match continued(&visit) {
        Ok(id) => id,
        Err(response) => return *response,
    };
    match visit
        .state
        .onboarding
        .give_idcc(id, &visit.ask(), posted.only("idcc", Idcc::parse))
        .await
    {
        Ok(outcome) => send_on(&visit, outcome.state.stage()),
        Err(denied) if journey::elsewhere(&denied).is_some() => away(&visit, denied),
        Err(denied) => {
            let objection = Objection::of(&visit.scene(), denied);
            let typed = Search {
                idcc: Some(posted.text("idcc").to_owned()),
                q: None,
            };
            match opened(&visit, journey::AGREEMENT).await {
                Ok(outcome) => page(&visit, &outcome, &typed, Some(&objection)),
                Err(response) => *response,
            }
        }
    }
}

fn page(visit: &Visit, outcome: &Outcome, search: &Search, objection: Option<&Objection>) -> Response {
    let Some(establishment) = &outcome.state.establishment else {
        return see_other(journey::ESTABLISHMENT);
    };
    let values = Values {
        siret: &establishment.siret,
        pending: establishment.is_pending(),
        suggested: &establishment.suggested_idcc,
        idcc: search.idcc.as_deref().unwrap_or_default(),
        query: search.q.as_deref(),
    };
    let render = |complaints: &Complaints| agreement::page(&visit.scene(), &values, complaints);
    match objection {
        Some(objection) => refused(objection, render(&objection.complaints)),
        None => (StatusCode::OK, render(&Complaints::default())).into_response(),
    }
}

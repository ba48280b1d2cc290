//! Step 4 for an establishment that is not known here: its collective agreement. The field takes its number, or words to
//! search for. The answer is held by the browser until the review is confirmed.

use axum::extract::Query;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use directory::idcc::agreements;
use domain::Refusal;
use domain::registration::command::IdccStanding;
use domain::values::Idcc;
use serde::Deserialize;
use usecases::{Denied, LastAnswer, Outcome};

use super::opened;
use super::review::hold;
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
    let mut search = Query::<Search>::try_from_uri(&uri)
        .map(|Query(it)| it)
        .unwrap_or_default();
    match opened(&visit, journey::AGREEMENT).await {
        Ok(outcome) => {
            if let Some(LastAnswer::Agreement(idcc)) = visit.held_answer(outcome.id, &outcome.state) {
                search.idcc.get_or_insert(idcc.to_string());
            }
            page(&visit, &outcome, &search, None)
        }
        Err(response) => *response,
    }
}

/// Takes the number, to be looked over with the other answers; words are searched for.
pub async fn submit(visit: Visit, posted: Posted) -> Response {
    let outcome = match opened(&visit, journey::AGREEMENT).await {
        Ok(outcome) => outcome,
        Err(response) => return *response,
    };
    let typed = posted.text("idcc").trim();
    let answer = posted
        .only("idcc", Idcc::parse)
        .map_err(Denied::Invalid)
        .and_then(in_force);
    match answer {
        Ok(idcc) => hold(&visit, &outcome, LastAnswer::Agreement(idcc)),
        Err(denied) if is_search(typed, &denied) => search_for(typed),
        Err(denied) => again(&visit, &outcome, typed, denied),
    }
}

/// Words are searched for, and so is a number that is none but calls an agreement, as 66 does.
fn is_search(typed: &str, denied: &Denied) -> bool {
    match denied {
        Denied::Invalid(_) => typed.chars().any(char::is_alphabetic),
        Denied::Refused(Refusal::IdccUnknown) => !agreements().search(typed, 1).is_empty(),
        _ => false,
    }
}

/// The page again, with what is wrong with the number.
pub fn again(visit: &Visit, outcome: &Outcome, typed: &str, denied: Denied) -> Response {
    let objection = Objection::of(&visit.scene(), denied);
    let search = Search {
        idcc: Some(typed.to_owned()),
        q: None,
    };
    page(visit, outcome, &search, Some(&objection))
}

/// Told here already, and judged again when it is sent.
fn in_force(idcc: Idcc) -> Result<Idcc, Denied> {
    match agreements().standing(&idcc) {
        IdccStanding::Current => Ok(idcc),
        IdccStanding::Ended { title, successors } => Err(Refusal::IdccReplaced { title, successors }.into()),
        IdccStanding::Unknown => Err(Refusal::IdccUnknown.into()),
    }
}

fn search_for(words: &str) -> Response {
    let query: String = url::form_urlencoded::byte_serialize(words.as_bytes()).collect();
    see_other(&format!("{}?q={query}#found", journey::AGREEMENT))
}

fn page(visit: &Visit, outcome: &Outcome, search: &Search, objection: Option<&Objection>) -> Response {
    let Some(establishment) = &outcome.state.establishment else {
        return see_other(journey::ESTABLISHMENT);
    };
    let values = Values {
        siret: &establishment.siret,
        check: establishment.register_check.as_ref(),
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

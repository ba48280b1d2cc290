//! Step 4 for an establishment that is known: its number. It is held by the browser until the review is confirmed.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::values::EstablishmentNumber;
use usecases::{Denied, LastAnswer, Outcome};

use super::review::hold;
use super::{away, opened};
use crate::complaints::{Complaints, Objection};
use crate::journey;
use crate::views::number;
use crate::web::answer::{refused, see_other};
use crate::web::posted::Posted;
use crate::web::visit::Visit;

/// Shows the field, with the number that the browser holds.
pub async fn show(visit: Visit) -> Response {
    match opened(&visit, journey::NUMBER).await {
        Ok(outcome) => {
            let held = match visit.held_answer(outcome.id, &outcome.state) {
                Some(LastAnswer::Number(number)) => number.as_str().to_owned(),
                _ => String::new(),
            };
            page(&visit, &outcome, &held, None)
        }
        Err(response) => *response,
    }
}

/// Takes the number, to be looked over with the other answers. A wrong one is told here, where it was typed; it is written
/// down for auditors, and counted. The right one is judged again when it is sent.
pub async fn submit(visit: Visit, posted: Posted) -> Response {
    let outcome = match opened(&visit, journey::NUMBER).await {
        Ok(outcome) => outcome,
        Err(response) => return *response,
    };
    match judged(&visit, &outcome, &posted).await {
        Ok(number) => hold(&visit, &outcome, LastAnswer::Number(number)),
        Err(denied) if journey::elsewhere(&denied).is_some() => away(&visit, denied),
        Err(denied) => {
            let objection = Objection::of(&visit.scene(), denied);
            page(&visit, &outcome, posted.text("number"), Some(&objection))
        }
    }
}

async fn judged(visit: &Visit, outcome: &Outcome, posted: &Posted) -> Result<EstablishmentNumber, Denied> {
    let number = posted
        .only("number", EstablishmentNumber::parse)
        .map_err(Denied::Invalid)?;
    let onboarding = &visit.state.onboarding;
    onboarding
        .judge_member_number(outcome.id, &visit.ask(), number.clone())
        .await?;
    Ok(number)
}

/// The page, with what stands in the field and what is wrong with it.
pub fn page(visit: &Visit, outcome: &Outcome, typed: &str, objection: Option<&Objection>) -> Response {
    let Some(establishment) = &outcome.state.establishment else {
        return see_other(journey::ESTABLISHMENT);
    };
    let render =
        |complaints: &Complaints| number::page(&visit.scene(), &establishment.siret, typed, complaints);
    match objection {
        Some(objection) => refused(objection, render(&objection.complaints)),
        None => (StatusCode::OK, render(&Complaints::default())).into_response(),
    }
}

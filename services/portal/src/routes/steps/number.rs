//! Step 4 for an establishment that is known: its number.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::values::EstablishmentNumber;
use usecases::Outcome;

use super::{away, continued, opened, send_on};
use crate::complaints::{Complaints, Objection};
use crate::journey;
use crate::views::number;
use crate::web::answer::{refused, see_other};
use crate::web::posted::Posted;
use crate::web::visit::Visit;

/// Shows the field.
pub async fn show(visit: Visit) -> Response {
    match opened(&visit, journey::NUMBER).await {
        Ok(outcome) => page(&visit, &outcome, "", None),
        Err(response) => *response,
    }
}

/// Takes the number. A wrong one is written down for auditors, and counted.
pub async fn submit(visit: Visit, posted: Posted) -> Response {
    let id = match continued(&visit) {
        Ok(id) => id,
        Err(response) => return *response,
    };
    let given = posted.only("number", EstablishmentNumber::parse);
    match visit
        .state
        .onboarding
        .give_member_number(id, &visit.ask(), given)
        .await
    {
        Ok(outcome) => send_on(&visit, outcome.state.stage()),
        Err(denied) if journey::elsewhere(&denied).is_some() => away(&visit, denied),
        Err(denied) => {
            let objection = Objection::of(&visit.scene(), denied);
            match opened(&visit, journey::NUMBER).await {
                Ok(outcome) => page(&visit, &outcome, posted.text("number"), Some(&objection)),
                Err(response) => *response,
            }
        }
    }
}

fn page(visit: &Visit, outcome: &Outcome, typed: &str, objection: Option<&Objection>) -> Response {
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

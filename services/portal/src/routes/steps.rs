//! Steps 2 to 4 of the form, each shown when it is open and skipped when it is not.

pub mod agreement;
pub mod establishment;
pub mod number;
pub mod topics;

use axum::response::Response;
use domain::Stage;
use domain::values::RegistrationId;
use usecases::{Denied, Outcome};

use super::turned_away;
use crate::journey;
use crate::web::answer::{WithCookie, see_other};
use crate::web::visit::Visit;
use runtime::edge::cookies::Cookie;

/// Sends the browser to the page of the first unanswered question.
pub async fn onwards(visit: Visit) -> Response {
    let Some(id) = visit.continued() else {
        return see_other(journey::IDENTITY);
    };
    match visit.state.onboarding.registration(id).await {
        Ok(outcome) => send_on(&visit, outcome.state.stage()),
        Err(denied) => away(&visit, denied),
    }
}

/// The registration that this browser goes on with, when this page is open at its stage; else the answer that sends on.
pub async fn opened(visit: &Visit, page: &str) -> Result<Outcome, Box<Response>> {
    let id = continued(visit)?;
    match visit.state.onboarding.registration(id).await {
        Ok(outcome) if journey::is_open(page, outcome.state.stage()) => Ok(outcome),
        Ok(outcome) => Err(Box::new(send_on(visit, outcome.state.stage()))),
        Err(denied) => Err(Box::new(away(visit, denied))),
    }
}

/// The registration that this browser goes on with; else the answer that leads to the first step.
pub fn continued(visit: &Visit) -> Result<RegistrationId, Box<Response>> {
    visit
        .continued()
        .ok_or_else(|| Box::new(see_other("/inscription?notice=start-here")))
}

/// To the page of this stage. With the link that was confirmed in this browser, straight to the password.
pub fn send_on(visit: &Visit, stage: Stage) -> Response {
    match visit.cookie(Cookie::ConfirmedLink) {
        Some(token) if stage == Stage::AwaitingPassword => see_other(&format!("/verify/{token}")),
        _ => see_other(journey::page_of(stage)),
    }
}

/// A registration that is gone takes its cookie along.
fn away(visit: &Visit, denied: Denied) -> Response {
    let gone = matches!(denied, Denied::NotFound);
    let response = turned_away(visit, denied);
    if gone {
        response.without(&visit.state.site, Cookie::Continuation)
    } else {
        response
    }
}

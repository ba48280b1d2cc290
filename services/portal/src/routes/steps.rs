//! Steps 2 to 4 of the form and the review before the last answer is sent, each shown when it is open and skipped when
//! it is not.

pub mod agreement;
pub mod establishment;
pub mod number;
pub mod review;
pub mod topics;

use axum::response::Response;
use domain::Stage;
use domain::values::RegistrationId;
use usecases::{Denied, Outcome};

use super::turned_away;
use crate::journey;
use crate::web::answer::{WithCookie, see_other, with_notice};
use crate::web::visit::Visit;
use runtime::edge::cookies::Cookie;

/// Sends the browser to the page of the first unanswered question, and hands on what has just been done.
pub async fn onwards(visit: Visit) -> Response {
    let Some(id) = visit.continued() else {
        return see_other(journey::IDENTITY);
    };
    match visit.state.onboarding.registration(id).await {
        Ok(outcome) => {
            let page = next_page(&visit, &outcome);
            let response = match visit.notice() {
                Some(notice) => see_other(&with_notice(&page, notice.name())),
                None => see_other(&page),
            };
            // What is over is not offered to be gone on with.
            if outcome.state.stage().is_final() {
                response.without(&visit.state.site, Cookie::Continuation)
            } else {
                response
            }
        }
        Err(denied) => away(&visit, denied),
    }
}

/// The registration that this browser goes on with, when this page is open at its stage; else the answer that sends on.
pub async fn opened(visit: &Visit, page: &str) -> Result<Outcome, Box<Response>> {
    let id = continued(visit)?;
    match visit.state.onboarding.registration(id).await {
        Ok(outcome) if journey::is_open(page, outcome.state.stage()) => Ok(outcome),
        Ok(outcome) => Err(Box::new(not_open(visit, &outcome))),
        Err(denied) => Err(Box::new(away(visit, denied))),
    }
}

/// The registration that this browser goes on with; else the answer that leads to the first step.
pub fn continued(visit: &Visit) -> Result<RegistrationId, Box<Response>> {
    visit
        .continued()
        .ok_or_else(|| Box::new(see_other("/inscription?notice=start-here")))
}

/// To the page of the first unanswered question.
pub fn send_on(visit: &Visit, outcome: &Outcome) -> Response {
    see_other(&next_page(visit, outcome))
}

/// To the same page for somebody who asked for another: by "back", from another tab, or from the address bar. Whose
/// answers are sent is told so.
pub fn not_open(visit: &Visit, outcome: &Outcome) -> Response {
    let page = next_page(visit, outcome);
    match outcome.state.stage() {
        Stage::AwaitingEmailVerification => see_other(&with_notice(&page, "already-sent")),
        _ => see_other(&page),
    }
}

/// The page of the first unanswered question. An answer that the browser holds counts as given: what is left is to
/// confirm it. With the link that was confirmed in this browser, straight to the password.
pub fn next_page(visit: &Visit, outcome: &Outcome) -> String {
    let stage = outcome.state.stage();
    match visit.cookie(Cookie::ConfirmedLink) {
        Some(token) if stage == Stage::AwaitingPassword => format!("/verify/{token}"),
        _ if visit.held_answer(outcome.id, &outcome.state).is_some() => journey::REVIEW.to_owned(),
        _ => journey::page_of(stage).to_owned(),
    }
}

/// A registration that is gone takes its cookies along.
pub fn away(visit: &Visit, denied: Denied) -> Response {
    let gone = matches!(denied, Denied::NotFound);
    let response = turned_away(visit, denied);
    if gone {
        response
            .without(&visit.state.site, Cookie::Continuation)
            .without(&visit.state.site, Cookie::HeldAnswer)
    } else {
        response
    }
}

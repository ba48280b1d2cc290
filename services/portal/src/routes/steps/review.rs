//! Every answer to look over and correct. The last one has been held by the browser so far, since giving it asks for the
//! mail; confirming sends it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use usecases::{Answers, Denied, LastAnswer, Outcome};
use uuid::Uuid;

use super::{agreement, away, continued, not_open, number, send_on};
use crate::complaints::Objection;
use crate::journey;
use crate::views::review::{self, Values};
use crate::web::answer::{WithCookie, see_other, with_notice};
use crate::web::posted::Posted;
use crate::web::visit::Visit;
use runtime::edge::cookies::Cookie;

/// Has the browser hold the last answer, and leads to the review.
pub fn hold(visit: &Visit, outcome: &Outcome, answer: LastAnswer) -> Response {
    let Some(establishment) = &outcome.state.establishment else {
        return see_other(journey::ESTABLISHMENT);
    };
    let onboarding = &visit.state.onboarding;
    match onboarding.hold_answer(outcome.id, &establishment.siret, answer) {
        Ok(sealed) => see_other(journey::REVIEW).with(&visit.state.site, Cookie::HeldAnswer, &sealed),
        Err(denied) => away(visit, denied),
    }
}

/// Shows every answer.
pub async fn show(visit: Visit) -> Response {
    let (answers, held) = match held(&visit).await {
        Ok(found) => found,
        Err(response) => return *response,
    };
    let state = &answers.outcome.state;
    let once = Uuid::new_v4().to_string();
    let values = Values {
        form: &answers.identity,
        identity_may_change: journey::identity_may_be_redone(state),
        topics: state.topics.as_deref().unwrap_or_default(),
        siret: state.establishment.as_ref().map(|it| &it.siret),
        last: &held,
        mail_follows: !state.email_verified,
        once: &once,
    };
    (StatusCode::OK, review::page(&visit.scene(), &values)).into_response()
}

/// Sends the last answer.
pub async fn confirm(visit: Visit, posted: Posted) -> Response {
    let (answers, held) = match held(&visit).await {
        Ok(found) => found,
        Err(response) => return *response,
    };
    match give(&visit, &answers.outcome, posted.text("once"), &held).await {
        Ok(outcome) => send_on(&visit, &outcome).without(&visit.state.site, Cookie::HeldAnswer),
        Err(denied) if journey::elsewhere(&denied).is_some() => away(&visit, denied),
        Err(denied) => refused(&visit, &answers.outcome, &held, denied),
    }
}

async fn give(visit: &Visit, outcome: &Outcome, once: &str, held: &LastAnswer) -> Result<Outcome, Denied> {
    let onboarding = &visit.state.onboarding;
    let content = match held {
        LastAnswer::Number(number) => number.as_str().to_owned(),
        LastAnswer::Agreement(idcc) => idcc.to_string(),
    };
    let ask = visit.ask_once(&outcome.id.to_string(), journey::REVIEW, once, &[&content]);
    match held.clone() {
        LastAnswer::Number(number) => onboarding.give_member_number(outcome.id, &ask, Ok(number)).await,
        LastAnswer::Agreement(idcc) => onboarding.give_idcc(outcome.id, &ask, Ok(idcc)).await,
    }
}

/// The page of the last question with what is wrong with its answer, which is no longer held: only what was typed stays.
/// Where the trouble is not the answer's, it stays held.
fn refused(visit: &Visit, outcome: &Outcome, held: &LastAnswer, denied: Denied) -> Response {
    let passing = matches!(
        denied,
        Denied::Unavailable(_) | Denied::Fault(_) | Denied::Busy { .. } | Denied::TooManyAttempts { .. }
    );
    let response = match held {
        LastAnswer::Number(typed) => {
            let objection = Objection::of(&visit.scene(), denied);
            number::page(visit, outcome, typed.as_str(), Some(&objection))
        }
        LastAnswer::Agreement(typed) => agreement::again(visit, outcome, typed.as_str(), denied),
    };
    if passing {
        response
    } else {
        response.without(&visit.state.site, Cookie::HeldAnswer)
    }
}

/// The answers and the one that is held; else the answer that sends on: to the last question when nothing is held.
async fn held(visit: &Visit) -> Result<(Answers, LastAnswer), Box<Response>> {
    let id = continued(visit)?;
    let answers = match visit.state.onboarding.answers(id).await {
        Ok(answers) => answers,
        Err(denied) => return Err(Box::new(away(visit, denied))),
    };
    let stage = answers.outcome.state.stage();
    if !journey::is_open(journey::REVIEW, stage) {
        return Err(Box::new(not_open(visit, &answers.outcome)));
    }
    match visit.held_answer(id, &answers.outcome.state) {
        Some(held) => Ok((answers, held)),
        None => Err(Box::new(see_other(&with_notice(
            journey::page_of(stage),
            "answer-missing",
        )))),
    }
}

//! The thank-you page: sending the mail again, and finishing.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::registration::state::MailState;
use domain::{Registration, Stage};
use usecases::Answers;
use uuid::Uuid;

use super::steps::{continued, send_on};
use super::turned_away;
use crate::complaints::{Complaints, Objection};
use crate::journey;
use crate::views::thanks::{self, Awaited, Values};
use crate::web::answer::{WithCookie, refused, see_other};
use crate::web::posted::Posted;
use crate::web::visit::Visit;
use runtime::edge::cookies::Cookie;

/// Shows it.
pub async fn show(visit: Visit) -> Response {
    page(&visit, None).await
}

/// Asks for the mail once more.
pub async fn resend(visit: Visit, posted: Posted) -> Response {
    let id = match continued(&visit) {
        Ok(id) => id,
        Err(response) => return *response,
    };
    let ask = visit.ask_once(&id.to_string(), journey::THANKS, posted.text("once"), &[]);
    match visit.state.onboarding.request_verification_mail(id, &ask).await {
        Ok(_) => see_other("/inscription/merci?notice=mail-sent"),
        Err(denied) if journey::elsewhere(&denied).is_some() => turned_away(&visit, denied),
        Err(denied) => {
            let objection = Objection::of(&visit.scene(), denied);
            page(&visit, Some(&objection)).await
        }
    }
}

/// "Terminer": this browser forgets the registration, which goes on from the mail.
pub async fn finish(visit: Visit) -> Response {
    let site = &visit.state.site;
    see_other(journey::SIGN_IN)
        .without(site, Cookie::Continuation)
        .without(site, Cookie::ConfirmedLink)
}

async fn page(visit: &Visit, objection: Option<&Objection>) -> Response {
    let id = match continued(visit) {
        Ok(id) => id,
        Err(response) => return *response,
    };
    let answers = match visit.state.onboarding.answers(id).await {
        Ok(answers) => answers,
        Err(denied) => return turned_away(visit, denied),
    };
    if !journey::is_open(journey::THANKS, answers.outcome.state.stage()) {
        return send_on(visit, answers.outcome.state.stage());
    }
    let Answers { outcome, identity } = answers;
    let once = Uuid::new_v4().to_string();
    let values = Values {
        email: identity.identity.email.as_str(),
        awaited: awaited(&outcome.state),
        failed: outcome.state.mail == Some(MailState::Failed),
        once: &once,
    };
    let render = |complaints: &Complaints| thanks::page(&visit.scene(), &values, complaints);
    match objection {
        Some(objection) => refused(objection, render(&objection.complaints)),
        None => (StatusCode::OK, render(&Complaints::default())).into_response(),
    }
}

/// What the mail's link leads to.
fn awaited(state: &Registration) -> Awaited {
    if state.stage() == Stage::AwaitingPassword {
        return Awaited::Password;
    }
    match journey::once_proven(state) {
        Stage::AwaitingPassword => Awaited::LastMail,
        _ => Awaited::FirstMail,
    }
}

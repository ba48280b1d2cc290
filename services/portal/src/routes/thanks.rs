//! The thank-you page: sending the mail again, and finishing.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use domain::registration::state::MailState;
use domain::{Registration, Stage};
use usecases::Answers;
use uuid::Uuid;

use super::leave::forgotten_here;
use super::steps::{away, continued, next_page};
use crate::complaints::{Complaints, Objection};
use crate::journey;
use crate::resend;
use crate::views::thanks::{self, Awaited, Values, Wait};
use crate::web::answer::{refused, see_other};
use crate::web::posted::Posted;
use crate::web::visit::Visit;

/// Shows it.
pub async fn show(visit: Visit) -> Response {
    match open(&visit).await {
        Ok(answers) => page(&visit, &answers, None),
        Err(response) => *response,
    }
}

/// Asks for the mail once more. Too soon after the last one it is not asked for, and the page says when it may be.
pub async fn resend(visit: Visit, posted: Posted) -> Response {
    let answers = match open(&visit).await {
        Ok(answers) => answers,
        Err(response) => return *response,
    };
    let id = answers.outcome.id;
    let waits_briefly =
        wait(&visit, &answers).is_some_and(|it| it.seconds <= resend::PAUSE.num_seconds() + 1);
    if waits_briefly {
        return see_other("/inscription/merci?notice=mail-sent");
    }
    let ask = visit.ask_once(&id.to_string(), journey::THANKS, posted.text("once"), &[]);
    match visit.state.onboarding.request_verification_mail(id, &ask).await {
        Ok(_) => see_other("/inscription/merci?notice=mail-sent"),
        Err(denied) if journey::elsewhere(&denied).is_some() => away(&visit, denied),
        Err(denied) => {
            let objection = Objection::of(&visit.scene(), denied);
            page(&visit, &answers, Some(&objection))
        }
    }
}

/// "Terminer": this browser forgets the registration, which goes on from the mail.
pub async fn finish(visit: Visit, _: Posted) -> Response {
    forgotten_here(&visit, journey::SIGN_IN)
}

/// The answers of a registration that waits for its mail; else the answer that sends on.
async fn open(visit: &Visit) -> Result<Answers, Box<Response>> {
    let id = continued(visit)?;
    let answers = match visit.state.onboarding.answers(id).await {
        Ok(answers) => answers,
        Err(denied) => return Err(Box::new(away(visit, denied))),
    };
    match next_page(visit, &answers.outcome) {
        page if page == journey::THANKS => Ok(answers),
        page => Err(Box::new(see_other(&page))),
    }
}

fn page(visit: &Visit, answers: &Answers, objection: Option<&Objection>) -> Response {
    let state = &answers.outcome.state;
    let once = Uuid::new_v4().to_string();
    let values = Values {
        email: answers.identity.identity.email.as_str(),
        awaited: awaited(state),
        mail: state.mail.unwrap_or(MailState::Requested),
        good_until: state.request.as_ref().map(|it| it.expires_at),
        wait: wait(visit, answers),
        once: &once,
    };
    let render = |complaints: &Complaints| thanks::page(&visit.scene(), &values, complaints);
    match objection {
        Some(objection) => refused(objection, render(&objection.complaints)),
        None => (StatusCode::OK, render(&Complaints::default())).into_response(),
    }
}

/// How long the person has to wait for another mail.
fn wait(visit: &Visit, answers: &Answers) -> Option<Wait> {
    let pause = if visit.state.onboarding.settings().limits {
        resend::PAUSE
    } else {
        TimeDelta::zero()
    };
    let until = resend::not_before(&answers.outcome.state, answers.now, pause)?;
    Some(Wait {
        seconds: (until - answers.now).num_seconds() + 1,
        until,
    })
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

//! The thank-you page: sending the mail again, and finishing.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use domain::registration::state::MailState;
use domain::{Registration, Stage};
use usecases::{Answers, Denied};
use uuid::Uuid;

use super::steps::{away, continued, next_page};
use super::turned_away;
use crate::complaints::{Complaints, Objection};
use crate::journey;
use crate::resend;
use crate::views::thanks::{self, Awaited, Seen, Values, Wait};
use crate::web::answer::{WithCookie, refused, see_other};
use crate::web::posted::Posted;
use crate::web::visit::Visit;
use runtime::edge::cookies::Cookie;

/// How long after a mail was asked for the page asks what has become of it: most servers say so at once.
const ASKING: TimeDelta = TimeDelta::seconds(25);

/// Shows it.
pub async fn show(visit: Visit) -> Response {
    match open(&visit).await {
        Ok(answers) => page(&visit, &answers, None).await,
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
            page(&visit, &answers, Some(&objection)).await
        }
    }
}

/// "Terminer": the registration goes on from the mail. For a day the sign-in page of this browser says so.
pub async fn finish(visit: Visit, _: Posted) -> Response {
    let response = see_other(journey::SIGN_IN);
    match visit.cookie(Cookie::Continuation) {
        Some(token) => response.with_for_a_day(&visit.state.site, Cookie::Continuation, token),
        None => response,
    }
}

/// What has become of the mail, in a word, for the page's script.
pub async fn state(visit: Visit) -> Response {
    match open(&visit).await {
        Ok(answers) => match seen(&visit, &answers).await {
            Ok(seen) => seen.word().into_response(),
            Err(denied) => turned_away(&visit, denied),
        },
        // Something else is open now: the page finds out what when it is loaded again.
        Err(_) => "over".into_response(),
    }
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

async fn page(visit: &Visit, answers: &Answers, objection: Option<&Objection>) -> Response {
    let mail = match seen(visit, answers).await {
        Ok(mail) => mail,
        Err(denied) => return turned_away(visit, denied),
    };
    let state = &answers.outcome.state;
    let once = Uuid::new_v4().to_string();
    let values = Values {
        email: answers.identity.identity.email.as_str(),
        awaited: awaited(state),
        is_contact: state.contact_matched && awaited(state) == Awaited::LastMail,
        mail,
        asks_for: asks_for(answers, mail),
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

/// What is known of the mail: what the events tell, and whether its next try is waited for.
pub async fn seen(visit: &Visit, answers: &Answers) -> Result<Seen, Denied> {
    let state = &answers.outcome.state;
    Ok(match (state.mail, &state.request) {
        (Some(MailState::Sent), _) => Seen::Sent,
        (Some(MailState::Failed), _) => Seen::Failed,
        (_, Some(request)) if visit.state.onboarding.mail_is_put_off(request.id).await? => Seen::PutOff,
        _ => Seen::Leaving,
    })
}

/// For how many seconds more the page asks what has become of the mail.
fn asks_for(answers: &Answers, mail: Seen) -> Option<i64> {
    let request = answers.outcome.state.request.as_ref()?;
    let left = (request.requested_at + ASKING - answers.now).num_seconds();
    (left > 0 && !matches!(mail, Seen::Sent | Seen::Failed)).then_some(left)
}

/// How long the person has to wait for another mail.
pub fn wait(visit: &Visit, answers: &Answers) -> Option<Wait> {
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

//! Signing in and out.

use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use domain::Stage;
use domain::values::{EmailAddress, Fault};
use usecases::Denied;
use uuid::Uuid;

use super::space::{chosen_in, with_unsaved};
use super::steps::next_page;
use super::{thanks, turned_away};
use crate::complaints::{Complaints, Objection};
use crate::journey;
use crate::views::sign_in::{self, Awaited, Beside, Values};
use crate::views::thanks::Seen;
use crate::web::answer::{WithCookie, refused, see_other};
use crate::web::posted::Posted;
use crate::web::visit::Visit;
use runtime::edge::cookies::Cookie;

/// Shows the page; whoever is signed in is sent on.
pub async fn show(visit: Visit, uri: Uri) -> Response {
    if let Some(token) = visit.session() {
        match visit.state.onboarding.signed_in(token).await {
            Ok(_) => return see_other(journey::SPACE),
            // A session that ended, or a store that is away, is no reason not to show the page.
            Err(Denied::Unauthorized | Denied::Unavailable(_)) => {}
            Err(denied) => return turned_away(&visit, denied),
        }
    }
    let values = Values {
        email: &address_of_new_password(&visit).await,
        beside: beside(&visit).await,
        topics: &chosen_in(uri.query().unwrap_or_default()),
    };
    (
        StatusCode::OK,
        sign_in::page(&visit.scene(), &values, &Complaints::default()),
    )
        .into_response()
}

/// The address of whoever has just chosen a password here; empty when nobody has.
async fn address_of_new_password(visit: &Visit) -> String {
    let token = visit.cookie(Cookie::NewPassword);
    let Some(id) = token.and_then(|it| visit.state.onboarding.continued_by(it)) else {
        return String::new();
    };
    let answers = visit.state.onboarding.answers(id).await;
    answers.map_or_else(
        |_| String::new(),
        |it| it.identity.identity.email.as_str().to_owned(),
    )
}

/// What stands beside the form: this browser's registration where there is one, else the way to a new one.
async fn beside(visit: &Visit) -> Beside {
    let Some(id) = visit.continued() else {
        return Beside::Newcomer;
    };
    // Whoever comes from the mail that says so has nothing to wait for.
    if visit.notice().is_some_and(|it| it.name() == "account-exists") {
        return Beside::Newcomer;
    }
    let Ok(answers) = visit.state.onboarding.answers(id).await else {
        return Beside::Newcomer;
    };
    let stage = answers.outcome.state.stage();
    if stage.is_final() || stage == Stage::Active {
        return Beside::Newcomer;
    }
    if next_page(visit, &answers.outcome) != journey::THANKS {
        return Beside::Unfinished;
    }
    let mail = thanks::seen(visit, &answers).await.unwrap_or(Seen::Leaving);
    Beside::Awaited(Awaited {
        email: masked(answers.identity.identity.email.as_str()),
        is_proven: stage == Stage::AwaitingPassword,
        mail,
        wait: thanks::wait(visit, &answers),
        once: Uuid::new_v4().to_string(),
    })
}

/// Enough of an address for whoever typed it to know it again, and too little for whoever sits here next.
fn masked(email: &str) -> String {
    let (name, domain) = email.rsplit_once('@').unwrap_or((email, ""));
    let first: String = name.chars().take(1).collect();
    format!("{first}•••@{domain}")
}

/// Opens a session.
pub async fn sign_in(visit: Visit, posted: Posted) -> Response {
    let scene = visit.scene();
    let (email, password) = (posted.text("email"), posted.text("password"));
    let topics = posted.all("topics");
    let values = Values {
        email,
        beside: beside(&visit).await,
        topics: &topics,
    };
    let mut faults = Vec::new();
    posted.parsed("email", &mut faults, present);
    posted.parsed("password", &mut faults, present);
    if !faults.is_empty() {
        let objection = Objection::of_faults(&scene, &faults);
        return refused(&objection, sign_in::page(&scene, &values, &objection.complaints));
    }
    match visit
        .state
        .onboarding
        .sign_in(posted.only("email", EmailAddress::parse), password)
        .await
    {
        Ok(session) => {
            let path = if topics.is_empty() {
                journey::SPACE.to_owned()
            } else {
                with_unsaved("/espace?notice=topics-unsaved", &topics)
            };
            let site = &visit.state.site;
            see_other(&path)
                .with(site, Cookie::Session, &session.token)
                .without(site, Cookie::NewPassword)
        }
        Err(denied) => {
            let objection = Objection::of(&scene, denied);
            refused(&objection, sign_in::page(&scene, &values, &objection.complaints))
        }
    }
}

/// Closes the session, here and in the browser.
pub async fn sign_out(visit: Visit, _: Posted) -> Response {
    if let Some(token) = visit.session()
        && let Err(denied) = visit.state.onboarding.sign_out(token).await
    {
        return turned_away(&visit, denied);
    }
    let mut response = see_other("/?notice=signed-out").without(&visit.state.site, Cookie::Session);
    response
        .headers_mut()
        .insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    response
}

fn present(text: &str) -> Result<(), Fault> {
    if text.trim().is_empty() {
        Err(Fault("required"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_address_shows_its_first_letter_and_its_domain() {
        assert_eq!(masked("clare.dupont@exemple.com"), "c•••@exemple.com");
        assert_eq!(masked("\"a@b\"@exemple.com"), "\"•••@exemple.com");
    }
}

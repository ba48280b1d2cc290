//! Signing in and out.

use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use domain::values::{EmailAddress, Fault};
use usecases::Denied;

use super::space::{chosen_in, with_unsaved};
use super::turned_away;
use crate::complaints::{Complaints, Objection};
use crate::journey;
use crate::views::sign_in::{self, Values};
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
        email: "",
        unfinished: visit.continued().is_some(),
        topics: &chosen_in(uri.query().unwrap_or_default()),
    };
    (
        StatusCode::OK,
        sign_in::page(&visit.scene(), &values, &Complaints::default()),
    )
        .into_response()
}

/// Opens a session.
pub async fn sign_in(visit: Visit, posted: Posted) -> Response {
    let scene = visit.scene();
    let (email, password) = (posted.text("email"), posted.text("password"));
    let topics = posted.all("topics");
    let values = Values {
        email,
        unfinished: visit.continued().is_some(),
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
            see_other(&path).with(&visit.state.site, Cookie::Session, &session.token)
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

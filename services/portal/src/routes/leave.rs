//! Leaving the form, with words on what is kept.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::steps::{away, send_on};
use crate::journey;
use crate::views::leave;
use crate::web::answer::{WithCookie, see_other};
use crate::web::posted::Posted;
use crate::web::visit::Visit;
use runtime::edge::cookies::Cookie;

/// Says what is kept, and asks whether to leave.
pub async fn show(visit: Visit) -> Response {
    let Some(id) = visit.continued() else {
        return see_other(journey::SIGN_IN);
    };
    match visit.state.onboarding.registration(id).await {
        Ok(outcome) if !outcome.state.stage().is_final() => {
            let days = visit
                .state
                .onboarding
                .settings()
                .retention
                .unfinished
                .expire_after
                .num_days();
            (StatusCode::OK, leave::page(&visit.scene(), days)).into_response()
        }
        Ok(outcome) => send_on(&visit, &outcome),
        Err(denied) => away(&visit, denied),
    }
}

/// Leaves. Unless asked otherwise this browser forgets the registration, which goes on from the mail: from the reminder
/// after a while, or from one that is sent now.
pub async fn leave(visit: Visit, posted: Posted) -> Response {
    let wants_mail = posted.text("mail") == "yes";
    if let (true, Some(id)) = (wants_mail, visit.continued())
        && let Err(denied) = visit.state.onboarding.resume_later(id, &visit.ask()).await
    {
        return away(&visit, denied);
    }
    match (posted.text("keep") == "yes", wants_mail) {
        (true, true) => see_other("/?notice=reminder-sent"),
        (true, false) => see_other("/?notice=form-left-here"),
        (false, true) => forgotten_here(&visit, "/?notice=reminder-sent"),
        (false, false) => forgotten_here(&visit, "/?notice=form-left"),
    }
}

/// Leaves the registration under way alone: somebody else sits here, or wants another one.
pub async fn start_over(visit: Visit, _: Posted) -> Response {
    forgotten_here(&visit, journey::IDENTITY)
}

/// To this page, with nothing left in the browser of the registration.
pub fn forgotten_here(visit: &Visit, path: &str) -> Response {
    let site = &visit.state.site;
    see_other(path)
        .without(site, Cookie::Continuation)
        .without(site, Cookie::ConfirmedLink)
        .without(site, Cookie::HeldAnswer)
}

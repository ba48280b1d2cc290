//! Every address of the pages. GET shows and never changes anything; POST acts and sends the browser on.

mod closing;
mod correction;
mod dev_mail;
mod forgotten;
mod identity;
mod leave;
mod legal;
mod links;
mod sign_in;
mod space;
mod steps;
mod thanks;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use usecases::Denied;

use crate::complaints::Objection;
use crate::journey;
use crate::state::PortalState;
use crate::views::{dev_mail as dev_mail_view, trouble};
use crate::web::answer::{refused, see_other};
use crate::web::posted::FORM_SIZE_MAX;
use crate::web::visit::Visit;
use crate::web::{asset, form_guard, language, limit, observe, panic};
use runtime::edge::protect;

/// The pages, with their own protective headers, language, metrics and page for unknown addresses.
pub fn router(state: PortalState) -> Router {
    let mut router = Router::new()
        .route(journey::SIGN_IN, get(sign_in::show).post(sign_in::sign_in))
        .route(journey::SIGN_OUT, post(sign_in::sign_out))
        .route(journey::IDENTITY, get(identity::show).post(identity::submit))
        .route("/inscription/abandon", post(leave::start_over))
        .route(
            journey::TOPICS,
            get(steps::topics::show).post(steps::topics::submit),
        )
        .route(
            journey::ESTABLISHMENT,
            get(steps::establishment::show).post(steps::establishment::submit),
        )
        .route(
            journey::NUMBER,
            get(steps::number::show).post(steps::number::submit),
        )
        .route(
            journey::AGREEMENT,
            get(steps::agreement::show).post(steps::agreement::submit),
        )
        .route(
            journey::REVIEW,
            get(steps::review::show).post(steps::review::confirm),
        )
        .route(journey::LEAVE, get(leave::show).post(leave::leave))
        .route(journey::ONWARDS, get(steps::onwards))
        .route(journey::THANKS, get(thanks::show).post(thanks::resend))
        .route(journey::MAIL_STATE, get(thanks::state))
        .route("/inscription/terminer", post(thanks::finish))
        .route("/verify/{token}", get(links::show).post(links::act))
        .route("/verify/{token}/nouveau-lien", post(links::renew))
        .route(journey::FORGOTTEN, get(forgotten::show).post(forgotten::ask))
        .route("/mot-de-passe-oublie/envoi", get(forgotten::sent))
        // Where mails send those who have forgotten their password.
        .route(
            "/password-reset",
            get(|| async { Redirect::permanent(journey::FORGOTTEN) }),
        )
        .route(journey::SPACE, get(space::show).post(space::change_topics))
        .route(journey::EXPORT, get(closing::export))
        .route(journey::DATA, get(closing::data))
        .route(
            journey::CORRECTION,
            get(correction::show).post(correction::submit),
        )
        .route(journey::CLOSING, get(closing::show).post(closing::close))
        .route(journey::CLOSED, get(closing::closed))
        .route(journey::PRIVACY, get(legal::privacy))
        .route(journey::NOTICES, get(legal::notices))
        .route(journey::ACCESSIBILITY, get(legal::accessibility))
        .route(asset::STYLES_PATH, get(asset::styles))
        .route(asset::ICON_PATH, get(asset::icon))
        .route(asset::FORM_PATH, get(asset::form))
        .route(asset::PASSWORD_PATH, get(asset::password))
        .route(asset::AGREEMENT_PATH, get(asset::agreement))
        .route(asset::LOGO_PATH, get(asset::logo));
    if state.dev_mail_dir.is_some() {
        router = router
            .route(dev_mail_view::PATH, get(dev_mail::list))
            .route("/dev/mail/{file}", get(dev_mail::one))
            .route("/dev/mail/{file}/html", get(dev_mail::html))
            .route("/dev/mail/{file}/source", get(dev_mail::source))
            .route(dev_mail_view::PREVIEWS, get(dev_mail::previews))
            .route("/dev/letters/{name}", get(dev_mail::preview))
            .route("/dev/letters/{name}/html", get(dev_mail::preview_html));
    }
    router
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(FORM_SIZE_MAX))
        .layer(from_fn_with_state(state.clone(), panic::catch))
        .layer(from_fn_with_state(state.clone(), limit::limit))
        .layer(from_fn_with_state(state.clone(), form_guard::guard))
        .layer(from_fn_with_state(state.clone(), language::remember))
        .layer(from_fn_with_state(state.site.clone(), protect::protect))
        .layer(from_fn(observe::observe))
        .with_state(state)
}

async fn not_found(visit: Visit) -> Response {
    (
        StatusCode::NOT_FOUND,
        trouble::page(&visit.scene(), trouble::Trouble::NotFound),
    )
        .into_response()
}

async fn method_not_allowed(visit: Visit) -> Response {
    (
        StatusCode::METHOD_NOT_ALLOWED,
        trouble::page(&visit.scene(), trouble::Trouble::NotThisWay),
    )
        .into_response()
}

/// A denial where there is no form to show again: another page, or one that says what is the matter.
fn turned_away(visit: &Visit, denied: Denied) -> Response {
    match journey::elsewhere(&denied) {
        Some(path) => see_other(path),
        None => {
            let objection = Objection::of(&visit.scene(), denied);
            refused(
                &objection,
                trouble::denied(&visit.scene(), &objection, visit.request_id()),
            )
        }
    }
}

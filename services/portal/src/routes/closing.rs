//! Everything held on a person, to be taken along, and closing the account.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use domain::values::RegistrationId;
use usecases::{Denied, FieldFault};

use super::space::{Inside, inside, out, session};
use super::turned_away;
use crate::complaints::{Complaints, Objection};
use crate::journey;
use crate::scene::Member;
use crate::views::{closing, held};
use crate::web::answer::{WithCookie, refused, see_other};
use crate::web::posted::Posted;
use crate::web::visit::Visit;
use runtime::edge::cookies::Cookie;

/// Carries the number of the erased registration to the page that leads to the certificate. It names nobody.
const CERTIFICATE: &str = "attestation";
/// Says that the erasure waits.
const WAITING: &str = "attente";

/// Hands out everything held on the person, with what is sealed opened.
pub async fn export(visit: Visit) -> Response {
    let export = match session(&visit).await {
        Ok(session) => visit.state.onboarding.export(session.id).await,
        Err(denied) => Err(denied),
    };
    let export = match export {
        Ok(export) => export,
        Err(denied) => return out(&visit, denied),
    };
    match serde_json::to_vec_pretty(&export) {
        Ok(body) => {
            let name = visit.scene().say("export-file");
            let disposition = format!("attachment; filename=\"{name}\"");
            let disposition = HeaderValue::try_from(disposition)
                .unwrap_or_else(|_| HeaderValue::from_static("attachment; filename=\"export.json\""));
            let headers = [
                (CONTENT_TYPE, HeaderValue::from_static("application/json")),
                (CONTENT_DISPOSITION, disposition),
            ];
            (headers, body).into_response()
        }
        Err(fault) => turned_away(&visit, Denied::Fault(fault.into())),
    }
}

/// Shows everything held on the person.
pub async fn data(visit: Visit) -> Response {
    let session = match session(&visit).await {
        Ok(session) => session,
        Err(denied) => return out(&visit, denied),
    };
    match visit.state.onboarding.export(session.id).await {
        Ok(export) => {
            let member = Member::of(&export.me.person, session.since);
            (StatusCode::OK, held::page(&visit.scene_of(&member), &export)).into_response()
        }
        Err(denied) => out(&visit, denied),
    }
}

/// Says what closing the account does, and asks for the password.
pub async fn show(visit: Visit) -> Response {
    match inside(&visit).await {
        Ok(Inside { me, member, .. }) => (
            StatusCode::OK,
            closing::page(&visit.scene_of(&member), &me.person.email, &Complaints::default()),
        )
            .into_response(),
        Err(denied) => out(&visit, denied),
    }
}

/// Closes the account.
pub async fn close(visit: Visit, posted: Posted) -> Response {
    let Inside { id, me, member } = match inside(&visit).await {
        Ok(found) => found,
        Err(denied) => return out(&visit, denied),
    };
    let password = posted.text("password");
    let closed = if password.is_empty() {
        Err(Denied::Invalid(vec![FieldFault::new("password", "required")]))
    } else {
        visit.state.onboarding.erase_me(id, &visit.ask(), password).await
    };
    let objection = match closed {
        Ok(outcome) => return gone(&visit, id, outcome.state.erased),
        Err(denied @ Denied::Unauthorized) => return out(&visit, denied),
        Err(Denied::SignInRefused) => Objection::about(
            StatusCode::UNPROCESSABLE_ENTITY,
            "password",
            [visit.scene().say("closing-wrong-password")],
        ),
        Err(denied) => Objection::of(&visit.scene(), denied),
    };
    let page = closing::page(&visit.scene_of(&member), &me.person.email, &objection.complaints);
    refused(&objection, page)
}

/// Says that the account is closed. It shows nothing of anybody, and so may be looked at again.
pub async fn closed(visit: Visit, uri: Uri) -> Response {
    let query = uri.query().unwrap_or_default();
    let certified = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == CERTIFICATE)
        .and_then(|(_, id)| id.parse::<RegistrationId>().ok());
    let page = closing::closed(&visit.scene(), certified, query == WAITING);
    (StatusCode::OK, page).into_response()
}

fn gone(visit: &Visit, id: RegistrationId, erased: bool) -> Response {
    let address = match erased {
        true => format!("{}?{CERTIFICATE}={id}", journey::CLOSED),
        false => format!("{}?{WAITING}", journey::CLOSED),
    };
    let mut response = see_other(&address)
        .without(&visit.state.site, Cookie::Session)
        .without(&visit.state.site, Cookie::Continuation)
        .without(&visit.state.site, Cookie::HeldAnswer);
    response
        .headers_mut()
        .insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    response
}

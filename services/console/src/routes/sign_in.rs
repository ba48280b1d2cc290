//! `/console/sign-in` and the way out.

use axum::Form;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use domain::values::StatedReason;
use runtime::edge::cookies::Cookie;
use serde::Deserialize;

use crate::HOME;
use crate::staff::Member;
use crate::views::{self, sign_in::Wrong};
use crate::web::denied::Denied;
use crate::web::visit::Visit;

/// The way in.
pub const PATH: &str = "/console/sign-in";
/// The way out.
pub const LEAVE: &str = "/console/sign-out";

/// The form.
pub async fn show(visit: Visit) -> Response {
    views::sign_in::page(&visit.scene(), Wrong::default(), "", "").into_response()
}

/// Name, secret, and why.
#[derive(Deserialize)]
pub struct SignInForm {
    name: String,
    secret: String,
    purpose: String,
}

/// Lets somebody in whose name and secret belong together and who says why.
pub async fn enter(visit: Visit, Form(form): Form<SignInForm>) -> Response {
    let page = async {
        visit.sent_by_our_page()?;
        let (name, purpose) = (form.name.trim(), StatedReason::parse_of_staff(&form.purpose).ok());
        let role = visit.state.staff.recognise(name, form.secret.trim()).await?;
        let (Some(role), Some(purpose)) = (role, purpose.clone()) else {
            let wrong = Wrong {
                credential: role.is_none(),
                purpose: purpose.is_none(),
            };
            metrics::counter!("onboarding_console_sign_ins_total", "outcome" => "refused").increment(1);
            let page = views::sign_in::page(&visit.scene(), wrong, name, &form.purpose);
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        };
        let member = Member {
            name: name.to_owned(),
            role,
            purpose: purpose.as_str().to_owned(),
        };
        visit.record(&member, "sign_in", None).await?;
        let token = visit.state.staff.open(&member).await?;
        metrics::counter!("onboarding_console_sign_ins_total", "outcome" => "entered").increment(1);
        let mut response = Redirect::to(HOME).into_response();
        if let Some(cookie) = Cookie::Console.set(&visit.state.site, &token) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        Ok::<_, Denied>(response)
    };
    visit.answer(page.await)
}

/// Ends the session.
pub async fn leave(visit: Visit) -> Response {
    let page = async {
        visit.sent_by_our_page()?;
        if let Some(member) = &visit.member {
            visit.record(member, "sign_out", None).await?;
        }
        if let Some(token) = visit.session() {
            visit.state.staff.close(token).await?;
        }
        let mut response = Redirect::to(PATH).into_response();
        if let Some(cookie) = Cookie::Console.clear(&visit.state.site) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        Ok::<_, Denied>(response)
    };
    visit.answer(page.await)
}

//! Forms are taken from our own pages only (OWASP ASVS 5.0, 3.5.1), beside cookies that other sites' forms never carry.
//!
//! Browsers of today say where a form comes from, out of a page's reach (`Sec-Fetch-Site`). Older ones say it in `Origin`,
//! but write `null` there for pages that, as ours do, ask for no referrer; and very old ones neither say it nor keep
//! cookies from other sites' forms. For these every form carries a token beside a cookie with a random mark. What
//! says nothing at all and brings none of our cookies is no browser with something to lose, and is let in.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{CONTENT_TYPE, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use runtime::edge::cookies::Cookie;
use runtime::edge::origin::{MadeBy, made_by};
use uuid::Uuid;

use super::posted::{FORM_SIZE_MAX, fields_of};
use super::visit::Visit;
use crate::state::PortalState;
use crate::views::trouble::{self, Trouble};

/// The name of the token's field.
pub const TOKEN_FIELD: &str = "form_token";

/// The mark of the browser that a request comes from, kept or just made.
#[derive(Clone)]
pub struct Mark(pub String);

/// Refuses what another site sends, and gives a browser its mark with the first page.
pub async fn guard(State(state): State<PortalState>, mut request: Request, next: Next) -> Response {
    let kept = Cookie::FormMark
        .read(request.headers(), &state.site)
        .map(str::to_owned);
    let mark = kept
        .clone()
        .unwrap_or_else(|| Uuid::new_v4().simple().to_string());
    request.extensions_mut().insert(Mark(mark.clone()));
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let mut response = match made_by(request.headers(), &state.site) {
        _ if safe => next.run(request).await,
        MadeBy::Us => next.run(request).await,
        MadeBy::Others => refuse(&state, request, Trouble::OtherSite, StatusCode::FORBIDDEN).await,
        MadeBy::Untold if !brings_something(request.headers(), &state) => next.run(request).await,
        MadeBy::Untold => with_token(&state, request, next, kept.as_deref()).await,
    };
    let is_page = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|it| it.as_bytes().starts_with(b"text/html"));
    if kept.is_none()
        && is_page
        && let Some(cookie) = Cookie::FormMark.set(&state.site, &mark)
    {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Whether a request that does not say where it was made could be made against somebody's will.
fn brings_something(headers: &HeaderMap, state: &PortalState) -> bool {
    headers.contains_key(ORIGIN)
        || [Cookie::Session, Cookie::Continuation]
            .iter()
            .any(|it| it.read(headers, &state.site).is_some())
}

/// Lets a form through that carries the token of its browser's mark.
async fn with_token(state: &PortalState, request: Request, next: Next, mark: Option<&str>) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, FORM_SIZE_MAX).await else {
        let request = Request::from_parts(parts, Body::empty());
        return refuse(state, request, Trouble::TooLarge, StatusCode::PAYLOAD_TOO_LARGE).await;
    };
    let fields = fields_of(&bytes);
    let token = fields
        .iter()
        .find(|(name, _)| name == TOKEN_FIELD)
        .map_or("", |(_, value)| value);
    let genuine = mark.is_some_and(|mark| state.onboarding.is_form_token(mark, token));
    let request = Request::from_parts(parts, Body::from(bytes));
    if genuine {
        next.run(request).await
    } else {
        refuse(state, request, Trouble::OtherSite, StatusCode::FORBIDDEN).await
    }
}

async fn refuse(state: &PortalState, request: Request, why: Trouble, status: StatusCode) -> Response {
    let (mut parts, _) = request.into_parts();
    let Ok(visit) = Visit::from_request_parts(&mut parts, state).await;
    (status, trouble::page(&visit.scene(), why)).into_response()
}

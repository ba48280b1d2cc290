//! Answers: a page, or another address to go to, with cookies on the way.

use axum::http::header::{LOCATION, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::Markup;

use crate::complaints::Objection;
use runtime::edge::cookies::Cookie;
use runtime::edge::site::Site;

/// Sends the browser on to another page, by GET.
pub fn see_other(path: &str) -> Response {
    match HeaderValue::try_from(path) {
        Ok(location) => (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// An address with what has just been done, to be told on its page.
pub fn with_notice(path: &str, notice: &str) -> String {
    let mark = if path.contains('?') { '&' } else { '?' };
    format!("{path}{mark}notice={notice}")
}

/// The page again, with what was wrong.
pub fn refused(objection: &Objection, page: Markup) -> Response {
    let mut response = (objection.status, page).into_response();
    if let Some(seconds) = objection.retry_after_seconds {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Cookies on the way out.
pub trait WithCookie {
    /// Sets a cookie.
    fn with(self, site: &Site, cookie: Cookie, value: &str) -> Self;
    /// Sets a cookie that outlives the browser's windows, for a day.
    fn with_for_a_day(self, site: &Site, cookie: Cookie, value: &str) -> Self;
    /// Removes a cookie.
    fn without(self, site: &Site, cookie: Cookie) -> Self;
}

impl WithCookie for Response {
    fn with(self, site: &Site, cookie: Cookie, value: &str) -> Self {
        with_header(self, cookie.set(site, value))
    }

    fn with_for_a_day(self, site: &Site, cookie: Cookie, value: &str) -> Self {
        with_header(self, cookie.set_for_a_day(site, value))
    }

    fn without(self, site: &Site, cookie: Cookie) -> Self {
        with_header(self, cookie.clear(site))
    }
}

fn with_header(mut response: Response, header: Option<HeaderValue>) -> Response {
    if let Some(header) = header {
        response.headers_mut().append(SET_COOKIE, header);
    }
    response
}

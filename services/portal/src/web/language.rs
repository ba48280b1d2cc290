//! Which language a page is in: the one asked for in the address, else the one chosen before, else the browser's.

use axum::extract::{Query, Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, SET_COOKIE};
use axum::http::{HeaderMap, Uri};
use axum::middleware::Next;
use axum::response::Response;
use domain::values::Locale;
use serde::Deserialize;

use crate::state::PortalState;
use runtime::edge::cookies::Cookie;
use runtime::edge::site::Site;

#[derive(Deserialize)]
struct LanguageQuery {
    lang: Option<String>,
}

/// The language that the address asks for (`?lang=`).
fn asked_for(uri: &Uri) -> Option<Locale> {
    let query = Query::<LanguageQuery>::try_from_uri(uri).ok()?;
    Locale::parse(query.0.lang.as_deref()?).ok()
}

/// The language to answer in.
pub fn locale(uri: &Uri, headers: &HeaderMap, site: &Site) -> Locale {
    let chosen = || {
        Cookie::Language
            .read(headers, site)
            .and_then(|it| Locale::parse(it).ok())
    };
    let preferred = || {
        let wishes: Vec<&str> = headers
            .get_all(ACCEPT_LANGUAGE)
            .iter()
            .filter_map(|it| it.to_str().ok())
            .collect();
        catalogue::locale_from_accept_language(&wishes.join(","))
    };
    asked_for(uri).or_else(chosen).unwrap_or_else(preferred)
}

/// Keeps the language that an address asked for, so that the next page is in it too.
pub async fn remember(State(state): State<PortalState>, request: Request, next: Next) -> Response {
    let chosen = asked_for(request.uri());
    let mut response = next.run(request).await;
    if let Some(cookie) = chosen.and_then(|locale| Cookie::Language.set(&state.site, locale.code())) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_heard_before_the_cookie_and_the_cookie_before_the_browser() {
        let site = Site::of("http://localhost");
        let mut headers = HeaderMap::from_iter([(ACCEPT_LANGUAGE, "en".parse().unwrap())]);
        let of = |uri: &'static str, headers: &HeaderMap| locale(&Uri::from_static(uri), headers, &site);
        assert_eq!(of("/", &HeaderMap::new()), Locale::Fr);
        assert_eq!(of("/", &headers), Locale::En);
        headers.insert("cookie", "onboarding_language=fr".parse().unwrap());
        assert_eq!(of("/", &headers), Locale::Fr);
        assert_eq!(of("/?lang=en", &headers), Locale::En);
        assert_eq!(of("/?lang=klingon", &headers), Locale::Fr);
    }
}

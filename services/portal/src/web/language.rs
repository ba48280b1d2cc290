//! Which language a page is in: the one asked for in the address, else the one chosen before, else the browser's.

use axum::extract::{Query, Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, SET_COOKIE};
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware::Next;
use axum::response::Response;
use domain::values::Locale;
use serde::Deserialize;

use crate::journey;
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

/// Where the link to the other language leads: the page that is shown, with what its address says but the language and
/// what was just done. A form that came back is shown afresh; an address that takes forms only leads to sign-in.
pub fn here(method: &Method, uri: &Uri) -> String {
    let path = uri.path();
    let shown = matches!(*method, Method::GET | Method::HEAD) || journey::is_page(path);
    if !shown {
        return "/?".to_owned();
    }
    let kept: Vec<&str> = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|it| !it.is_empty() && !it.starts_with("lang=") && !it.starts_with("notice="))
        .collect();
    let kept: String = kept.iter().map(|it| format!("{it}&")).collect();
    format!("{path}?{kept}")
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
    fn the_other_language_shows_the_same_page() {
        let of = |method, uri: &'static str| here(&method, &Uri::from_static(uri));
        assert_eq!(of(Method::GET, "/"), "/?");
        assert_eq!(
            of(Method::GET, "/inscription/idcc?q=hotels&lang=fr&notice=mail-sent"),
            "/inscription/idcc?q=hotels&"
        );
        assert_eq!(of(Method::POST, "/inscription/numero"), "/inscription/numero?");
        assert_eq!(of(Method::POST, "/verify/abc"), "/verify/abc?");
        assert_eq!(of(Method::POST, "/deconnexion"), "/?");
    }

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

//! Whether a request that changes something was made by our own pages (OWASP ASVS 5.0, 3.5.1), beside cookies that other
//! sites' forms never carry.
//!
//! Browsers say where a request comes from in `Sec-Fetch-Site`, out of a page's reach; older ones in `Origin`. A client
//! that sends neither is no browser, and nobody can make it send its cookies against its will.

use axum::http::HeaderMap;
use axum::http::header::ORIGIN;

use super::site::Site;

/// What a request tells of where it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MadeBy {
    /// One of our own pages, or the person themselves in the address bar.
    Us,
    /// Another site.
    Others,
    /// It does not say. `Origin: null` says nothing either: browsers write it for our own pages too, since those ask
    /// them to send no referrer.
    Untold,
}

/// What this request tells.
pub fn made_by(headers: &HeaderMap, site: &Site) -> MadeBy {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (header("sec-fetch-site"), header(ORIGIN.as_str())) {
        (Some("same-origin" | "none"), _) => MadeBy::Us,
        (Some(_), _) => MadeBy::Others,
        (None, Some(origin)) if origin.eq_ignore_ascii_case(&site.origin) => MadeBy::Us,
        (None, None | Some("null")) => MadeBy::Untold,
        (None, Some(_)) => MadeBy::Others,
    }
}

/// Whether this is a request of our own pages, or of no browser: the rule of the API, whose clients carry no token.
pub fn is_our_own(headers: &HeaderMap, site: &Site) -> bool {
    match made_by(headers, site) {
        MadeBy::Us => true,
        MadeBy::Others => false,
        MadeBy::Untold => !headers.contains_key(ORIGIN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        is_our_own(&HeaderMap::from_iter(headers), &Site::of("https://example.org"))
    }

    #[test]
    fn what_says_nothing_is_told_apart_from_what_says_no() {
        let of = |headers: &[(&'static str, &'static str)]| {
            let headers = headers
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            made_by(&HeaderMap::from_iter(headers), &Site::of("https://example.org"))
        };
        assert_eq!(of(&[]), MadeBy::Untold);
        assert_eq!(of(&[("origin", "null")]), MadeBy::Untold);
        assert_eq!(of(&[("origin", "https://evil.example")]), MadeBy::Others);
        assert_eq!(
            of(&[("sec-fetch-site", "cross-site"), ("origin", "null")]),
            MadeBy::Others
        );
    }

    #[test]
    fn only_our_own_pages_may_change_things() {
        assert!(ours(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(ours(&[("sec-fetch-site", "none")]));
        assert!(ours(&[("origin", "https://example.org")]) && ours(&[]));
        assert!(!ours(&[("sec-fetch-site", "same-site")]) && !ours(&[("sec-fetch-site", "cross-site")]));
        assert!(!ours(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://example.org")
        ]));
        assert!(!ours(&[("origin", "https://evil.example")]) && !ours(&[("origin", "null")]));
    }
}

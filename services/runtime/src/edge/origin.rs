//! Whether a request that changes something was made by our own pages (OWASP ASVS 5.0, 3.5.1), beside cookies that other
//! sites' forms never carry.
//!
//! Browsers say where a request comes from in `Sec-Fetch-Site`, out of a page's reach; older ones in `Origin`. A client
//! that sends neither is no browser, and nobody can make it send its cookies against its will.

use axum::http::HeaderMap;
use axum::http::header::ORIGIN;

use super::site::Site;

/// Whether this is a request of our own pages, or of no browser.
pub fn is_our_own(headers: &HeaderMap, site: &Site) -> bool {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match (header("sec-fetch-site"), header(ORIGIN.as_str())) {
        (Some(from), _) => matches!(from, "same-origin" | "none"),
        (None, Some(origin)) => origin.eq_ignore_ascii_case(&site.origin),
        (None, None) => true,
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

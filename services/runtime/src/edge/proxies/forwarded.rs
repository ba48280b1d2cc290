//! The two headers by which proxies tell for whom they ask: `Forwarded` (RFC 7239) and `X-Forwarded-For`.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::FORWARDED;
use axum::http::{HeaderMap, HeaderName};

const CUSTOM: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Hops from the visitor's side to ours; nothing for one that is hidden or no address.
pub type Hops = Vec<Option<IpAddr>>;

/// Whether either header is there.
pub fn are_told(headers: &HeaderMap) -> bool {
    headers.contains_key(FORWARDED) || headers.contains_key(CUSTOM)
}

/// Those of `Forwarded`; nothing without the header.
pub fn by_standard(headers: &HeaderMap) -> Option<Hops> {
    let lines = lines(headers, &FORWARDED)?;
    let elements = lines.iter().flat_map(|line| split(line, ','));
    Some(elements.map(for_of).collect())
}

/// Those of `X-Forwarded-For`; nothing without the header.
pub fn by_custom(headers: &HeaderMap) -> Option<Hops> {
    let lines = lines(headers, &CUSTOM)?;
    let hops = lines.iter().flat_map(|line| line.split(','));
    Some(hops.map(address).collect())
}

/// A header's lines in order; one that is no text tells nothing.
fn lines<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Vec<&'a str>> {
    let lines = headers.get_all(name).iter();
    let lines: Vec<&str> = lines.map(|line| line.to_str().unwrap_or_default()).collect();
    (!lines.is_empty()).then_some(lines)
}

/// The address in the element's `for`.
fn for_of(element: &str) -> Option<IpAddr> {
    let mut pairs = split(element, ';').into_iter();
    let value = pairs.find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(value)
    })?;
    address(value.trim().trim_matches('"'))
}

/// An address, with or without a port and brackets.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let with_port = || text.parse().ok().map(|it: SocketAddr| it.ip());
    let address = bare.unwrap_or(text).parse().ok().or_else(with_port)?;
    Some(IpAddr::to_canonical(&address))
}

/// Parts between separators that stand outside quotes.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut parts, mut begin, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            it if it == separator && !quoted => {
                parts.push(&text[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[begin..]);
    parts
}

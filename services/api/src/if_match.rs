//! Entity tags: the version of a registration, quoted. `If-Match` guards a change, `If-None-Match` spares an answer.
//!
//! A proxy that compresses makes a tag weak (nginx) or lengthens it (Apache: `"4-gzip"`), and the client sends back what it
//! got. RFC 9110 compares `If-Match` strongly; a version guards as well whatever became of its tag, so that all forms count.

use axum::http::header::{IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName};

/// A version that no registration has: expecting it always fails.
const NEVER: u64 = 0;
/// What proxies append to the tag of an answer that they compress, within its quotes.
const CODINGS: [&str; 5] = ["-gzip", "-br", "-zstd", "-deflate", "-df"];

/// The tag of a version.
pub fn etag(version: u64) -> String {
    format!("\"{version}\"")
}

/// What `If-Match` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfMatch {
    /// Nothing, or any version at all (`*`).
    Anything,
    /// One of these. A tag that is not of ours matches nothing.
    OneOf(Vec<u64>),
}

impl IfMatch {
    /// Reads the header, which may be repeated.
    pub fn read(headers: &HeaderMap) -> Self {
        match tags(headers, IF_MATCH) {
            Some(tags) if !tags.contains(&"*") => Self::OneOf(tags.into_iter().filter_map(version).collect()),
            _ => Self::Anything,
        }
    }

    /// The one version that the use case must find, when that can be told without knowing the present one.
    pub fn plain(&self) -> Result<Option<u64>, &[u64]> {
        match self {
            Self::Anything => Ok(None),
            Self::OneOf(versions) => match versions.as_slice() {
                [] => Ok(Some(NEVER)),
                [version] => Ok(Some(*version)),
                several => Err(several),
            },
        }
    }
}

/// Of several accepted versions the present one, if it is among them.
pub fn present_among(accepted: &[u64], present: u64) -> u64 {
    if accepted.contains(&present) {
        present
    } else {
        NEVER
    }
}

/// Whether the client already holds this version.
pub fn is_held(headers: &HeaderMap, present: u64) -> bool {
    tags(headers, IF_NONE_MATCH).is_some_and(|tags| {
        tags.into_iter()
            .any(|tag| tag == "*" || version(tag) == Some(present))
    })
}

fn tags(headers: &HeaderMap, name: HeaderName) -> Option<Vec<&str>> {
    headers.contains_key(&name).then(|| {
        let values = headers.get_all(&name).iter().filter_map(|it| it.to_str().ok());
        values
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .filter(|tag| !tag.is_empty())
            .collect()
    })
}

fn version(tag: &str) -> Option<u64> {
    let tag = tag.strip_prefix("W/").unwrap_or(tag);
    let tag = tag.strip_prefix('"')?.strip_suffix('"')?;
    let coding = CODINGS.into_iter().find_map(|coding| tag.strip_suffix(coding));
    let digits = coding.unwrap_or(tag);
    digits
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| digits.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&str]) -> IfMatch {
        IfMatch::read(&values.iter().map(|it| (IF_MATCH, it.parse().unwrap())).collect())
    }

    #[test]
    fn tags_are_read_alone_in_lists_and_over_several_headers() {
        assert_eq!(read(&[]), IfMatch::Anything);
        assert_eq!(read(&["*"]), IfMatch::Anything);
        assert_eq!(read(&["\"4\""]), IfMatch::OneOf(vec![4]));
        assert_eq!(read(&["\"4\", \"5\"", "\"6\""]), IfMatch::OneOf(vec![4, 5, 6]));
    }

    #[test]
    fn a_version_is_known_whatever_a_proxy_did_to_its_tag() {
        for tag in ["W/\"4\"", "\"4-gzip\"", "\"4-br\"", "\"4-zstd\"", "W/\"4-gzip\""] {
            assert_eq!(read(&[tag]), IfMatch::OneOf(vec![4]), "{tag}");
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, tag.parse().unwrap())]);
            assert!(is_held(&headers, 4) && !is_held(&headers, 5), "{tag}");
        }
    }

    #[test]
    fn foreign_tags_match_nothing() {
        for tag in [
            "4",
            "w/\"4\"",
            "\"4\"-gzip",
            "\"4-\"",
            "\"-gzip\"",
            "\"4-x\"",
            "\"4-gzip-gzip\"",
            "\"x\"",
            "\"+4\"",
            "\"\"",
            "\"99999999999999999999999\"",
            "",
        ] {
            assert_eq!(read(&[tag]).plain(), Ok(Some(NEVER)), "{tag}");
        }
    }

    #[test]
    fn of_several_versions_the_present_one_counts() {
        assert_eq!(read(&["\"4\", \"5\""]).plain(), Err(&[4, 5][..]));
        assert_eq!(present_among(&[4, 5], 5), 5);
        assert_eq!(present_among(&[4, 5], 6), NEVER);
    }

    #[test]
    fn nothing_is_held_by_who_does_not_say() {
        assert!(!is_held(&HeaderMap::new(), 4));
    }
}

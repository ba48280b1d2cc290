//! JSON bodies: one object, its fields in order and with doubled names kept, so that each fault can be told.
//!
//! serde's derived readers stop at the first fault and take the last of two equal names; both are wrong here.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;

use axum::body::HttpBody;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::fields::Fields;
use crate::problem::Problem;

/// The largest body read, in bytes. The longest form fits several times over.
pub const BODY_SIZE_MAX: usize = 16 * 1024;

/// Beyond this many bytes a body is not even thrown away: whoever sends so much may see the connection break.
const BODY_SIZE_DRAINED: usize = 16 * 1024 * 1024;

/// Fields left out of what is digested for an idempotency key.
const SECRET_FIELDS: [&str; 1] = ["password"];

/// The body of a request: one JSON object.
pub struct Body {
    entries: Vec<(String, Value)>,
}

/// The body of a request that needs none: absent, or an object.
pub struct NoBody(pub Body);

impl Body {
    /// What was sent, for the digest of an idempotency key: by name, the password left out.
    pub fn content(&self) -> Vec<Vec<u8>> {
        let mut entries: Vec<&(String, Value)> = self
            .entries
            .iter()
            .filter(|(name, _)| !SECRET_FIELDS.contains(&name.as_str()))
            .collect();
        entries.sort_by_key(|(name, _)| name);
        entries
            .into_iter()
            .flat_map(|(name, value)| [name.clone().into_bytes(), value.to_string().into_bytes()])
            .collect()
    }

    /// Reads a body of at most this many bytes.
    pub async fn read_up_to(request: Request, size_max: usize) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::unsupported_media_type());
        }
        read_object(&read(request, size_max).await?)
            .map(|entries| Self { entries })
            .ok_or_else(Problem::malformed_body)
    }

    /// The fields, to be taken one by one.
    pub fn into_fields(self) -> Fields {
        Fields::new(self.entries)
    }
}

/// Shows nothing: a body holds names, addresses, tokens and passwords.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body([personal])")
    }
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        Self::read_up_to(request, BODY_SIZE_MAX).await
    }
}

impl<S: Send + Sync> FromRequest<S> for NoBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let is_json = is_json(request.headers());
        let bytes = read(request, BODY_SIZE_MAX).await?;
        let entries = match (bytes.is_empty(), is_json) {
            (true, _) => Some(Vec::new()),
            (false, false) => return Err(Problem::unsupported_media_type()),
            (false, true) => read_object(&bytes),
        };
        entries
            .map(|entries| Self(Body { entries }))
            .ok_or_else(Problem::malformed_body)
    }
}

/// The whole body. One that is too large is read on for a while and thrown away: most clients send all before they look
/// at the answer, and would see a broken connection instead of what was wrong.
async fn read(request: Request, size_max: usize) -> Result<Vec<u8>, Problem> {
    let mut body = request.into_body();
    let (mut kept, mut seen) = (Vec::new(), 0);
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| Problem::malformed_body())?;
        let Ok(bytes) = frame.into_data() else { continue };
        seen += bytes.len();
        if seen <= size_max {
            kept.extend_from_slice(&bytes);
        } else if seen > BODY_SIZE_DRAINED {
            break;
        }
    }
    if seen > size_max {
        Err(Problem::body_too_large())
    } else {
        Ok(kept)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    media_type(headers).is_some_and(|it| it.eq_ignore_ascii_case("application/json"))
}

/// What the body is said to be, without parameters.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<&str> {
    let media_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    media_type.split(';').next().map(str::trim)
}

/// The fields of a JSON object, in order, doubled names kept; nothing when the text is anything else.
///
/// Nesting is bounded by serde_json (128 levels), so that no body can exhaust the stack.
pub(crate) fn read_object(text: &[u8]) -> Option<Vec<(String, Value)>> {
    serde_json::from_slice::<Entries>(text)
        .ok()
        .map(|entries| entries.0)
}

struct Entries(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_keeps_its_order_and_its_doubles() {
        let entries = read_object(br#" {"b": 1, "a": "x", "b": null} "#).unwrap();
        let names: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["b", "a", "b"]);
    }

    #[test]
    fn anything_but_one_object_is_malformed() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
        for text in [
            "",
            "[]",
            "null",
            "1",
            "\"x\"",
            "{",
            "{}{}",
            "{} x",
            "{\"a\":}",
            "{'a':1}",
            "{\"a\":1,}",
            "\u{feff}{}",
            &deep,
        ] {
            assert!(read_object(text.as_bytes()).is_none(), "{text:.20}");
        }
        assert!(read_object(b"{\"a\":\"\xff\"}").is_none(), "not UTF-8");
        assert!(
            read_object(br#"{"a":"\ud800"}"#).is_none(),
            "half a surrogate pair"
        );
    }

    #[test]
    fn the_digested_content_ignores_order_and_space_and_leaves_the_password_out() {
        let content = |text: &str| {
            Body {
                entries: read_object(text.as_bytes()).unwrap(),
            }
            .content()
        };
        let one = content(r#"{"token":"t","password":"first"}"#);
        assert_eq!(one, content(r#"{ "password": "second", "token": "t" }"#));
        assert_ne!(one, content(r#"{"token":"u","password":"first"}"#));
    }

    #[test]
    fn json_is_told_by_its_media_type() {
        for (media_type, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/problem+json", false),
            ("text/plain", false),
            ("application/jsonx", false),
        ] {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, media_type.parse().unwrap())]);
            assert_eq!(is_json(&headers), expected, "{media_type}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}

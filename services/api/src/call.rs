//! What the headers of a request say beside its credentials: language, idempotency, expected version, trace.

use std::borrow::Cow;
use std::convert::Infallible;

use axum::extract::{FromRequestParts, MatchedPath, Path};
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use domain::values::{Locale, RegistrationId};
use usecases::{Actor, Ask, Denied, FieldFault};

use crate::if_match::{IfMatch, present_among};
use crate::middleware::RequestId;
use crate::problem::Problem;
use crate::state::ApiState;

/// The header that makes a repeated request harmless.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// The longest key, in characters.
const KEY_LENGTH_MAX: usize = 255;

/// A request, without path parameters and body.
pub struct Call {
    /// The method.
    pub method: Method,
    /// The language to answer in.
    pub locale: Locale,
    /// All headers.
    pub headers: HeaderMap,
    route: String,
    request_id: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Call {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self {
            method: parts.method.clone(),
            locale: locale(&parts.headers),
            headers: parts.headers.clone(),
            route: parts
                .extensions
                .get::<MatchedPath>()
                .map(|it| it.as_str().to_owned())
                .unwrap_or_default(),
            request_id: parts
                .extensions
                .get::<RequestId>()
                .map(|it| it.0.clone())
                .unwrap_or_default(),
        })
    }
}

/// The identifier in a path, not yet believed.
pub struct IdInPath(pub String);

impl<S: Send + Sync> FromRequestParts<S> for IdInPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(id) = Path::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::not_found())?;
        Ok(Self(id))
    }
}

impl Call {
    /// The person's ask, repeatable by its idempotency key. `principal` is whose key it is; `content` is what was sent
    /// ([`Body::content`](crate::body::Body::content)).
    ///
    /// A key of the wrong form is a fault of the field `Idempotency-Key`.
    pub fn ask(&self, state: &ApiState, principal: &str, content: &[Vec<u8>]) -> Result<Ask, Problem> {
        let mut ask = Ask::by(Actor::Person, self.request_id.clone(), self.traceparent());
        if let Some(key) = self.idempotency_key()? {
            let content: Vec<&[u8]> = content.iter().map(Vec::as_slice).collect();
            ask.idempotency = Some(state.onboarding.idempotency(
                principal,
                self.method.as_str(),
                &self.route,
                &key,
                &content,
            ));
        }
        Ok(ask)
    }

    /// The ask of whoever goes on with this registration, guarded by `If-Match`.
    pub async fn ask_about(
        &self,
        state: &ApiState,
        id: RegistrationId,
        content: &[Vec<u8>],
    ) -> Result<Ask, Problem> {
        let mut ask = self.ask(state, &id.to_string(), content)?;
        ask.expected_version = self.expected_version(state, id).await?;
        Ok(ask)
    }

    /// The version that `If-Match` asks for. Whether there is such a registration is left to the use case.
    pub async fn expected_version(
        &self,
        state: &ApiState,
        id: RegistrationId,
    ) -> Result<Option<u64>, Problem> {
        match IfMatch::read(&self.headers).plain() {
            Ok(expected) => Ok(expected),
            Err(several) => match state.onboarding.registration(id).await {
                Ok(present) => Ok(Some(present_among(several, present.version))),
                Err(Denied::NotFound) => Ok(None),
                Err(denied) => Err(denied.into()),
            },
        }
    }

    fn idempotency_key(&self) -> Result<Option<Cow<'_, str>>, Problem> {
        let mut given = self.headers.get_all(IDEMPOTENCY_KEY).iter();
        let Some(first) = given.next() else {
            return Ok(None);
        };
        match first.to_str().ok().and_then(key) {
            Some(key) if given.next().is_none() => Ok(Some(key)),
            _ => Err(Problem::invalid(vec![FieldFault::new(
                IDEMPOTENCY_KEY,
                "invalid-format",
            )])),
        }
    }

    /// Of the span that this service records; without traces, of the caller's.
    fn traceparent(&self) -> Option<String> {
        let recorded = runtime::telemetry::current().remove("traceparent");
        recorded.or_else(|| traceparent(&self.headers).map(str::to_owned))
    }
}

/// The language that the client prefers.
pub fn locale(headers: &HeaderMap) -> Locale {
    let wishes: Vec<&str> = headers
        .get_all(ACCEPT_LANGUAGE)
        .iter()
        .filter_map(|it| it.to_str().ok())
        .collect();
    catalogue::locale_from_accept_language(&wishes.join(","))
}

/// The caller's trace, if the header has the form of one (W3C Trace Context, version 00). It is stored with events, so
/// that nothing but hexadecimal digits may come through.
pub fn traceparent(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get("traceparent")?.to_str().ok()?;
    let lengths = text.split('-').map(str::len);
    let hexadecimal = text
        .bytes()
        .all(|b| b == b'-' || b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    (hexadecimal && lengths.eq([2, 32, 16, 2]) && text.starts_with("00-")).then_some(text)
}

/// The key of a header: visible ASCII as it is, or a string of structured fields (RFC 9651), as the IETF's draft has it.
/// Parameters say nothing here, so that `k`, `"k"` and `"k";a=1` are one key.
fn key(text: &str) -> Option<Cow<'_, str>> {
    let key = match text.strip_prefix('"') {
        Some(rest) => Cow::Owned(quoted(rest)?),
        None if text.bytes().all(|b| b.is_ascii_graphic()) => Cow::Borrowed(text),
        None => return None,
    };
    (1..=KEY_LENGTH_MAX).contains(&key.len()).then_some(key)
}

/// A string of structured fields behind its opening quote.
fn quoted(text: &str) -> Option<String> {
    let mut string = String::new();
    let mut rest = text.chars();
    loop {
        match rest.next()? {
            '"' => break,
            '\\' => string.push(rest.next().filter(|it| matches!(it, '"' | '\\'))?),
            it @ ' '..='~' => string.push(it),
            _ => return None,
        }
    }
    let parameters = rest.as_str();
    (parameters.is_empty() || parameters.starts_with(';')).then_some(string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_ascii_of_bounded_length() {
        assert!(key("a").is_some() && key(&"k".repeat(255)).is_some() && key("a;b=\"c\"").is_some());
        for bad in [
            "",
            &"k".repeat(256),
            "a b",
            "é",
            "\"",
            "\"\"",
            "\"a",
            "\"a\"b",
            "\"\\a\"",
            "\"é\"",
        ] {
            assert_eq!(key(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_key_is_the_same_bare_quoted_and_with_parameters() {
        for same in ["k", "\"k\"", "\"k\";a=1", "\"k\"; a; b=\"c\""] {
            assert_eq!(key(same).as_deref(), Some("k"), "{same}");
        }
        assert_eq!(key(r#""two \"words\"""#).as_deref(), Some("two \"words\""));
    }

    #[test]
    fn only_well_formed_traces_are_carried() {
        let of = |text: &str| {
            let headers = HeaderMap::from_iter([("traceparent".parse().unwrap(), text.parse().unwrap())]);
            traceparent(&headers).is_some()
        };
        assert!(of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        assert!(!of("00-jean.dupont-b7ad6b7169203331-01"));
        assert!(!of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x"));
        assert!(!of("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
    }
}

//! Asking the service over HTTP, and reading its answers.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// Longer than the slowest honest answer, a step that waits for a register.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The type of what a browser sends from a form.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// Fields as a browser sends them from a form.
pub fn form_encoded(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

/// A client of one service.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
}

/// A request in the making.
#[must_use]
pub struct Request {
    builder: reqwest::RequestBuilder,
    what: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The request, for messages.
    pub what: String,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
    /// The body, where it is JSON.
    pub body: Value,
}

impl Client {
    /// A client of the service at this base.
    pub fn new(base: &str) -> Self {
        Self {
            http: runtime::http::client(TIMEOUT).expect("a client"),
            base: base.to_owned(),
        }
    }

    /// The base of every address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A request by any method.
    pub fn ask(&self, method: Method, path: &str) -> Request {
        let what = format!("{method} {path}");
        Request {
            builder: self.http.request(method, format!("{}{path}", self.base)),
            what,
        }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path).send().await
    }

    /// POST with a body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path).json(body).send().await
    }

    /// PUT with a body.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::PUT, path).json(body).send().await
    }
}

impl Request {
    /// With a token.
    pub fn bearer(mut self, token: &str) -> Self {
        self.builder = self.builder.bearer_auth(token);
        self
    }

    /// With a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    /// With a body of JSON.
    pub fn json(mut self, body: &Value) -> Self {
        self.builder = self.builder.json(body);
        self
    }

    /// With a body as it is, said to be of this type.
    pub fn raw(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.builder = self
            .builder
            .header("content-type", content_type)
            .body(body.into());
        self
    }

    /// With these fields, as a browser sends a form.
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        self.raw(FORM, form_encoded(fields))
    }

    /// Sends it. A service that does not answer at all ends the test.
    pub async fn send(self) -> Answer {
        let what = self.what.clone();
        self.try_send()
            .await
            .unwrap_or_else(|fault| panic!("{what}: {fault:?}"))
    }

    /// Sends it to a service that may be away.
    pub async fn try_send(self) -> Result<Answer, reqwest::Error> {
        let response = self.builder.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or_default();
        Ok(Answer {
            what: self.what,
            status,
            headers,
            text,
            body,
        })
    }
}

impl Answer {
    /// Must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.what, self.text);
        self
    }

    /// Must be a problem with this status and code, in the form of RFC 9457.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Self {
        assert_eq!(
            (self.status, self.text_at("code")),
            (status, code),
            "{}: {}",
            self.what,
            self.text
        );
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.what
        );
        assert_eq!(self.body["status"], status, "{}", self.what);
        for member in ["type", "title", "detail"] {
            assert!(
                !self.text_at(member).is_empty(),
                "{}: {member} is missing: {}",
                self.what,
                self.text
            );
        }
        if matches!(status, 429 | 503) {
            let wait: u64 = self
                .header("retry-after")
                .parse()
                .expect("Retry-After in seconds");
            assert!(wait > 0, "{}: Retry-After is {wait}", self.what);
        }
        self
    }

    /// Must be about a registration in this state.
    #[track_caller]
    pub fn in_state(self, state: &str) -> Self {
        assert_eq!(self.text_at("state"), state, "{}: {}", self.what, self.text);
        assert_eq!(
            self.header("etag"),
            format!("\"{}\"", self.body["version"]),
            "{}",
            self.what
        );
        self
    }

    /// A member of the body that is text, or nothing.
    pub fn text_at(&self, member: &str) -> &str {
        self.body[member].as_str().unwrap_or_default()
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The version of the registration that the answer is about.
    pub fn version(&self) -> u64 {
        self.body["version"].as_u64().expect("a version")
    }

    /// Every bad field with its code.
    pub fn faults(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let faults = self.body["errors"].as_array().cloned().unwrap_or_default();
        faults
            .iter()
            .map(|fault| (text(&fault["field"]), text(&fault["code"])))
            .collect()
    }
}

//! The requests of a registration, as any HTTP client sends them.

use anyhow::{Context, bail};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::people::Person;

/// Asks one service, over connections that stay open.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
}

/// A registration that was started.
pub struct Started {
    /// Its id.
    pub id: String,
    /// What later steps present.
    pub token: String,
    /// Where it stands.
    pub state: String,
}

impl Client {
    /// A client of the service at this URL.
    ///
    /// # Errors
    /// When the HTTP client cannot be made.
    pub fn new(base: &str) -> anyhow::Result<Self> {
        // Installed once for the program; a second attempt finds the first one's work.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().tcp_nodelay(true).build()?;
        Ok(Self {
            http,
            base: base.to_owned(),
        })
    }

    /// Starts a registration, durably: the answer comes after the commit.
    ///
    /// # Errors
    /// When the answer is not the good one.
    pub async fn start(&self, person: &Person) -> anyhow::Result<Started> {
        let body = json!({
            "civility": "mme", "last_name": person.last_name, "first_name": "Camille", "email": person.address,
            "profile": "membre", "locale": "fr",
        });
        let answer = self.ask(Method::POST, "/v1/registrations", None, &body).await?;
        Ok(Started {
            id: text(&answer, "id")?,
            token: text(&answer, "continuation_token")?,
            state: text(&answer, "state")?,
        })
    }

    /// Takes a step of a registration.
    ///
    /// # Errors
    /// When the answer is not the good one.
    pub async fn step(&self, started: &Started, step: &str, body: Value) -> anyhow::Result<Value> {
        let path = format!("/v1/registrations/{}/{step}", started.id);
        self.ask(Method::PUT, &path, Some(&started.token), &body).await
    }

    /// Asks, and answers the body of a good answer. A service that says it is busy is asked again, as a browser would.
    ///
    /// # Errors
    /// When the answer is not a good one.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        bearer: Option<&str>,
        body: &Value,
    ) -> anyhow::Result<Value> {
        loop {
            let mut request = self.http.request(method.clone(), format!("{}{path}", self.base));
            if let Some(bearer) = bearer {
                request = request.bearer_auth(bearer);
            }
            if method != Method::GET {
                request = request.json(body);
            }
            let response = request.send().await?;
            let status = response.status();
            if status == StatusCode::SERVICE_UNAVAILABLE {
                tokio::time::sleep(std::time::Duration::from_millis(500)).await;
                continue;
            }
            let bytes = response.bytes().await?;
            if !status.is_success() {
                bail!("{method} {path}: {status} {}", String::from_utf8_lossy(&bytes));
            }
            return Ok(if bytes.is_empty() {
                Value::Null
            } else {
                serde_json::from_slice(&bytes)?
            });
        }
    }
}

fn text(answer: &Value, member: &str) -> anyhow::Result<String> {
    let found = answer[member]
        .as_str()
        .with_context(|| format!("the answer has no {member}"))?;
    Ok(found.to_owned())
}

//! One client's way of asking: every request is noted before it is sent; no answer means asking again with the same key.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::Value;
use tokio::sync::watch;

use crate::ledger::{Answer, Ledger, Outcome};
use crate::seed::Seed;

/// How long a client waits for one answer: longer than the service lets a request take.
const ANSWER_WITHIN: Duration = Duration::from_secs(32);
/// How often a client asks again before it gives up.
const TRIES_MAX: u32 = 120;
/// A client that hangs up does so within this time.
const HANG_UP_WITHIN: Duration = Duration::from_millis(40);

/// What all clients share.
pub struct Clients {
    /// Where each instance of the API is.
    pub instances: Vec<(String, String)>,
    /// Where requests and answers are noted.
    pub ledger: Arc<Ledger>,
    /// Turns true when clients should come to an end.
    pub stop: watch::Receiver<bool>,
    /// How many requests in a hundred are hung up on.
    pub hang_ups: u64,
    /// What sends.
    pub http: Client,
}

/// One client of a person.
pub struct Visit<'a> {
    /// What all clients share.
    pub clients: &'a Clients,
    /// Whose client it is.
    pub person: u64,
    /// Its chance.
    pub seed: Seed,
}

/// A request that a client wants answered.
pub struct Ask<'a> {
    /// How.
    pub method: Method,
    /// The method and the route, as the ledger names it.
    pub what: &'static str,
    /// The path.
    pub path: String,
    /// The credential.
    pub token: Option<&'a str>,
    /// The idempotency key.
    pub key: Option<String>,
    /// The body.
    pub body: Value,
}

impl Visit<'_> {
    /// Asks until there is an answer that asking again would not change. `None` when the run ends before.
    pub async fn until_answered(&mut self, ask: Ask<'_>) -> Option<(Answer, Value)> {
        for tries in 0..TRIES_MAX {
            if tries > 0 && *self.clients.stop.borrow() {
                return None;
            }
            let patience = match self.seed.percent(self.clients.hang_ups) {
                true => self.seed.between(Duration::ZERO, HANG_UP_WITHIN),
                false => ANSWER_WITHIN,
            };
            if let Some((answer, body)) = self.once(&ask, patience).await
                && answer.status < 500
                && answer.status != 429
            {
                return Some((answer, body));
            }
            let wait = self
                .seed
                .between(Duration::from_millis(100), Duration::from_millis(500));
            tokio::time::sleep(wait).await;
        }
        None
    }

    /// Asks once, at an instance that chance picks, and hangs up after so long.
    pub async fn once(&mut self, ask: &Ask<'_>, patience: Duration) -> Option<(Answer, Value)> {
        let clients = self.clients;
        let (instance, base) = self.seed.pick(&clients.instances);
        let mut request = clients
            .http
            .request(ask.method.clone(), format!("{base}{}", ask.path));
        if let Some(token) = ask.token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = &ask.key {
            request = request.header("Idempotency-Key", key);
        }
        if ask.what.starts_with("GET /v1/people") {
            request = request.header("Onboarding-Purpose", "open the file of a new account");
        }
        if !ask.body.is_null() {
            request = request.json(&ask.body);
        }
        let number = clients
            .ledger
            .sent(self.person, ask.what, instance, ask.key.as_deref());
        let answered = async {
            let response = request.send().await?;
            let status = response.status().as_u16();
            let retry_after = response.headers().contains_key("retry-after");
            let body: Value = serde_json::from_slice(&response.bytes().await?).unwrap_or_default();
            Ok::<_, reqwest::Error>((status, retry_after, body))
        };
        let outcome = tokio::time::timeout(patience, answered).await;
        match outcome {
            Err(_) if patience < ANSWER_WITHIN => {
                clients.ledger.ended(number, Outcome::HungUp);
                None
            }
            Err(_) => {
                clients
                    .ledger
                    .ended(number, Outcome::Lost("no answer in time".to_owned()));
                None
            }
            Ok(Err(fault)) => {
                clients.ledger.ended(number, Outcome::Lost(cause_of(&fault)));
                None
            }
            Ok(Ok((status, retry_after, body))) => {
                let text = |member: &str| body[member].as_str().map(str::to_owned);
                let answer = Answer {
                    status,
                    registration: text("id").filter(|_| status < 300),
                    version: body["version"].as_u64(),
                    state: text("state"),
                    code: text("code"),
                    retry_after,
                };
                clients.ledger.ended(number, Outcome::Answered(answer.clone()));
                Some((answer, body))
            }
        }
    }
}

/// The innermost cause: what the network said, without URLs.
fn cause_of(fault: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = fault;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

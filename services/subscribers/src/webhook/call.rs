//! One call of an endpoint: signed, bounded in time and size, and what its answer means.

use std::error::Error as _;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, StatusCode, redirect};
use url::Url;

use super::address::{Private, PublicOnly, is_private_literal};
use super::endpoint::{Endpoint, Keys};
use super::signature;
use crate::{Parcel, SubscriberError};

/// So much of an answer is read, so that its connection can be used again; nobody looks at it.
const ANSWER_MAX: usize = 16 * 1024;
/// Who we say we are.
const USER_AGENT: &str = concat!("onboarding/", env!("CARGO_PKG_VERSION"));

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// 2xx: the subscriber has it.
    Taken,
    /// 410: there is nobody any more.
    Gone,
    /// Anything else: another time, at the earliest after what the endpoint asked for.
    NotNow {
        /// What was in the way, in words of ours.
        obstacle: String,
        /// `Retry-After`, where it was sent.
        asked: Option<Duration>,
    },
}

/// A call that was made.
#[derive(Clone, Debug)]
pub(super) struct Called {
    pub answer: Answer,
    pub status: Option<StatusCode>,
    pub webhook_id: String,
    pub at: DateTime<Utc>,
    pub took: Duration,
}

/// Makes calls. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    public_only: Client,
    anywhere: Client,
}

impl Caller {
    /// A caller whose calls take so long at most, from the look-up of the name to the end of the answer.
    pub fn new(timeout: Duration) -> Result<Self, SubscriberError> {
        runtime::http::use_ring();
        // No redirect, which could lead anywhere; no proxy of the environment, which would resolve names by itself.
        let client = || {
            Client::builder()
                .user_agent(USER_AGENT)
                .timeout(timeout)
                .connect_timeout(timeout)
                .redirect(redirect::Policy::none())
                .no_proxy()
        };
        let fault = |_| SubscriberError::NoCertificates;
        Ok(Self {
            public_only: client()
                .https_only(true)
                .dns_resolver(PublicOnly)
                .build()
                .map_err(fault)?,
            anywhere: client().build().map_err(fault)?,
        })
    }

    /// Hands a parcel over.
    pub async fn call(&self, endpoint: &Endpoint, keys: &Keys, parcel: &Parcel) -> Called {
        let (begun, at) = (Instant::now(), Utc::now());
        let webhook_id = webhook_id(parcel);
        let answered = self.send(endpoint, keys, parcel, &webhook_id, at).await;
        let (status, answer) = match answered {
            Ok((status, headers)) => (Some(status), meaning(status, &headers, at)),
            Err(obstacle) => (
                None,
                Answer::NotNow {
                    obstacle,
                    asked: None,
                },
            ),
        };
        Called {
            answer,
            status,
            webhook_id,
            at,
            took: begun.elapsed(),
        }
    }

    async fn send(
        &self,
        endpoint: &Endpoint,
        keys: &Keys,
        parcel: &Parcel,
        webhook_id: &str,
        at: DateTime<Utc>,
    ) -> Result<(StatusCode, HeaderMap), String> {
        let url = Url::parse(&endpoint.url).map_err(|_| "the address is no URL".to_owned())?;
        if !endpoint.allow_private && is_private_literal(&url) {
            return Err(Private.to_string());
        }
        let client = match endpoint.allow_private {
            true => &self.anywhere,
            false => &self.public_only,
        };
        let timestamp = at.timestamp();
        let mut request = client
            .post(url)
            .header("webhook-id", webhook_id)
            .header("webhook-timestamp", timestamp)
            .header(
                "webhook-signature",
                signature::by_all(keys, webhook_id, timestamp, &parcel.body),
            );
        for (name, value) in &parcel.headers {
            request = request.header(*name, value);
        }
        let mut response = request
            .body(parcel.body.clone())
            .send()
            .await
            .map_err(|it| obstacle(&it))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut read = 0;
        // Whatever becomes of the rest of it, the answer was given.
        while let Ok(Some(chunk)) = response.chunk().await {
            read += chunk.len();
            if read > ANSWER_MAX {
                break;
            }
        }
        Ok((status, headers))
    }
}

/// Identifies the message for its receiver: the event, every time that it is tried. One that is sent again on request
/// names the replay as well, since a receiver drops what it knows.
fn webhook_id(parcel: &Parcel) -> String {
    match parcel.due.replay {
        Some(replay) => format!("{}_{replay}", parcel.event_id),
        None => parcel.event_id.to_string(),
    }
}

fn meaning(status: StatusCode, headers: &HeaderMap, now: DateTime<Utc>) -> Answer {
    if status.is_success() {
        return Answer::Taken;
    }
    if status == StatusCode::GONE {
        return Answer::Gone;
    }
    let obstacle = match status.is_redirection() {
        true => format!("answered {}: no redirect is followed", status.as_u16()),
        false => format!("answered {}", status.as_u16()),
    };
    let asked = headers.get(RETRY_AFTER).and_then(|it| it.to_str().ok());
    Answer::NotNow {
        obstacle,
        asked: asked.and_then(|text| wait_of(text, now)),
    }
}

/// Seconds, or a day and time (RFC 9110).
fn wait_of(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTime::parse_from_rfc2822(text.trim()).ok()?.to_utc();
    Some((until - now).to_std().unwrap_or_default())
}

/// Why there was no answer, in words of ours: what a library says may hold a URL, and a URL a secret.
fn obstacle(error: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut cause = error.source();
    while let Some(next) = cause {
        if next.is::<Private>() {
            return Private.to_string();
        }
        causes.push(next.to_string());
        cause = next.source();
    }
    let said = |word: &str| causes.iter().any(|it| it.contains(word));
    let words = if error.is_timeout() {
        "no answer in time"
    } else if said("certificate") {
        "the endpoint's certificate is not trusted"
    } else if said("dns error") || said("lookup") {
        "the name is not known"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke off"
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_means_what_its_status_says() {
        let now = DateTime::from_timestamp(1_772_442_000, 0).unwrap();
        let of = |status: u16, retry_after: Option<&str>| {
            let headers = retry_after.map(|it| (RETRY_AFTER, it.parse().unwrap()));
            meaning(
                StatusCode::from_u16(status).unwrap(),
                &headers.into_iter().collect(),
                now,
            )
        };
        assert_eq!(of(200, None), Answer::Taken);
        assert_eq!(of(204, None), Answer::Taken);
        assert_eq!(of(410, None), Answer::Gone);
        for status in [100, 302, 400, 401, 404, 429, 500, 503] {
            assert!(
                matches!(of(status, None), Answer::NotNow { asked: None, .. }),
                "{status}"
            );
        }
        let asked = |text| match of(503, Some(text)) {
            Answer::NotNow { asked, .. } => asked.map(|it| it.as_secs()),
            _ => None,
        };
        assert_eq!(asked("120"), Some(120));
        assert_eq!(asked("Mon, 02 Mar 2026 09:05:00 GMT"), Some(300));
        assert_eq!(asked("Mon, 02 Mar 2020 09:05:00 GMT"), Some(0));
        assert_eq!(asked("soon"), None);
    }
}

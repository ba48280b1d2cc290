//! A register reached over the network: every exchange is taken from its quota, and redirects stay on its host.

use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Client, StatusCode, Url};

use super::finding::Silence;
use super::health::{Health, Urgency};

/// Largest body read, in bytes; INSEE's longest histories are under 100 kB.
const BODY_LENGTH_MAX: usize = 1024 * 1024;
/// Redirects followed; INSEE uses one, for duplicates.
const REDIRECTS_MAX: usize = 2;

/// A complete answer.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its body.
    pub body: Vec<u8>,
    /// Whether it came from another page than the one asked for.
    pub redirected: bool,
}

/// A register's address, and what is sent along with each question.
#[derive(Debug)]
pub struct Remote {
    client: Client,
    base: Url,
    headers: HeaderMap,
    health: Health,
}

impl Remote {
    /// A register at this address.
    pub fn new(client: Client, base: Url, headers: HeaderMap, health: Health) -> Self {
        Self {
            client,
            base,
            headers,
            health,
        }
    }

    /// How it is doing.
    pub fn health(&self) -> &Health {
        &self.health
    }

    /// The address of a page of it.
    pub fn page(&self, segments: &[&str]) -> Url {
        below(&self.base, segments)
    }

    /// Gets a page. The caller bounds the time: every wait in here ends when it drops the call.
    /// `first` is false for a further call of one question.
    pub async fn get(&self, mut url: Url, urgency: Urgency, first: bool) -> Result<Answer, Silence> {
        for hop in 0..=REDIRECTS_MAX {
            self.health.take_call(urgency, first && hop == 0).await?;
            let request = self
                .client
                .get(url.clone())
                .headers(self.headers.clone())
                .header(ACCEPT, "application/json");
            let response = request.send().await.map_err(|_| Silence::Connection)?;
            let status = response.status();
            if status == StatusCode::TOO_MANY_REQUESTS {
                return Err(Silence::TooMany(rest_asked(response.headers())));
            }
            if !status.is_redirection() {
                let body = whole_body(response).await?;
                let redirected = hop > 0;
                return Ok(Answer {
                    status,
                    body,
                    redirected,
                });
            }
            let target = response
                .headers()
                .get(LOCATION)
                .and_then(|it| it.to_str().ok())
                .and_then(|it| url.join(it).ok());
            match target {
                // A key must not travel to another host.
                Some(target) if target.origin() == url.origin() => url = target,
                _ => return Err(Silence::Status(status.as_u16())),
            }
        }
        Err(Silence::Body)
    }
}

async fn whole_body(mut response: reqwest::Response) -> Result<Vec<u8>, Silence> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Silence::Connection)? {
        if body.len() + chunk.len() > BODY_LENGTH_MAX {
            return Err(Silence::Body);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// `Retry-After` in seconds. INSEE does not document it; the public search does.
fn rest_asked(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds)).filter(|rest| !rest.is_zero())
}

fn below(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    // Bases are checked when they are configured, so this always holds.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lie_below_their_base_with_or_without_a_closing_slash() {
        for base in [
            "https://api.example.org/api-sirene/3.11",
            "https://api.example.org/api-sirene/3.11/",
        ] {
            let url = below(&Url::parse(base).unwrap(), &["siret", "1"]);
            assert_eq!(url.as_str(), "https://api.example.org/api-sirene/3.11/siret/1");
        }
    }

    #[test]
    fn a_rest_is_asked_for_in_seconds() {
        let asked = |text: &str| rest_asked(&[(RETRY_AFTER, text.parse().unwrap())].into_iter().collect());
        assert_eq!(asked("7"), Some(Duration::from_secs(7)));
        assert_eq!(asked("0"), None);
        assert_eq!(asked("Wed, 21 Oct 2026 07:28:00 GMT"), None);
        assert_eq!(rest_asked(&HeaderMap::new()), None);
    }
}

//! One bounded GET: same host on every redirect, and a body of limited size.

use reqwest::header::{ACCEPT, HeaderMap, LOCATION};
use reqwest::{Client, StatusCode, Url};

use super::finding::Silence;

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
}

/// Gets a page. The caller bounds the time: every wait in here ends when it drops the call.
pub async fn get(client: &Client, mut url: Url, headers: &HeaderMap) -> Result<Answer, Silence> {
    for _ in 0..=REDIRECTS_MAX {
        let request = client
            .get(url.clone())
            .headers(headers.clone())
            .header(ACCEPT, "application/json");
        let response = request.send().await.map_err(|_| Silence::Connection)?;
        let status = response.status();
        if !status.is_redirection() {
            return Ok(Answer {
                status,
                body: whole_body(response).await?,
            });
        }
        let target = response
            .headers()
            .get(LOCATION)
            .and_then(|it| it.to_str().ok())
            .and_then(|it| url.join(it).ok());
        match target {
            Some(target) if target.origin() == url.origin() => url = target,
            _ => return Err(Silence::Status(status.as_u16())),
        }
    }
    Err(Silence::Body)
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

/// The address of a page below a base.
pub fn below(base: &Url, segments: &[&str]) -> Url {
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
}

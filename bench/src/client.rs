//! The requests of a registration, as any HTTP client sends them.
//!
//! The client shares the cores with what it measures, so it is as small as it can be: HTTP/1.1 over connections that stay open,
//! one request at a time on each, answers with a `content-length`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::people::Person;

/// What a client waits that is told to come back.
const BUSY_PAUSE: Duration = Duration::from_millis(500);

/// Asks one service, over connections that stay open.
#[derive(Clone)]
pub struct Client {
    authority: Arc<str>,
    idle: Arc<Mutex<Vec<TcpStream>>>,
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

/// An answer.
struct Answer {
    status: u16,
    body: Vec<u8>,
}

impl Client {
    /// A client of the service at this URL, `http://host:port`.
    ///
    /// # Errors
    /// When the URL is another one.
    pub fn new(base: &str) -> anyhow::Result<Self> {
        let authority = base.strip_prefix("http://").context("not a plain http URL")?;
        Ok(Self {
            authority: authority.into(),
            idle: Arc::default(),
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
        let body = match method == Method::GET {
            true => String::new(),
            false => body.to_string(),
        };
        let bearer = bearer.map_or_else(String::new, |it| format!("authorization: Bearer {it}\r\n"));
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\n{bearer}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.authority,
            body.len()
        );
        loop {
            let answer = self.exchange(request.as_bytes()).await?;
            match answer.status {
                200..=299 if answer.body.is_empty() => return Ok(Value::Null),
                200..=299 => return Ok(serde_json::from_slice(&answer.body)?),
                503 => tokio::time::sleep(BUSY_PAUSE).await,
                status => bail!(
                    "{method} {path}: {status} {}",
                    String::from_utf8_lossy(&answer.body)
                ),
            }
        }
    }

    async fn exchange(&self, request: &[u8]) -> anyhow::Result<Answer> {
        let kept = self.idle().pop();
        let mut connection = match kept {
            Some(kept) => kept,
            None => {
                let opened = TcpStream::connect(&*self.authority).await?;
                opened.set_nodelay(true)?;
                opened
            }
        };
        connection.write_all(request).await?;
        let answer = read_answer(&mut connection).await?;
        self.idle().push(connection);
        Ok(answer)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<TcpStream>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn read_answer(connection: &mut TcpStream) -> anyhow::Result<Answer> {
    let mut bytes = Vec::with_capacity(4_096);
    loop {
        if connection.read_buf(&mut bytes).await? == 0 {
            bail!("the service closed the connection");
        }
        let Some(end) = memchr::memmem::find(&bytes, b"\r\n\r\n") else {
            continue;
        };
        let head = std::str::from_utf8(&bytes[..end])?;
        let status = head.get(9..12).context("no status")?.parse()?;
        let length: usize = header(head, "content-length").map_or(Ok(0), str::parse)?;
        let whole = end + 4 + length;
        while bytes.len() < whole {
            if connection.read_buf(&mut bytes).await? == 0 {
                bail!("the service closed the connection in mid-answer");
            }
        }
        return Ok(Answer {
            status,
            body: bytes.split_off(end + 4),
        });
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn text(answer: &Value, member: &str) -> anyhow::Result<String> {
    let found = answer[member]
        .as_str()
        .with_context(|| format!("the answer has no {member}"))?;
    Ok(found.to_owned())
}

//! The way to the collector of traces, and what the log says of it: once when it begins to fail, once when the cause changes,
//! once when it works again. The library's own complaints are compiled out of it.

use std::error::Error;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tokio::runtime::Handle;

/// One batch of spans may take this long to leave.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(5);

/// Sends batches on our own runtime: the exporter's thread has none, and the HTTP client needs one.
#[derive(Debug)]
pub(super) struct Courier {
    client: reqwest::Client,
    runtime: Handle,
    /// Why the last batch did not arrive; none when it did.
    obstacle: Mutex<Option<String>>,
}

impl Courier {
    pub(super) fn new() -> Result<Self, reqwest::Error> {
        Ok(Self {
            client: crate::http::client(EXPORT_TIMEOUT)?,
            runtime: Handle::current(),
            obstacle: Mutex::default(),
        })
    }

    fn tell(&self, obstacle: Option<String>) {
        let mut before = self.obstacle.lock().unwrap_or_else(PoisonError::into_inner);
        if *before == obstacle {
            return;
        }
        match &obstacle {
            Some(cause) => {
                tracing::warn!(%cause, "traces do not reach the collector; spans are lost until they do")
            }
            None => tracing::info!("traces reach the collector again"),
        }
        *before = obstacle;
    }
}

#[async_trait]
impl HttpClient for Courier {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let sent = self
            .runtime
            .spawn(async move { client.send_bytes(request).await })
            .await?;
        self.tell(match &sent {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answers {}", answer.status())),
            Err(fault) => Some(root_of(&**fault)),
        });
        sent
    }
}

/// The innermost cause: what is around it names the address, which operators know and which may hold a password.
fn root_of(fault: &(dyn Error + 'static)) -> String {
    let mut root = fault;
    while let Some(cause) = root.source() {
        root = cause;
    }
    root.to_string()
}

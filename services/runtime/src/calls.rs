//! Calls to look: messages of which only matters that they came.
//!
//! They are read as fast as they come, so that a burst neither fills memory nor is dropped with a warning, and however
//! many came since the last look are one call.

use std::sync::Arc;

use async_nats::{Client, SubscribeError};
use futures::{FutureExt, StreamExt};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// A subscription that only calls.
#[derive(Debug)]
pub struct Calls {
    called: Arc<Notify>,
    reading: JoinHandle<()>,
}

impl Calls {
    /// Listens to this subject.
    ///
    /// # Errors
    /// When the connection is closed.
    pub async fn on(client: &Client, subject: &'static str) -> Result<Self, SubscribeError> {
        let mut messages = client.subscribe(subject).await?;
        let called = Arc::new(Notify::new());
        let caller = Arc::clone(&called);
        let reading = tokio::spawn(async move {
            while messages.next().await.is_some() {
                caller.notify_one();
            }
        });
        Ok(Self { called, reading })
    }

    /// Waits for a call; one that came since the last look counts.
    pub async fn next(&self) {
        self.called.notified().await;
    }

    /// Takes what has come for answered.
    pub fn forget(&self) {
        let _answered = self.called.notified().now_or_never();
    }
}

impl Drop for Calls {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

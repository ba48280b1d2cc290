//! Watches one server: starts it again when it dies alone, stops it when asked.

use std::{process::ExitStatus, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::{
    process::Child,
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    EmbeddedError,
    log_file::LogFile,
    ports::{free_port, is_free},
};
use crate::config::Secret;

/// The first pause before a restart; each further one doubles, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// A server that ran this long before it died is started again without a long pause.
const HEALTHY: Duration = Duration::from_secs(30);

/// A server that does not stop within this time is ended; PostgreSQL may have a large checkpoint to write.
const STOP_PATIENCE: Duration = Duration::from_secs(60);

/// How often a starting server is asked whether it takes work.
const PROBE_INTERVAL: Duration = Duration::from_millis(10);

/// How often another port is tried, and what a server's log says when one is taken.
const PORT_TRIES: u8 = 4;
const PORT_TAKEN: &str = "address already in use";

/// What the watch must know of a server.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) name: &'static str,
    pub(super) stop_signal: Signal,
    pub(super) log: LogFile,
    /// Starts it, on the same port each time, and waits until it takes work.
    pub(super) start: Arc<dyn Fn() -> BoxFuture<'static, Result<Child, EmbeddedError>> + Send + Sync>,
}

/// A server under watch.
pub(super) struct Supervised {
    url: Secret,
    stop: CancellationToken,
    watch: Option<JoinHandle<()>>,
}

impl Supervised {
    /// Starts the server and its watch.
    pub(super) async fn start(server: Server, url: Secret) -> Result<Self, EmbeddedError> {
        let begun = Instant::now();
        let child = (server.start)().await?;
        tracing::info!(
            server = server.name,
            pid = child.id(),
            ms = begun.elapsed().as_millis(),
            "embedded server ready"
        );
        let stop = CancellationToken::new();
        let watch = tokio::spawn(watch(server, child, stop.clone()));
        Ok(Self {
            url,
            stop,
            watch: Some(watch),
        })
    }

    /// Where it is reached.
    pub(super) fn url(&self) -> &Secret {
        &self.url
    }

    /// Stops it and waits until it is gone.
    pub(super) async fn stop(mut self) {
        self.stop.cancel();
        if let Some(watch) = self.watch.take() {
            // An error would mean that the watch panicked; the parent-death signal then ends the server.
            let _ = watch.await;
        }
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Starts a server for the first time, at `wish` where that is free, and with another port when somebody took the free one
/// in the meantime.
pub(super) async fn with_free_port<F: Future<Output = Result<Supervised, EmbeddedError>>>(
    wish: Option<u16>,
    start_at: impl Fn(u16) -> F,
) -> Result<Supervised, EmbeddedError> {
    let mut tries = PORT_TRIES;
    let mut wish = wish.filter(|port| is_free(*port));
    loop {
        tries -= 1;
        let port = match wish.take() {
            Some(port) => port,
            None => free_port()?,
        };
        match start_at(port).await {
            Err(EmbeddedError::Died { tail, .. }) if tries > 0 && is_taken(&tail) => {}
            outcome => return outcome,
        }
    }
}

fn is_taken(tail: &str) -> bool {
    tail.to_lowercase().contains(PORT_TAKEN)
}

/// Waits until a starting server takes work.
///
/// # Errors
/// When it died, or is silent for `patience`, each with the end of its log; or when the probe gives up.
pub(super) async fn until_ready<F: Future<Output = Result<bool, EmbeddedError>>>(
    child: &mut Child,
    name: &'static str,
    log: &LogFile,
    patience: Duration,
    probe: impl Fn() -> F,
) -> Result<(), EmbeddedError> {
    let begun = Instant::now();
    while begun.elapsed() < patience {
        if let Some(status) = child.try_wait()? {
            return Err(died(name, status, log));
        }
        match probe().await {
            Ok(true) => return Ok(()),
            Ok(false) => sleep(PROBE_INTERVAL).await,
            Err(error) => {
                child.start_kill()?;
                return Err(error);
            }
        }
    }
    child.start_kill()?;
    Err(EmbeddedError::Silent {
        server: name,
        seconds: patience.as_secs(),
        log: log.path().to_owned(),
        tail: log.tail(),
    })
}

pub(super) fn died(server: &'static str, status: ExitStatus, log: &LogFile) -> EmbeddedError {
    EmbeddedError::Died {
        server,
        status,
        log: log.path().to_owned(),
        tail: log.tail(),
    }
}

async fn watch(server: Server, mut child: Child, stop: CancellationToken) {
    let mut pause = FIRST_PAUSE;
    loop {
        let begun = Instant::now();
        tokio::select! {
            () = stop.cancelled() => return end(&server, child).await,
            ended = child.wait() => tell_death(&server, ended),
        }
        metrics::counter!("onboarding_embedded_restarts_total", "server" => server.name).increment(1);
        if begun.elapsed() > HEALTHY {
            pause = FIRST_PAUSE;
        }
        let Some(started) = start_again(&server, &mut pause, &stop).await else {
            return;
        };
        child = started;
        tracing::info!(server = server.name, pid = child.id(), "embedded server is back");
    }
}

/// Tries until it runs; `None` when we are to stop first.
async fn start_again(server: &Server, pause: &mut Duration, stop: &CancellationToken) -> Option<Child> {
    loop {
        tokio::select! {
            () = stop.cancelled() => return None,
            () = sleep(*pause) => (),
        }
        *pause = (*pause * 2).min(LONGEST_PAUSE);
        // Not given up half way when we are to stop: a server that is starting would be left without a watch.
        match (server.start)().await {
            Ok(child) => return Some(child),
            Err(error) => tracing::error!(server = server.name, %error, "embedded server does not come back"),
        }
    }
}

fn tell_death(server: &Server, ended: std::io::Result<ExitStatus>) {
    let status = ended.map_or_else(|error| error.to_string(), |status| status.to_string());
    tracing::error!(server = server.name, status, log = %server.log.tail(), "embedded server died; starting it again");
}

async fn end(server: &Server, mut child: Child) {
    if let Some(pid) = child.id().and_then(|pid| i32::try_from(pid).ok()) {
        // The child is not reaped yet, so the number is still its own.
        let _ = kill(Pid::from_raw(pid), server.stop_signal);
    }
    if timeout(STOP_PATIENCE, child.wait()).await.is_err() {
        tracing::error!(server = server.name, "embedded server does not stop and is ended");
        let _ = child.kill().await;
    }
}

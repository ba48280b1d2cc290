//! The listener for machines that look after the service: `/metrics`, `/healthz`, `/readyz`.
//!
//! It has a port of its own, on loopback unless set otherwise, so that no proxy publishes it by accident.

use std::{future::Future, io, net::SocketAddr, pin::Pin, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures::future::join_all;
use serde::Serialize;
use tokio::{net::TcpListener, task::JoinHandle, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::telemetry::Metrics;

/// A check that takes longer has failed.
const CHECK_TIMEOUT: Duration = Duration::from_secs(1);

type CheckFuture = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;
type Check = Arc<dyn Fn() -> CheckFuture + Send + Sync>;

/// The named checks that must pass before work is sent here.
#[derive(Clone, Default)]
pub struct Readiness {
    checks: Vec<(&'static str, Check)>,
}

impl Readiness {
    /// No checks yet: ready as soon as it listens.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a check. It must ask the real thing, and its error must be fit for an operator's eyes.
    #[must_use]
    pub fn check<F, Fut, E>(mut self, name: &'static str, check: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: std::fmt::Display,
    {
        let check: Check = Arc::new(move || {
            let asked = check();
            Box::pin(async move { asked.await.map_err(|error| error.to_string()) })
        });
        self.checks.push((name, check));
        self
    }

    /// Adds "PostgreSQL answers a query".
    #[must_use]
    pub fn postgres(self, pool: sqlx::PgPool) -> Self {
        self.check("postgresql", move || {
            let pool = pool.clone();
            async move { crate::postgres::answers(&pool).await }
        })
    }

    /// Adds "JetStream answers a call".
    #[must_use]
    pub fn jetstream(self, client: async_nats::Client) -> Self {
        self.check("jetstream", move || {
            let client = client.clone();
            async move { crate::nats::answers(&client).await }
        })
    }

    async fn report(&self) -> Report {
        let checks = join_all(self.checks.iter().map(|(name, check)| run(name, check))).await;
        let ready = checks.iter().all(|check| check.ok);
        Report {
            status: if ready { "ready" } else { "not-ready" },
            checks,
        }
    }
}

/// The answer of `/readyz`.
#[derive(Serialize)]
struct Report {
    status: &'static str,
    checks: Vec<CheckReport>,
}

#[derive(Serialize)]
struct CheckReport {
    name: &'static str,
    ok: bool,
    milliseconds: u128,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
}

async fn run(name: &'static str, check: &Check) -> CheckReport {
    let begun = Instant::now();
    let outcome = tokio::time::timeout(CHECK_TIMEOUT, check()).await;
    let fault = outcome
        .unwrap_or_else(|_| Err("no answer in time".to_owned()))
        .err();
    CheckReport {
        name,
        ok: fault.is_none(),
        milliseconds: begun.elapsed().as_millis(),
        fault,
    }
}

/// A listener that runs until it is told to stop.
pub struct AdminListener {
    /// Where it really listens.
    pub address: SocketAddr,
    /// Ends after the token is cancelled.
    pub task: JoinHandle<()>,
}

/// Listens at `address` and answers until `stop` is cancelled.
///
/// # Errors
/// When the address cannot be bound.
pub async fn serve(
    address: SocketAddr,
    readiness: Readiness,
    metrics: Metrics,
    stop: CancellationToken,
) -> io::Result<AdminListener> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let router = router(readiness, metrics);
    let task = tokio::spawn(async move {
        let served = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
        if let Err(error) = served.await {
            tracing::error!(%error, "the admin listener ended");
        }
    });
    Ok(AdminListener { address, task })
}

fn router(readiness: Readiness, metrics: Metrics) -> Router {
    Router::new()
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(ready).with_state(readiness))
        .route("/metrics", get(exposition).with_state(metrics))
}

async fn ready(State(readiness): State<Readiness>) -> Response {
    let report = readiness.report().await;
    let all_pass = report.checks.iter().all(|check| check.ok);
    let status = if all_pass {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(report)).into_response()
}

async fn exposition(State(metrics): State<Metrics>) -> Response {
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        metrics.render(),
    )
        .into_response()
}

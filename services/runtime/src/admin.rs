//! The listener for machines that look after the service: `/metrics`, `/healthz`, `/readyz`.
//!
//! It has a port of its own, on loopback unless set otherwise, so that no proxy publishes it by accident.

mod checks;
mod readiness;

use std::{io, net::SocketAddr};

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::telemetry::Metrics;
pub use readiness::Readiness;

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
    let status = if report.is_ready() {
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

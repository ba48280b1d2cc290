//! The listener for machines that look after the service: `/metrics`, `/healthz`, `/readyz`.
//!
//! It has a port of its own, on loopback unless set otherwise, so that no proxy publishes it by accident.

mod checks;
mod readiness;

use std::{io, net::SocketAddr, sync::Arc};

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::edge::connections::Bounds;
use crate::edge::listener::{self, Door};
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
    // Bounded by itself, so that whatever happens to pages and API, it answers.
    let door = Door {
        name: "admin",
        bounds: Bounds::of_administrators(),
        trusted: Arc::default(),
    };
    let task = tokio::spawn(listener::serve(listener, router, door, stop));
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

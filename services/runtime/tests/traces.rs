//! Traces reach a collector in JSON over HTTP, the last ones when the guard is dropped.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::{process::Command, time::Duration};

use axum::{Router, routing::post};
use runtime::{Config, telemetry};
use tokio::{net::TcpListener, sync::mpsc, time::timeout};

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";

/// Set for the child that plays the service: a program has one telemetry, and its settings are its environment.
const TOLD_TO_PLAY: &str = "PLAY_THE_TRACED_SERVICE";

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_gets_the_spans_of_a_program_that_ends() {
    let (received, mut spans) = mpsc::unbounded_channel();
    let collect = move |body: String| async move { received.send(body).map_err(|error| error.to_string()) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/v1/traces", post(collect));
    let collector = tokio::spawn(async move { axum::serve(listener, router).await });

    let service = tokio::task::spawn_blocking(move || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "plays_the_service_when_told_to"])
            .env(ENDPOINT, endpoint)
            .env(TOLD_TO_PLAY, "yes")
            .output()
    });
    let service = service.await.unwrap().unwrap();
    assert!(
        service.status.success(),
        "{}",
        String::from_utf8_lossy(&service.stderr)
    );
    let batch = timeout(Duration::from_secs(10), spans.recv())
        .await
        .unwrap()
        .unwrap();
    assert!(
        batch.contains("a-walk") && batch.contains("onboarding-test"),
        "{batch}"
    );
    collector.abort();
}

/// What the log says of a program that ends with these settings.
async fn log_of(settings: &[(&'static str, String)]) -> String {
    let mut service = Command::new(std::env::current_exe().unwrap());
    service.args(["--exact", "plays_the_service_when_told_to"]);
    service.args(["--nocapture"]).env(TOLD_TO_PLAY, "yes");
    service.envs(settings.iter().map(|(name, value)| (name, value)));
    let service = tokio::task::spawn_blocking(move || service.output()).await;
    String::from_utf8_lossy(&service.unwrap().unwrap().stderr).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_takes_nothing_is_told_of_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(|| async { axum::http::StatusCode::NOT_FOUND });
    let collector = tokio::spawn(async move { axum::serve(listener, router).await });
    let endpoint = || vec![(ENDPOINT, format!("http://{address}"))];
    let log = log_of(&endpoint()).await;
    assert_eq!(log.matches("do not reach the collector").count(), 1, "{log}");
    assert!(log.contains("404"), "{log}");
    collector.abort();
    let _ = collector.await;
    let log = log_of(&endpoint()).await;
    assert_eq!(log.matches("do not reach the collector").count(), 1, "{log}");
    assert!(log.contains("refused"), "{log}");
    let mut disabled = endpoint();
    disabled.push(("OTEL_SDK_DISABLED", "true".to_owned()));
    let log = log_of(&disabled).await;
    assert!(!log.contains("collector"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn plays_the_service_when_told_to() {
    if std::env::var_os(TOLD_TO_PLAY).is_none() {
        return;
    }
    let guard = telemetry::init("test", telemetry::Speaker::Role, &Config::default()).unwrap();
    let is_on = std::env::var_os("OTEL_SDK_DISABLED").is_none();
    tracing::info_span!("a-walk").in_scope(|| {
        assert_eq!(telemetry::current().contains_key("traceparent"), is_on);
    });
    drop(guard);
}

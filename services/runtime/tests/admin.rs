//! What the admin listener answers, and what a check that fails or never ends does to it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::time::{Duration, Instant};

use runtime::{
    CancellationToken, Config,
    admin::{self, Readiness},
    telemetry,
};

async fn ask(address: std::net::SocketAddr, path: &str) -> (u16, String) {
    let client = runtime::http::client(Duration::from_secs(5)).unwrap();
    let answer = client
        .get(format!("http://{address}{path}"))
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_tells_life_readiness_and_metrics() {
    let guard = telemetry::init("test", telemetry::Speaker::Role, &Config::default()).unwrap();
    metrics::counter!("onboarding_tried_total").increment(3);
    let stop = CancellationToken::new();
    let readiness = Readiness::new().check("fine", || async { Ok::<(), String>(()) });
    let listener = admin::serve(
        "127.0.0.1:0".parse().unwrap(),
        readiness,
        guard.metrics(),
        stop.clone(),
    )
    .await
    .unwrap();
    assert_eq!(ask(listener.address, "/healthz").await.0, 200);
    let (status, ready) = ask(listener.address, "/readyz").await;
    assert_eq!(status, 200);
    assert!(
        ready.contains(r#""status":"ready""#) && ready.contains(r#""name":"fine","ok":true"#),
        "{ready}"
    );
    let (_, exposition) = ask(listener.address, "/metrics").await;
    assert!(exposition.contains("onboarding_tried_total 3"), "{exposition}");
    assert!(
        exposition.contains("onboarding_build_info{role=\"test\""),
        "{exposition}"
    );
    stop.cancel();
    listener.task.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_failed_check_is_named_and_one_that_hangs_is_cut_short() {
    let guard = telemetry::init("test", telemetry::Speaker::Role, &Config::default()).unwrap();
    let readiness = Readiness::new()
        .check("fine", || async { Ok::<(), String>(()) })
        .check("broken", || async { Err::<(), _>("no disk") })
        .check("hanging", std::future::pending::<Result<(), String>>);
    let listener = admin::serve(
        "127.0.0.1:0".parse().unwrap(),
        readiness,
        guard.metrics(),
        CancellationToken::new(),
    )
    .await
    .unwrap();
    let begun = Instant::now();
    let (status, report) = ask(listener.address, "/readyz").await;
    assert_eq!(status, 503);
    assert!(
        begun.elapsed() < Duration::from_secs(4),
        "the hanging check was waited for"
    );
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["checks"][0]["ok"], true);
    assert_eq!(report["checks"][1]["fault"], "no disk");
    let fault = report["checks"][2]["fault"].as_str().unwrap();
    assert!(fault.starts_with("no answer for "), "{fault}");
}

//! Every route, dropped at every await: polled once and dropped, then twice, then three times, until it comes to its end.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use serde_json::Value;
use sqlx::{Executor, PgPool};
use tests::cut::cut_after;
use tests::eventually::eventually;
use tests::inside;
use tests::people::newcomer;
use tests::run;
use tests::world::{Plan, World};
use tower::ServiceExt;

use super::assert_kept;
use super::errands::{self, Errand};

/// More than any request is polled.
const POLLS_MAX: usize = 400;
/// Few, so that whatever a dropped request leaves in one of them is met by the next.
const CONNECTIONS: u32 = 2;

#[test]
fn what_is_acknowledged_stays_wherever_another_request_is_dropped() {
    run(async {
        let world = World::start(Plan {
            no_limits: true,
            ..Plan::default()
        })
        .await;
        let pool = service_pool(&world).await;
        let router = inside::router(&world, &pool);
        let mut acknowledged = Vec::new();
        for errand in errands::all(&world).await {
            let what = format!("{} {}", errand.method, errand.path);
            for polls in 1.. {
                assert!(polls < POLLS_MAX, "{what} does not come to its end");
                let answer = cut_after(polls, router.clone().oneshot(request(&errand))).await;
                acknowledged.push(start(&router).await);
                if let Some(answer) = answer {
                    let status = answer.unwrap().status();
                    assert!(!status.is_server_error(), "{what}: {status}");
                    break;
                }
            }
        }
        assert_kept(&world.pool, &acknowledged).await;
        eventually("no session of the service is left in a transaction", async || {
            (world.count("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'").await == 0)
                .then_some(())
        })
        .await;
        world.command(&["projections", "verify"], 0);
        world.command(&["audit", "verify"], 0);
    });
}

/// As `runtime::postgres` makes it for the service, with fewer connections.
async fn service_pool(world: &World) -> PgPool {
    database::pool_options()
        .max_connections(CONNECTIONS)
        .acquire_timeout(Duration::from_secs(20))
        .test_before_acquire(false)
        .after_connect(|connection, _| {
            Box::pin(async move { connection.execute("SET ROLE onboarding_service").await.map(drop) })
        })
        .connect(world.database_url())
        .await
        .unwrap()
}

fn request(errand: &Errand) -> Request<Body> {
    let request = Request::builder()
        .method(errand.method.as_str())
        .uri(&errand.path);
    let headers = errand.headers.iter();
    let request = headers.fold(request, |request, (name, value)| request.header(name, value));
    request.body(Body::from(errand.body())).unwrap()
}

/// Somebody else's first step, which is not cut: the registration and its version.
async fn start(router: &Router) -> (String, u64) {
    let request = Request::post("/v1/registrations")
        .header("content-type", "application/json")
        .body(Body::from(newcomer().form().to_string()))
        .unwrap();
    let answer = router.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    let body = to_bytes(answer.into_body(), 1 << 16).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(status, 201, "{body}");
    (
        body["id"].as_str().unwrap().to_owned(),
        body["version"].as_u64().unwrap(),
    )
}

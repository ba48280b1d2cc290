//! What stands before the service, and who stands in front of it: proxies, and clients that say nothing.

use reqwest::Method;
use serde_json::json;
use tests::client::Client;
use tests::eventually::eventually;
use tests::people::newcomer;
use tests::run;
use tests::world::{Plan, World};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// More than one network may do at once of what is tried here.
const TOO_MANY: usize = 130;

/// Tries a link, as a proxy on this machine asks for somebody; whether it was one too many.
async fn too_many(client: &Client, forwarded: &str) -> bool {
    let asked = client
        .ask(Method::POST, "/v1/email-verifications")
        .header("X-Forwarded-For", forwarded)
        .json(&json!({"token": "AAAA"}));
    match asked.send().await.status {
        422 => false,
        429 => true,
        other => panic!("{other}"),
    }
}

#[test]
fn visitors_behind_a_trusted_proxy_are_counted_one_by_one() {
    run(async {
        let world = World::start(Plan {
            settings: vec![("ONBOARDING_TRUSTED_PROXIES", "127.0.0.0/8".to_owned())],
            ..Plan::default()
        })
        .await;
        let mut refused = false;
        for attempt in 0..TOO_MANY {
            refused |= too_many(&world.client, &format!("198.51.100.{attempt}, 203.0.113.9")).await;
        }
        assert!(
            refused,
            "what stands left of the right-most hop counts for nothing"
        );
        assert!(!too_many(&world.client, "203.0.113.10").await);
        let told = world.command(&["doctor"], 0).stdout;
        assert!(String::from_utf8_lossy(&told).contains("trusted: 127.0.0.0/8"));
    });
}

#[test]
fn a_proxy_that_nobody_told_of_is_told_by_doctor_metric_and_log() {
    run(async {
        let world = World::start(Plan::default()).await;
        let mut refused = false;
        for attempt in 0..TOO_MANY {
            refused |= too_many(&world.client, &format!("203.0.113.{attempt}")).await;
        }
        assert!(refused, "headers of a stranger count for nothing");
        eventually("doctor tells", async || {
            too_many(&world.client, "203.0.113.1").await;
            let told = world.try_command(&["doctor"]).stdout;
            String::from_utf8_lossy(&told)
                .contains("no proxy is trusted:")
                .then_some(())
        })
        .await;
        let metrics = world.admin("api").get("/metrics").await.text;
        assert!(
            metrics.contains("onboarding_forwarded_headers_ignored_total"),
            "{metrics}"
        );
        assert!(world.log("api").contains("ONBOARDING_TRUSTED_PROXIES"));
        assert!(
            !world.log("api").contains("203.0.113"),
            "no visitor's address is logged"
        );
    });
}

/// Begins a request and says no more.
async fn half_a_request(at: &str) -> TcpStream {
    let mut stream = TcpStream::connect(at).await.unwrap();
    let said = stream
        .write_all(b"POST /v1/registrations HTTP/1.1\r\nHost: x\r\nContent-Le")
        .await;
    // Whoever was pushed out already is told so.
    drop(said);
    stream
}

#[test]
fn a_thousand_half_requests_keep_nobody_out() {
    run(async {
        // Of this program: it holds the other ends.
        runtime::files::raise_limit();
        let world = World::start(Plan::default()).await;
        let pages = world.base().trim_start_matches("http://").to_owned();
        let admin = world.admin("api");
        let at_admin = admin.base().trim_start_matches("http://").to_owned();
        let mut held = Vec::new();
        for _ in 0..1_050 {
            held.push(half_a_request(&pages).await);
            held.push(half_a_request(&at_admin).await);
        }
        world
            .client
            .post("/v1/registrations", &newcomer().form())
            .await
            .expect(201);
        admin.get("/readyz").await.expect(200);
        let metrics = admin.get("/metrics").await.text;
        let open = |listener: &str| {
            let line = format!("onboarding_http_connections{{listener=\"{listener}\"}} ");
            let count = metrics.lines().find_map(|it| it.strip_prefix(&line));
            count.and_then(|it| it.parse::<u32>().ok()).unwrap_or_default()
        };
        assert!((200..=256).contains(&open("visitors")), "{}", open("visitors"));
        assert!((1..=64).contains(&open("admin")), "{}", open("admin"));
        // Those that were not pushed out are given up in time.
        for mut stream in held {
            let mut said = Vec::new();
            let _ = stream.read_to_end(&mut said).await;
            assert!(said.is_empty() || said.starts_with(b"HTTP/1.1 4"), "{said:?}");
        }
    });
}

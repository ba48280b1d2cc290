//! nginx, HAProxy, Apache and Varnish before the pages, with the lines of the runbook: each visitor is counted by itself, and what a
//! visitor makes up counts for nothing. `script/test` fetches the four and runs this.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says what is wrong by failing"
)]

use std::net::{IpAddr, Ipv4Addr};

use reqwest::Client;
use serde_json::{Value, json};
use tests::client::Client as Direct;
use tests::people::newcomer;
use tests::run;
use tests::web_proxy::{Kind, WebProxy};
use tests::world::{Plan, World};

/// More than one network may follow at once.
const TOO_MANY: usize = 130;

/// A visitor on this machine, by an address of loopback of its own.
fn visitor(last: u8) -> Client {
    Client::builder()
        .local_address(IpAddr::V4(Ipv4Addr::new(127, 0, 0, last)))
        .build()
        .unwrap()
}

/// Tries one link.
async fn follow(visitor: &Client, base: &str, made_up: &[(&str, &str)]) -> u16 {
    let mut request = visitor
        .post(format!("{base}/v1/email-verifications"))
        .json(&json!({"token": "AAAA"}));
    for (name, value) in made_up {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap().status().as_u16()
}

#[test]
#[ignore = "needs nginx, HAProxy, Apache and Varnish: script/test fetches them"]
fn behind_each_proxy_every_visitor_is_counted_by_itself() {
    run(async {
        for (index, kind) in Kind::ALL.into_iter().enumerate() {
            let world = World::start(Plan {
                settings: vec![("ONBOARDING_TRUSTED_PROXIES", "127.0.0.1".to_owned())],
                ..Plan::default()
            })
            .await;
            let pages = world.base().rsplit(':').next().unwrap().parse().unwrap();
            let proxy = WebProxy::start(&world.folder, kind, pages).await;
            let base = proxy.base();
            let (greedy, modest) = (visitor(10 + index as u8 * 2), visitor(11 + index as u8 * 2));

            let mut refused = 0;
            for attempt in 0..TOO_MANY {
                // A new visitor each time, by what they say of themselves.
                let made_up = format!("198.51.100.{}", attempt + 1);
                let headers = [
                    ("X-Forwarded-For", made_up.as_str()),
                    ("Forwarded", &format!("for={made_up}")),
                ];
                match follow(&greedy, &base, &headers).await {
                    422 => {}
                    429 => refused += 1,
                    other => panic!("{kind:?}: {other}"),
                }
            }
            assert!(refused > 0, "{kind:?}: what a visitor makes up counts");
            assert_eq!(follow(&modest, &base, &[]).await, 422, "{kind:?}");

            // And the service works there: a first step with its cookies and a conditional second.
            let through = Direct::new(&base);
            let started = through
                .post("/v1/registrations", &newcomer().form())
                .await
                .expect(201);
            let at = started.header("location").to_owned();
            let token = started.text_at("continuation_token").to_owned();
            let topics: Value = json!({"topics": ["payments"]});
            let tag = started.header("etag").to_owned();
            through
                .ask(reqwest::Method::PUT, &format!("{at}/topics"))
                .bearer(&token)
                .header("If-Match", &tag)
                .json(&topics)
                .send()
                .await
                .expect(200);
            let told = world.command(&["doctor"], 0);
            let told = String::from_utf8(told.stdout).unwrap();
            assert!(told.contains("trusted: 127.0.0.1/32"), "{kind:?}: {told}");
        }
    });
}

#[test]
#[ignore = "needs nginx, HAProxy, Apache and Varnish: script/test fetches them"]
fn a_proxy_that_nobody_told_of_is_told_by_the_doctor() {
    run(async {
        let world = World::start(Plan::default()).await;
        let pages = world.base().rsplit(':').next().unwrap().parse().unwrap();
        let proxy = WebProxy::start(&world.folder, Kind::Nginx, pages).await;
        let through = Direct::new(&proxy.base());
        tests::eventually::eventually("doctor tells of the proxy", async || {
            through
                .post("/v1/registrations", &newcomer().form())
                .await
                .expect(201);
            let told = world.try_command(&["doctor"]);
            let told = String::from_utf8_lossy(&told.stdout).into_owned();
            told.contains("no proxy is trusted:").then_some(())
        })
        .await;
    });
}

//! A browser application on another origin, as its browser asks.

use reqwest::Method;
use serde_json::json;
use tests::client::Answer;
use tests::people::newcomer;
use tests::run;
use tests::world::{Plan, World};

const APP: &str = "https://app.example.org";

#[test]
fn an_application_on_a_listed_origin_takes_the_first_steps() {
    run(async {
        let world = World::start(Plan {
            settings: vec![("ONBOARDING_ALLOWED_ORIGINS", APP.to_owned())],
            ..Plan::default()
        })
        .await;
        let is_open = |answer: &Answer| answer.header("access-control-allow-origin") == APP;
        let start = |method| {
            let request = world
                .client
                .ask(method, "/v1/registrations")
                .header("Origin", APP);
            request.header("Sec-Fetch-Site", "cross-site")
        };
        let preflight = start(Method::OPTIONS)
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "content-type,idempotency-key")
            .send()
            .await
            .expect(200);
        assert!(is_open(&preflight), "{:?}", preflight.headers);
        let person = newcomer();
        let started = start(Method::POST).json(&person.form()).send().await.expect(201);
        assert!(is_open(&started), "{:?}", started.headers);
        let exposed = started.header("access-control-expose-headers");
        assert!(
            exposed.contains("location") && exposed.contains("etag"),
            "{exposed}"
        );

        let token = started.text_at("continuation_token");
        let path = format!("{}/topics", started.header("location"));
        let topics = |origin: &str| {
            let request = world.client.ask(Method::PUT, &path).header("Origin", origin);
            request.json(&json!({"topics": []}))
        };
        assert!(is_open(&topics(APP).bearer(token).send().await.expect(200)));
        let cookie = format!("onboarding_continuation={token}");
        let by_cookie = topics(APP).header("Cookie", &cookie).send().await;
        assert!(is_open(&by_cookie.problem(401, "unauthorized")));
        let elsewhere = topics("https://evil.example")
            .bearer(token)
            .send()
            .await
            .expect(200);
        assert!(!is_open(&elsewhere) && elsewhere.header("vary").contains("origin"));

        let key = world.client.ask(Method::GET, "/log/key").header("Origin", APP);
        assert!(is_open(&key.send().await.expect(200)));
        let page = world.client.ask(Method::GET, "/").header("Origin", APP);
        assert!(!is_open(&page.send().await));
    });
}

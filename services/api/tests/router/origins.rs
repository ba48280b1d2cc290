//! Browser applications on other origins.

use super::house::{Answer, House};

const APP: &str = "https://app.example.org";

/// What a browser asks before it lets an application of this origin send what it wants to.
async fn preflight(house: &House, origin: &str, path: &str) -> Answer {
    let wanted = [
        ("origin", origin),
        ("access-control-request-method", "PUT"),
        (
            "access-control-request-headers",
            "authorization,content-type,idempotency-key,if-match",
        ),
    ];
    house.send("OPTIONS", path, &wanted, "").await
}

#[tokio::test]
async fn a_listed_origin_may_ask_and_read_what_answers_say() {
    let house = House::open_to(&["http://localhost:5173", APP]);
    for path in [
        "/v1/me/topics",
        "/v1/registrations",
        "/log/checkpoint",
        "/log/tile/0/000",
    ] {
        let answer = preflight(&house, APP, path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), APP);
        assert!(answer.header("access-control-allow-methods").contains("PUT"));
        let allowed = answer.header("access-control-allow-headers");
        for header in [
            "authorization",
            "idempotency-key",
            "if-match",
            "onboarding-purpose",
        ] {
            assert!(allowed.contains(header), "{allowed}");
        }
    }
    let answer = house.send("GET", "/v1/me", &[("origin", APP)], "").await;
    answer.is_problem(401, "unauthorized");
    assert_eq!(answer.header("access-control-allow-origin"), APP);
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    assert_eq!(answer.header("vary"), "origin");
    let exposed = answer.header("access-control-expose-headers");
    for header in [
        "etag",
        "location",
        "retry-after",
        "idempotency-replayed",
        "x-request-id",
    ] {
        assert!(exposed.contains(header), "{exposed}");
    }
}

#[tokio::test]
async fn nobody_else_may_and_nothing_else_is_open() {
    let house = House::open_to(&[APP]);
    for (origin, path) in [
        ("https://app.example.org.evil.example", "/v1/me"),
        ("http://app.example.org", "/v1/me"),
        ("null", "/v1/me"),
        (APP, "/openapi.json"),
        (APP, "/docs/"),
    ] {
        let refused = preflight(&house, origin, path).await;
        assert_eq!(
            refused.header("access-control-allow-origin"),
            "",
            "{origin} {path}"
        );
        let answer = house.send("GET", path, &[("origin", origin)], "").await;
        assert_eq!(
            answer.header("access-control-allow-origin"),
            "",
            "{origin} {path}"
        );
    }
    let closed = House::plain();
    let answer = preflight(&closed, APP, "/v1/me").await;
    answer.is_problem(405, "method-not-allowed");
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_refusal_by_limit_can_be_read_too() {
    let house = House::open_to(&[APP]);
    let asked = [("origin", APP), ("content-type", "application/json")];
    let mut answer = house.send("POST", "/v1/registrations", &asked, "{}").await;
    while answer.status == 422 {
        answer = house.send("POST", "/v1/registrations", &asked, "{}").await;
    }
    answer.is_problem(429, "too-many-attempts");
    assert_eq!(answer.header("access-control-allow-origin"), APP);
    assert_eq!(preflight(&house, APP, "/v1/registrations").await.status, 200);
}

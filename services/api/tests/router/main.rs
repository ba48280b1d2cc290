//! The router without a database: everything that is answered before a use case needs one, and what is answered when
//! there is none.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop where it stands"
)]

mod house;
mod origins;

use axum::Router;
use axum::http::StatusCode;
use domain::values::RegistrationId;
use house::{House, JSON};
use serde_json::Value;
use uuid::Uuid;

#[tokio::test]
async fn unknown_paths_and_methods_are_problems_too() {
    let house = House::plain();
    for path in [
        "/v1",
        "/v1/nothing",
        "/v1/registrations/x/nothing",
        "/v1/registrations/x/topics/more",
        "/v1/%ff",
    ] {
        house
            .send("GET", path, &[], "")
            .await
            .is_problem(404, "not-found");
    }
    let answer = house.send("DELETE", "/v1/registrations", &[], "").await;
    answer.is_problem(405, "method-not-allowed");
    assert_eq!(answer.header("allow"), "POST");
    let answer = house.send("PATCH", "/openapi.json", &[], "").await;
    answer.is_problem(405, "method-not-allowed");
}

#[tokio::test]
async fn the_router_can_be_merged_with_the_pages() {
    let mut house = House::plain();
    let pages = Router::new()
        .route("/", axum::routing::get(|| async { "page" }))
        .fallback(|| async { "no such page" });
    house.router = house.router.merge(pages);
    assert_eq!(house.send("GET", "/", &[], "").await.body, "page");
    assert_eq!(house.send("GET", "/nothing", &[], "").await.body, "no such page");
    house
        .send("GET", "/v1/nothing", &[], "")
        .await
        .is_problem(404, "not-found");
}

#[tokio::test]
async fn a_body_is_judged_before_who_asks() {
    let house = House::plain();
    let path = format!("/v1/registrations/{}/topics", Uuid::now_v7());
    house
        .send("PUT", &path, &[], "{}")
        .await
        .is_problem(415, "unsupported-media-type");
    house
        .send("PUT", &path, &[("content-type", "text/plain")], "{}")
        .await
        .is_problem(415, "unsupported-media-type");
    house
        .send("PUT", &path, &[JSON], "{")
        .await
        .is_problem(400, "malformed-body");
    house
        .send("PUT", &path, &[JSON], "[]")
        .await
        .is_problem(400, "malformed-body");
    house
        .send("PUT", &path, &[JSON], "")
        .await
        .is_problem(400, "malformed-body");
    let large = format!(r#"{{"topics":["{}"]}}"#, "x".repeat(17 * 1024));
    house
        .send("PUT", &path, &[JSON], &large)
        .await
        .is_problem(413, "body-too-large");
    house
        .send("PUT", &path, &[JSON], "{}")
        .await
        .is_problem(401, "unauthorized");
}

#[tokio::test]
async fn a_token_opens_its_own_registration_only() {
    let house = House::plain();
    let (own, other) = (RegistrationId(Uuid::now_v7()), Uuid::now_v7());
    let bearer = format!("Bearer {}", house.onboarding.continuation_token(own));
    let path = |id: &str| format!("/v1/registrations/{id}");
    let with = [("authorization", bearer.as_str())];

    let answer = house.send("GET", &path(&own.to_string()), &[], "").await;
    answer.is_problem(401, "unauthorized");
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    house
        .send(
            "GET",
            &path(&own.to_string()),
            &[("authorization", "Bearer forged")],
            "",
        )
        .await
        .is_problem(401, "unauthorized");
    house
        .send("GET", &path(&other.to_string()), &with, "")
        .await
        .is_problem(404, "not-found");
    house
        .send("GET", &path("nonsense"), &with, "")
        .await
        .is_problem(404, "not-found");
    // The token is good, and the database does not answer.
    house
        .send("GET", &path(&own.to_string()), &with, "")
        .await
        .is_problem(503, "service-unavailable");
}

#[tokio::test]
async fn a_cookie_counts_like_a_token_unless_another_site_sends_it() {
    let house = House::plain();
    let own = RegistrationId(Uuid::now_v7());
    let cookie = format!(
        "onboarding_continuation={}",
        house.onboarding.continuation_token(own)
    );
    let path = format!("/v1/registrations/{own}/verification-mails");
    house
        .send("POST", &path, &[("cookie", &cookie)], "")
        .await
        .is_problem(503, "service-unavailable");
    let own_page = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
    house
        .send("POST", &path, &own_page, "")
        .await
        .is_problem(503, "service-unavailable");
    let another = [("cookie", cookie.as_str()), ("sec-fetch-site", "cross-site")];
    house
        .send("POST", &path, &another, "")
        .await
        .is_problem(401, "unauthorized");
    let another = [("cookie", cookie.as_str()), ("origin", "https://evil.example")];
    house
        .send("POST", &path, &another, "")
        .await
        .is_problem(401, "unauthorized");
}

#[tokio::test]
async fn a_bad_form_gets_one_answer_with_every_fault() {
    let house = House::plain();
    let body = r#"{"civility":"dr","last_name":"","first_name":3,"email":"x","profile":"generaliste","profile":"membre","extra":1}"#;
    let answer = house.post_json("/v1/registrations", body).await;
    answer.is_problem(422, "invalid");
    let expected = [
        ("civility", "unknown-value"),
        ("last_name", "required"),
        ("first_name", "wrong-type"),
        ("email", "email-format"),
        ("profile", "duplicate-field"),
        ("extra", "unknown-field"),
    ];
    assert_eq!(
        answer.faults(),
        expected.map(|(field, code)| (field.to_owned(), code.to_owned()))
    );
    for error in answer.json()["errors"].as_array().unwrap() {
        assert!(
            !error["message"].as_str().unwrap().starts_with("fault-"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn words_are_in_the_language_asked_for() {
    let house = House::plain();
    let french = house.send("GET", "/v1/nothing", &[], "").await;
    let english = house
        .send("GET", "/v1/nothing", &[("accept-language", "en-GB,fr;q=0.5")], "")
        .await;
    assert_eq!(
        (
            french.header("content-language"),
            english.header("content-language")
        ),
        ("fr", "en")
    );
    assert_ne!(french.json()["title"], english.json()["title"]);
    assert_eq!(french.json()["code"], english.json()["code"]);
    let catalogue = house
        .send("GET", "/v1/catalogue", &[("accept-language", "en")], "")
        .await
        .json();
    assert_eq!(catalogue["civilities"][0]["label"], "Ms");
    assert_eq!(catalogue["topics"].as_array().unwrap().len(), 4);
    assert_eq!(catalogue["password_policy"]["minimum_length"], 8);
}

#[tokio::test]
async fn an_idempotency_key_has_a_form() {
    let house = House::plain();
    let token = format!(r#"{{"token":"{}"}}"#, "x".repeat(64));
    let answer = house
        .send(
            "POST",
            "/v1/email-verifications",
            &[JSON, ("idempotency-key", "two words")],
            &token,
        )
        .await;
    answer.is_problem(422, "invalid");
    assert_eq!(answer.faults()[0].0, "Idempotency-Key");
    let answer = house
        .send(
            "POST",
            "/v1/email-verifications",
            &[JSON, ("idempotency-key", "k")],
            r#"{"token":"x"}"#,
        )
        .await;
    answer.is_problem(422, "link-invalid");
    assert_eq!(answer.faults(), [("token".to_owned(), "link-invalid".to_owned())]);
}

#[tokio::test]
async fn answers_are_protected_and_known_by_an_id() {
    let house = House::plain();
    let answer = house
        .send(
            "GET",
            "/v1/catalogue",
            &[("x-request-id", "0198f2c4-7a52-7b1e-8f4e-2f1d9a6b3c11")],
            "",
        )
        .await;
    assert_eq!(
        answer.header("x-request-id"),
        "0198f2c4-7a52-7b1e-8f4e-2f1d9a6b3c11"
    );
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        (
            "content-security-policy",
            "default-src 'none'; frame-ancestors 'none'",
        ),
        ("strict-transport-security", ""),
        ("access-control-allow-origin", ""),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    let secure = House::new("https://example.org", false);
    let answer = secure.send("GET", "/v1/nothing", &[], "").await;
    assert!(answer.header("strict-transport-security").starts_with("max-age="));
    assert!(!answer.header("x-request-id").is_empty());
}

#[tokio::test]
async fn the_description_and_its_page_come_from_the_binary() {
    let house = House::plain();
    let description = house.send("GET", "/openapi.json", &[], "").await.json();
    assert!(description["paths"]["/v1/registrations/{id}/establishment"]["put"].is_object());
    let older = house.send("GET", "/openapi-3.0.json", &[], "").await.json();
    assert_eq!(older["openapi"], "3.0.3");
    assert_eq!(
        older["paths"].as_object().map(|it| it.len()),
        description["paths"].as_object().map(|it| it.len())
    );
    let page = house.send("GET", "/docs/", &[], "").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.body.contains("swagger") && !page.body.contains("https://"),
        "{}",
        page.body
    );
    assert!(
        page.header("content-security-policy")
            .contains("script-src 'self'")
    );
    assert!(
        house
            .send("GET", "/docs/swagger-initializer.js", &[], "")
            .await
            .body
            .contains("/openapi.json")
    );
    assert_eq!(
        house.send("GET", "/docs", &[], "").await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_network_that_asks_too_often_is_told_when_to_come_back() {
    let house = House::new("http://127.0.0.1:8080", true);
    for _ in 0..100 {
        house
            .post_json("/v1/registrations", "{}")
            .await
            .is_problem(422, "invalid");
    }
    let answer = house.post_json("/v1/registrations", "{}").await;
    answer.is_problem(429, "too-many-attempts");
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=6).contains(&seconds));
    assert_eq!(answer.json()["retry_after"], seconds);
    assert_eq!(
        house.send("GET", "/v1/catalogue", &[], "").await.status,
        StatusCode::OK,
        "other things go on"
    );
}

#[tokio::test]
async fn agreements_are_found_by_number_or_words() {
    let house = House::plain();
    let found = house.send("GET", "/v1/idcc?q=1979", &[], "").await.json();
    assert_eq!(
        (&found[0]["idcc"], &found[0]["status"]),
        (&Value::from("1979"), &Value::from("current"))
    );
    let found = house
        .send("GET", "/v1/idcc?q=h%C3%B4tels+caf%C3%A9s", &[], "")
        .await
        .json();
    assert_eq!(found[0]["idcc"], "1979");
    let replaced = house.send("GET", "/v1/idcc?q=0054", &[], "").await.json();
    assert_eq!(replaced[0]["successors"][0], "3248");
    assert_eq!(house.send("GET", "/v1/idcc?q=", &[], "").await.body, "[]");
    house
        .send("GET", "/v1/idcc", &[], "")
        .await
        .is_problem(422, "invalid");
    house
        .send("GET", "/v1/idcc?q=a&q=b", &[], "")
        .await
        .is_problem(422, "invalid");
}

#[tokio::test]
async fn a_fault_of_ours_names_no_server() {
    let house = House::plain();
    let answer = house
        .post_json("/v1/sessions", r#"{"email":"eve@example.org","password":"x"}"#)
        .await;
    answer.is_problem(503, "service-unavailable");
    assert!(!answer.header("retry-after").is_empty());
    assert!(!answer.body.contains("127.0.0.1") && !answer.body.to_lowercase().contains("pool"));
}

//! Asking twice, asking late, asking out of turn, asking for somebody else's.

use reqwest::Method;
use serde_json::json;
use tests::journey::{MEMBER, Visitor};
use tests::people::newcomer;
use tests::register::CLOSED;
use tests::run;

use crate::shared::guide;

#[test]
fn the_same_key_twice_makes_one_registration_and_gives_the_same_answer() {
    run(async {
        let world = guide().await;
        let form = newcomer().form();
        let start = |form: &serde_json::Value| {
            world
                .client
                .ask(Method::POST, "/v1/registrations")
                .header("Idempotency-Key", "once-and-again-1")
                .json(form)
                .send()
        };
        let first = start(&form).await.expect(201);
        assert_eq!(first.header("idempotency-replayed"), "");
        let second = start(&form).await.expect(201);
        assert_eq!(second.header("idempotency-replayed"), "true");
        assert_eq!(first.text, second.text);
        start(&newcomer().form())
            .await
            .problem(422, "idempotency-key-reused");
    });
}

#[test]
fn one_key_sent_many_times_at_once_makes_one_registration() {
    run(async {
        let world = guide().await;
        let form = newcomer().form();
        let asked = (0..8).map(|_| {
            world
                .client
                .ask(Method::POST, "/v1/registrations")
                .header("Idempotency-Key", "all-at-once-1")
                .json(&form)
                .send()
        });
        let answers = futures::future::join_all(asked).await;
        let ids: std::collections::BTreeSet<&str> =
            answers.iter().map(|answer| answer.text_at("id")).collect();
        assert_eq!(ids.len(), 1, "{answers:?}");
        assert!(answers.iter().all(|answer| answer.status == 201), "{answers:?}");
    });
}

#[test]
fn a_step_repeated_with_its_key_is_answered_as_before_even_when_the_form_has_moved_on() {
    run(async {
        let visitor = Visitor::start(guide().await, &newcomer()).await;
        let body = json!({"topics": ["payments"]});
        let ask = || {
            visitor
                .ask(Method::PUT, "/topics")
                .header("Idempotency-Key", "topics-1")
                .json(&body)
                .send()
        };
        ask().await.expect(200);
        visitor.put("topics", json!({"topics": []})).await.expect(200);
        let replayed = ask().await.expect(200);
        assert_eq!(replayed.header("idempotency-replayed"), "true");
        assert_eq!(
            visitor.look().await.body["topics"],
            json!([]),
            "the repetition changed nothing"
        );
    });
}

#[test]
fn a_registers_refusal_repeated_with_its_key_is_answered_as_before() {
    run(async {
        let visitor = Visitor::start(guide().await, &newcomer()).await;
        visitor.put("topics", json!({"topics": []})).await.expect(200);
        let ask = || {
            visitor
                .ask(Method::PUT, "/establishment")
                .header("Idempotency-Key", "establishment-1")
                .json(&json!({"siret": CLOSED}))
                .send()
        };
        let refused = ask().await.expect(422);
        assert_eq!(refused.body["code"], "establishment-closed");
        let version = visitor.look().await.body["version"].clone();
        let again = ask().await.expect(422);
        assert_eq!(again.header("idempotency-replayed"), "true");
        for member in ["code", "detail", "errors"] {
            assert_eq!(again.body[member], refused.body[member], "{member}");
        }
        assert_eq!(visitor.look().await.body["version"], version, "written down once");
    });
}

#[test]
fn a_stale_version_is_refused_and_the_present_one_accepted() {
    run(async {
        let visitor = Visitor::start(guide().await, &newcomer()).await;
        let tag = visitor.look().await.header("etag").to_owned();
        let put = |tag: String, topics: serde_json::Value| {
            visitor
                .ask(Method::PUT, "/topics")
                .header("If-Match", &tag)
                .json(&json!({"topics": topics}))
                .send()
        };
        put("\"1\"".to_owned(), json!([]))
            .await
            .problem(412, "precondition-failed");
        put(tag.clone(), json!(["payments"])).await.expect(200);
        put(tag, json!([])).await.problem(412, "precondition-failed");
        put("*".to_owned(), json!(["reminders"])).await.expect(200);
        // As proxies that compress hand it on.
        for (form, topics) in [("W/\"{}\"", json!([])), ("\"{}-gzip\"", json!(["payments"]))] {
            let version = visitor.look().await.body["version"].to_string();
            put(form.replace("{}", &version), topics).await.expect(200);
        }
    });
}

#[test]
fn steps_out_of_turn_are_refused_before_their_values_are_looked_at() {
    run(async {
        let visitor = Visitor::start(guide().await, &newcomer()).await;
        for (step, body) in [
            ("establishment", json!({"siret": "not a siret"})),
            ("member-number", json!({})),
            ("idcc", json!({"idcc": false})),
        ] {
            visitor.put(step, body).await.problem(409, "step-out-of-order");
        }
        visitor
            .ask(Method::POST, "/verification-mails")
            .send()
            .await
            .problem(409, "step-out-of-order");
        visitor.put("topics", json!({"topics": []})).await.expect(200);
        visitor
            .put("idcc", json!({"idcc": "1979"}))
            .await
            .problem(409, "step-out-of-order");
        visitor
            .put("establishment", json!({"siret": MEMBER.0}))
            .await
            .expect(200);
        visitor
            .put("idcc", json!({"idcc": "x"}))
            .await
            .problem(409, "step-out-of-order");
    });
}

#[test]
fn nobody_sees_or_changes_a_registration_that_is_not_theirs() {
    run(async {
        let world = guide().await;
        let (mine, theirs) = (
            Visitor::start(world, &newcomer()).await,
            Visitor::start(world, &newcomer()).await,
        );
        let ask = |method, id: &str| {
            world
                .client
                .ask(method, &format!("/v1/registrations/{id}"))
                .bearer(&mine.token)
                .send()
        };
        let not_mine = ask(Method::GET, &theirs.id).await.problem(404, "not-found");
        let none = ask(Method::GET, &uuid::Uuid::now_v7().to_string())
            .await
            .problem(404, "not-found");
        assert_eq!(not_mine.text, none.text);
        world
            .client
            .get(&format!("/v1/registrations/{}", theirs.id))
            .await
            .problem(401, "unauthorized");
        let path = format!("/v1/registrations/{}/topics", theirs.id);
        let put = world
            .client
            .ask(Method::PUT, &path)
            .bearer(&mine.token)
            .json(&json!({"topics": []}));
        put.send().await.problem(404, "not-found");
        world
            .client
            .ask(Method::GET, "/v1/me")
            .bearer(&mine.token)
            .send()
            .await
            .problem(401, "unauthorized");
    });
}

#[test]
fn words_are_french_unless_english_is_asked_for() {
    run(async {
        let world = guide().await;
        let say = |language: &'static str| {
            world
                .client
                .ask(Method::POST, "/v1/registrations")
                .header("Accept-Language", language)
                .json(&json!({}))
                .send()
        };
        let french = say("fr-FR,fr;q=0.9").await.problem(422, "invalid");
        let english = say("en-GB").await.problem(422, "invalid");
        let other = say("de").await.problem(422, "invalid");
        assert_ne!(french.text_at("detail"), english.text_at("detail"));
        assert_eq!(french.text_at("detail"), other.text_at("detail"));
        let topics = world.client.get("/v1/catalogue").await.expect(200).body["topics"].clone();
        assert_eq!(topics.as_array().unwrap().len(), 4);
        let found = world.client.get("/v1/idcc?q=hotels").await.expect(200);
        assert!(found.text.contains("1979"), "{}", found.text);
    });
}

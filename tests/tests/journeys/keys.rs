//! One `Idempotency-Key`, one answer: the requests that change no registration, or end the session that they came with.
//! What changes a registration is asked twice in [`asking`](super::asking).

use reqwest::Method;
use serde_json::{Value, json};
use tests::client::{Answer, Request};
use tests::crm::Crm;
use tests::fetching::Fetching;
use tests::journey::{Visitor, newcomer_with_account, sign_in};
use tests::people::{PASSWORD, newcomer};
use tests::run;
use tests::subscriber::Reader;
use tests::world::{Plan, World};

use crate::shared::guide;

/// Asks twice with one key, written in two ways, and once more with another body, which is refused.
async fn asks_twice(
    key: &str,
    status: u16,
    ask: impl Fn() -> Request,
    body: Value,
    other: Option<Value>,
) -> Answer {
    let first = ask().header("Idempotency-Key", key).json(&body).send().await;
    let first = first.expect(status);
    assert_eq!(first.header("idempotency-replayed"), "");
    let quoted = format!("\"{key}\";a=1");
    let again = ask().header("Idempotency-Key", &quoted).json(&body).send().await;
    let again = again.expect(status);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.text, first.text);
    if let Some(other) = other {
        let reused = ask().header("Idempotency-Key", key).json(&other).send().await;
        reused.problem(422, "idempotency-key-reused");
    }
    first
}

#[test]
fn one_mail_comes_of_a_forgotten_password_and_the_key_tells_nobody_who_has_an_account() {
    run(async {
        let world = guide().await;
        let person = newcomer();
        let visitor = newcomer_with_account(world, &person).await;
        let mails = format!(
            "SELECT count(*) FROM events WHERE aggregate_id = '{}' AND event_type = 'VerificationRequested'",
            visitor.id
        );
        let before = world.count(&mails).await;
        let ask = || world.client.ask(Method::POST, "/v1/password-resets");
        let (known, unknown) = (
            json!({"email": person.email}),
            json!({"email": "nobody@example.org"}),
        );
        let louder = json!({"email": person.email.to_uppercase()});
        asks_twice("reset-known", 202, ask, known.clone(), Some(louder)).await;
        let louder = json!({"email": "NOBODY@example.org"});
        asks_twice("reset-unknown", 202, ask, unknown, Some(louder)).await;
        assert_eq!(world.count(&mails).await, before + 1);
    });
}

#[test]
fn a_registration_is_taken_up_again_once() {
    run(async {
        let world = guide().await;
        let person = newcomer();
        let visitor = Visitor::start(world, &person).await;
        let left = world.client.ask(Method::POST, "/inscription/quitter");
        let left = left.header("Cookie", &format!("onboarding_continuation={}", visitor.token));
        let left = left.header("Sec-Fetch-Site", "same-origin");
        left.form(&[("mail", "yes")]).send().await;
        let token = json!({"token": visitor.mail().await.token()});
        let ask = || world.client.ask(Method::POST, "/v1/resumptions");
        let taken_up = asks_twice("resume", 200, ask, token, None).await;
        assert!(taken_up.body["continuation_token"].is_string());
    });
}

#[test]
fn an_old_contact_that_comes_again_does_not_undo_a_newer_one() {
    run(async {
        let world = guide().await;
        let crm = Crm::of(world).await;
        let ask = || crm.contact(Method::PUT, "K-1");
        let (old, new) = (
            json!({"email": "key-old@example.org", "sirets": []}),
            json!({"email": "key-new@example.org", "sirets": []}),
        );
        let first = asks_twice("contact-1", 201, ask, old.clone(), Some(new.clone())).await;
        assert_eq!(first.body, json!({"contact": "new"}));
        let second = asks_twice("contact-2", 200, ask, new.clone(), None).await;
        assert_eq!(second.body, json!({"contact": "changed"}));
        let late = ask()
            .header("Idempotency-Key", "contact-1")
            .json(&old)
            .send()
            .await;
        assert_eq!(late.expect(201).header("idempotency-replayed"), "true");
        let now = ask().json(&new).send().await.expect(200);
        assert_eq!(now.body, json!({"contact": "unchanged"}));
    });
}

#[test]
fn a_subscriber_asks_for_one_replay() {
    run(async {
        let world = World::start(Plan::default()).await;
        Visitor::start(&world, &newcomer()).await;
        let crm = Fetching::add(&world, "crm", "IdentitySubmitted", &[]);
        let stranger = Fetching::add(&world, "stranger", "IdentitySubmitted", &[]);
        let path = "/v1/subscriber/replays";
        let ask = || world.client.ask(Method::POST, path).bearer(crm.told("secret"));
        let other = json!({"from": 1, "rate": 7});
        asks_twice("replay", 202, ask, json!({"from": 1}), Some(other)).await;
        let theirs = || {
            world
                .client
                .ask(Method::POST, path)
                .bearer(stranger.told("secret"))
        };
        asks_twice("replay", 202, theirs, json!({"from": 1}), None).await;
        assert_eq!(world.count("SELECT count(*) FROM feed.replays").await, 2);
    });
}

#[test]
fn an_erasure_is_answered_again_when_its_session_is_gone() {
    run(async {
        let world = guide().await;
        let reader = Reader::add(world, "keys-reader").await;
        let person = newcomer();
        let visitor = newcomer_with_account(world, &person).await;
        let session = sign_in(world, &person.email, PASSWORD).await;
        let ask = || world.client.ask(Method::POST, "/v1/me/erasure").bearer(&session);
        let erased = asks_twice("erase", 202, ask, json!({"password": PASSWORD}), None).await;
        erased.in_state("erased");
        let without = ask().json(&json!({"password": PASSWORD})).send().await;
        without.problem(401, "unauthorized");
        let note = || reader.ask(Method::PUT, &visitor.id, "/erasure-acknowledgement");
        asks_twice("noted", 204, note, json!({}), None).await;
    });
}

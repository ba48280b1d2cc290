//! Many people at once, who ask again with the same key when no answer comes.

use std::time::Duration;

use futures::StreamExt;
use reqwest::Method;
use serde_json::{Value, json};
use tests::client::Answer;
use tests::eventually::eventually;
use tests::feed::Message;
use tests::journey::MEMBER;
use tests::people::{Person, newcomer};
use tests::world::World;

const AT_ONCE: usize = 4;

/// Registers people up to the mail.
pub async fn register_many(world: &World, count: usize) -> Vec<Person> {
    let people: Vec<Person> = (0..count).map(|_| newcomer()).collect();
    let registered = people.iter().map(|person| register(world, person));
    futures::stream::iter(registered)
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<()>>()
        .await;
    people
}

async fn register(world: &World, person: &Person) {
    let key = &person.email;
    let started = until_answered(
        world,
        Method::POST,
        "/v1/registrations",
        None,
        key,
        &person.form(),
    )
    .await;
    let token = started.text_at("continuation_token");
    for (step, body) in [
        ("topics", json!({"topics": ["payments"]})),
        ("establishment", json!({"siret": MEMBER.0})),
        ("member-number", json!({"number": MEMBER.1})),
    ] {
        let path = format!("/v1/registrations/{}/{step}", started.text_at("id"));
        until_answered(world, Method::PUT, &path, Some(token), key, &body).await;
    }
}

/// Sends a request until it is answered with success: as a client does whose service is away for a moment.
pub async fn until_answered(
    world: &World,
    method: Method,
    path: &str,
    token: Option<&str>,
    key: &str,
    body: &Value,
) -> Answer {
    eventually(&format!("{method} {path} is answered"), async || {
        let mut request = world
            .client
            .ask(method.clone(), path)
            .header("Idempotency-Key", key)
            .json(body);
        if let Some(token) = token {
            request = request.bearer(token);
        }
        match request.try_send().await {
            Ok(answer) if answer.status < 300 => Some(answer),
            Ok(answer) => {
                assert!(matches!(answer.status, 500.. | 429), "{path}: {}", answer.text);
                assert_ne!(
                    answer.status, 500,
                    "a server that is away is no fault of ours: {}",
                    answer.text
                );
                tokio::time::sleep(Duration::from_millis(50)).await;
                None
            }
            Err(_) => None,
        }
    })
    .await
}

/// Whoever did not come as far as a mail that was sent, once.
pub fn unfinished(world: &World, people: &[Person], feed: &[Message]) -> Vec<String> {
    let sent = feed
        .iter()
        .filter(|message| message.name() == "VerificationMailSent")
        .count();
    assert!(
        sent >= people.len(),
        "{sent} mails were recorded as sent, for {} people",
        people.len()
    );
    people
        .iter()
        .filter(|person| world.mails_to(&person.email).is_empty())
        .map(|person| person.email.clone())
        .collect()
}

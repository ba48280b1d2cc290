//! Many at once: bounded work, and several instances of one service.

use serde_json::json;
use tests::client::Client;
use tests::journey::{Visitor, newcomer_with_account, sign_in};
use tests::people::{PASSWORD, newcomer};
use tests::ports::free_port;
use tests::run;
use tests::world::{Plan, World};

#[test]
fn a_flood_of_sign_ins_is_told_to_come_back_and_keeps_nobody_else_waiting() {
    run(async {
        let world = World::start(Plan {
            no_limits: true,
            ..Plan::default()
        })
        .await;
        let person = newcomer();
        newcomer_with_account(&world, &person).await;
        let body = json!({"email": person.email, "password": "Wrong-1-password"});
        let flood = futures::future::join_all((0..200).map(|_| world.client.post("/v1/sessions", &body)));
        let other = newcomer();
        let (answers, visitor) = tokio::join!(flood, Visitor::start(&world, &other));
        visitor.look().await.in_state("awaiting_topics");
        let (refused, busy): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 401);
        assert!(
            !refused.is_empty() && !busy.is_empty(),
            "{} were looked at, {} not",
            refused.len(),
            busy.len()
        );
        for answer in busy {
            answer.problem(503, "service-busy");
        }
        sign_in(&world, &person.email, PASSWORD).await;
    });
}

#[test]
fn a_registration_begun_at_one_instance_goes_on_at_another() {
    run(async {
        let world = World::start(Plan::default()).await;
        let other = format!("127.0.0.1:{}", free_port());
        world.begin_with("api.2", &[("ONBOARDING_LISTEN", &other)]);
        world.until_ready("api.2").await;
        let there = Client::new(&format!("http://{other}"));
        let person = newcomer();
        let start = |client: &Client| {
            client
                .ask(reqwest::Method::POST, "/v1/registrations")
                .header("Idempotency-Key", "anywhere-1")
                .json(&person.form())
                .send()
        };
        let begun = start(&world.client).await.expect(201);
        let again = start(&there).await.expect(201);
        assert_eq!(
            (begun.text.as_str(), again.header("idempotency-replayed")),
            (again.text.as_str(), "true")
        );
        let path = format!("/v1/registrations/{}/topics", begun.text_at("id"));
        let topics = there
            .ask(reqwest::Method::PUT, &path)
            .bearer(begun.text_at("continuation_token"));
        topics
            .json(&json!({"topics": []}))
            .send()
            .await
            .expect(200)
            .in_state("awaiting_establishment");
    });
}

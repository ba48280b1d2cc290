//! What a subscriber may know of a person, what is written down of it, and what is expected of it after an erasure.

use reqwest::Method;
use serde_json::Value;
use tests::eventually::eventually;
use tests::journey::{MEMBER, Visitor, newcomer_with_account};
use tests::people::newcomer;
use tests::run;
use tests::subscriber::Reader;
use tests::world::{Plan, World};
use uuid::Uuid;

use crate::shared::guide;

const ACKNOWLEDGEMENT: &str = "/erasure-acknowledgement";

fn acknowledgements(world: &World, arguments: &[&str]) -> Vec<Value> {
    let arguments = [&["--json", "subscriber", "acknowledgements"], arguments].concat();
    serde_json::from_slice(&world.command(&arguments, 0).stdout).unwrap()
}

#[test]
fn a_subscriber_is_told_who_a_person_is_and_every_read_is_written_down_first() {
    run(async {
        let world = guide().await;
        let crm = Reader::add(world, "people-crm").await;
        let person = newcomer();
        let visitor = newcomer_with_account(world, &person).await;
        let before = visitor.look().await.version();
        let answer = crm.read(&visitor.id).send().await.expect(200);
        // The mailer may note a mail at any time.
        assert!((before..=visitor.look().await.version()).contains(&answer.version()));
        assert_eq!(answer.body["registration"], visitor.id.as_str());
        assert_eq!(answer.body["state"], "active");
        let told = &answer.body["person"];
        assert_eq!(told["email"], person.email.as_str());
        assert_eq!(told["last_name"], person.last_name.as_str());
        assert!(told["civility"].is_string() && told["first_name"].is_string());
        assert_eq!(answer.body["topics"], serde_json::json!(["payments"]));
        assert_eq!(answer.body["establishments"][0]["siret"], MEMBER.0);
        assert_eq!(answer.body["establishments"][0]["linked_by"], "member_number");
        assert_eq!(answer.header("cache-control"), "no-store");

        crm.read(&visitor.id).send().await.expect(200);
        let kept: (i64, i64) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM access_log
                      WHERE registration_id = $1::uuid AND actor = 'subscriber:people-crm' AND what = 'person'
                        AND purpose = 'open the file of a new account'),
                    (SELECT reads FROM feed.person_reads WHERE registration = $1::uuid AND subscriber = 'people-crm')",
        )
        .bind(&visitor.id)
        .fetch_one(&world.pool)
        .await
        .unwrap();
        assert_eq!(kept, (2, 2));
        let unfinished = Visitor::start(world, &newcomer()).await;
        let answer = crm.read(&unfinished.id).send().await.expect(200);
        assert_eq!(answer.body["state"], "awaiting_topics");
    });
}

#[test]
fn nobody_reads_a_person_without_a_credential_and_a_purpose() {
    run(async {
        let world = guide().await;
        let crm = Reader::add(world, "people-strict").await;
        let person = newcomer();
        let visitor = Visitor::start(world, &person).await;
        let path = format!("/v1/people/{}", visitor.id);
        let without = world
            .client
            .ask(Method::GET, &path)
            .header("onboarding-purpose", "curiosity");
        without.send().await.problem(401, "unauthorized");
        for wrong in ["wrong", "", visitor.token.as_str(), crm.name.as_str()] {
            let request = world.client.ask(Method::GET, &path).bearer(wrong);
            let answer = request.header("onboarding-purpose", "curiosity").send().await;
            assert_eq!(
                answer.problem(401, "unauthorized").header("www-authenticate"),
                "Bearer"
            );
        }
        let bare = crm
            .ask(Method::GET, &visitor.id, "")
            .send()
            .await
            .problem(422, "invalid");
        assert_eq!(
            bare.faults(),
            [("Onboarding-Purpose".to_owned(), "required".to_owned())]
        );
        let naming = format!("file of {}", percent(&person.last_name));
        for purpose in ["x", "for someone@example.org", naming.as_str()] {
            let request = crm.ask(Method::GET, &visitor.id, "");
            let answer = request.header("onboarding-purpose", purpose).send().await;
            let faults = answer.problem(422, "invalid").faults();
            assert_eq!(
                faults,
                [("Onboarding-Purpose".to_owned(), "purpose".to_owned())],
                "{purpose}"
            );
        }
        crm.read(&Uuid::now_v7().to_string())
            .send()
            .await
            .problem(404, "not-found");
        crm.read("somebody").send().await.problem(404, "not-found");
        let reads = format!(
            "SELECT count(*) FROM feed.person_reads WHERE registration = '{}'",
            visitor.id
        );
        assert_eq!(
            world.count(&reads).await,
            0,
            "nothing was handed out, so nothing is noted"
        );

        let registry = subscribers::Registry::new(world.pool.clone());
        registry.revoke(&crm.name).await.unwrap();
        crm.read(&visitor.id).send().await.problem(401, "unauthorized");
    });
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn an_erasure_is_acknowledged_by_each_subscriber_that_ever_read_the_person() {
    run(async {
        let world = World::start(Plan::default()).await;
        let (crm, billing) = (
            Reader::add(&world, "crm").await,
            Reader::add(&world, "billing").await,
        );
        let bystander = Reader::add(&world, "bystander").await;
        let visitor = newcomer_with_account(&world, &newcomer()).await;
        for reader in [&crm, &billing, &billing] {
            reader.read(&visitor.id).send().await.expect(200);
        }
        let early = crm.ask(Method::PUT, &visitor.id, ACKNOWLEDGEMENT).send().await;
        early.problem(409, "not-erased");
        assert_eq!(acknowledgements(&world, &[]), Vec::<Value>::new());

        world.command(&["erase", &visitor.id, "--reason", "asked by letter"], 0);
        eventually("the person is erased", async || {
            let answer = crm.read(&visitor.id).send().await;
            (answer.status == 410).then(|| answer.problem(410, "erased"))
        })
        .await;
        let missing = acknowledgements(&world, &["--missing"]);
        let names: Vec<&str> = missing
            .iter()
            .map(|it| it["subscriber"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["billing", "crm"]);
        assert_eq!(missing[0]["reads"], 2);
        assert_eq!(missing[0]["registration"], visitor.id.as_str());
        assert!(missing[0]["erased_at"].is_string() && missing[0]["acknowledged_at"].is_null());
        until_missing(&world, 2).await;

        for _ in 0..2 {
            crm.ask(Method::PUT, &visitor.id, ACKNOWLEDGEMENT)
                .send()
                .await
                .expect(204);
        }
        bystander
            .ask(Method::PUT, &visitor.id, ACKNOWLEDGEMENT)
            .send()
            .await
            .expect(204);
        let anonymous = format!("/v1/people/{}{ACKNOWLEDGEMENT}", visitor.id);
        let anonymous = world.client.ask(Method::PUT, &anonymous).send().await;
        anonymous.problem(401, "unauthorized");
        let missing = acknowledgements(&world, &["--missing"]);
        assert_eq!(missing.len(), 1, "{missing:?}");
        assert_eq!(missing[0]["subscriber"], "billing");
        let all = acknowledgements(&world, &[]);
        assert!(
            all.iter()
                .any(|it| it["subscriber"] == "crm" && it["acknowledged_at"].is_string())
        );
        assert!(!all.iter().any(|it| it["subscriber"] == "bystander"));
        let told = world.command(&["subscriber", "acknowledgements"], 0).stdout;
        assert!(
            String::from_utf8(told)
                .unwrap()
                .contains("1 acknowledgement is missing")
        );
        billing
            .ask(Method::PUT, &visitor.id, ACKNOWLEDGEMENT)
            .send()
            .await
            .expect(204);
        assert_eq!(acknowledgements(&world, &["--missing"]), Vec::<Value>::new());
        until_missing(&world, 0).await;
    });
}

/// Waits until the metric says how many acknowledgements are missing.
async fn until_missing(world: &World, expected: u64) {
    let line = format!("onboarding_erasure_acknowledgements_missing {expected}");
    eventually("the metric counts them", async || {
        let metrics = world.admin("worker").get("/metrics").await.text;
        metrics.lines().any(|it| it == line).then_some(())
    })
    .await;
}

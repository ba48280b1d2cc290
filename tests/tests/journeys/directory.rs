//! The organisation's own system beside the service: establishments over the stream, contacts over HTTP.

use reqwest::Method;
use serde_json::{Value, json};
use tests::crm::{Crm, invented};
use tests::eventually::{eventually, until_equal};
use tests::journey::{Visitor, me, newcomer_with_account, sign_in};
use tests::people::{PASSWORD, newcomer};
use tests::run;
use tests::world::{Plan, World};

use crate::shared::guide;

/// The name under which an establishment stands, or nothing.
async fn name(world: &World, siret: &str) -> Option<String> {
    sqlx::query_scalar("SELECT name FROM directory.establishments WHERE siret = $1")
        .bind(siret)
        .fetch_optional(&world.pool)
        .await
        .unwrap()
}

async fn until_named(world: &World, siret: &str, expected: Option<&str>) {
    until_equal(
        "the establishment's name",
        expected.map(str::to_owned),
        async || name(world, siret).await,
    )
    .await;
}

fn sirets(me: &Value) -> Vec<String> {
    let establishments = me["establishments"].as_array().unwrap().iter();
    establishments
        .map(|it| it["siret"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_registration_sees_an_establishment_appear_change_close_and_disappear() {
    run(async {
        let world = guide().await;
        let crm = Crm::of(world).await;
        let siret = invented(7_000_001);
        let visitor = Visitor::start(world, &newcomer()).await;
        visitor.put("topics", json!({"topics": []})).await.expect(200);
        let declare = async || visitor.put("establishment", json!({"siret": siret})).await;
        declare().await.problem(422, "establishment-not-found");

        crm.tell(&siret, json!({"name": "A", "member_number": "7000001"}))
            .await;
        until_named(world, &siret, Some("A")).await;
        declare().await.expect(200).in_state("awaiting_member_number");

        let closed = json!({"name": "B", "state": "closed", "closed_on": "2026-01-31"});
        crm.tell(&siret, closed).await;
        until_named(world, &siret, Some("B")).await;
        let refused = declare().await.problem(422, "establishment-closed");
        assert_eq!(refused.text_at("closed_on"), "2026-01-31");

        crm.tell(&siret, json!({"deleted": true})).await;
        until_named(world, &siret, None).await;
        declare().await.problem(422, "establishment-not-found");

        crm.tell(&siret, json!({"name": "C", "member_number": "7000002"}))
            .await;
        until_named(world, &siret, Some("C")).await;
        declare().await.expect(200);
        visitor
            .put("member-number", json!({"number": "7000001"}))
            .await
            .problem(422, "member-number-mismatch");
        visitor
            .put("member-number", json!({"number": "7000002"}))
            .await
            .expect(200)
            .in_state("awaiting_email_verification");
        crm.publish(&siret, "").await;
        until_named(world, &siret, None).await;
    });
}

#[test]
fn a_bad_message_is_parked_and_told_and_the_others_flow() {
    run(async {
        let world = guide().await;
        let crm = Crm::of(world).await;
        let (bad, good) = (invented(7_000_002), invented(7_000_003));
        crm.tell(
            &bad,
            json!({"name": "zqxbody", "idcc": "zqxbody", "state": "ouvert"}),
        )
        .await;
        crm.publish("zqxbody@example", "{}").await;
        crm.tell(&good, json!({"name": "Good"})).await;
        until_named(world, &good, Some("Good")).await;

        let parked = async || -> Value {
            let said = world.command(&["--json", "directory", "parked"], 0);
            serde_json::from_slice(&said.stdout).unwrap()
        };
        let found = parked().await;
        let of_bad = |found: &Value| {
            let messages = found["messages"].as_array().unwrap().clone();
            messages.into_iter().find(|it| it["siret"] == bad.as_str())
        };
        let faults = json!([
            {"field": "idcc", "reason": "idcc-format"},
            {"field": "state", "reason": "unknown-value"},
        ]);
        assert_eq!(of_bad(&found).expect("it is parked")["faults"], faults);
        assert!(!found.to_string().contains("zqxbody"), "{found}");
        assert!(!world.log("projector").contains("zqxbody"));
        let plain = world.command(&["directory", "parked"], 0);
        let plain = String::from_utf8(plain.stdout).unwrap();
        assert!(
            plain.contains("idcc: idcc-format") && plain.contains("subject: not-a-siret"),
            "{plain}"
        );

        crm.tell(&bad, json!({"name": "Mended"})).await;
        until_named(world, &bad, Some("Mended")).await;
        assert_eq!(of_bad(&parked().await), None);
        crm.publish("zqxbody@example", "").await;
        until_equal("parked messages", 0, async || {
            world
                .count("SELECT count(*) FROM directory.parked_messages")
                .await
        })
        .await;
    });
}

#[test]
fn projectors_that_are_killed_midway_leave_the_last_state_of_each_establishment() {
    const MANY: u32 = 3_000;
    run(async {
        let world = World::start(Plan::default()).await;
        let crm = Crm::of(&world).await;
        world.run("projector.2").await;
        let stands = "SELECT count(*) FROM directory.establishments WHERE name LIKE 'Last %'";
        for round in ["First", "Last"] {
            for number in 1..=MANY {
                let siret = invented(number);
                crm.tell(&siret, json!({"name": format!("{round} {number}")}))
                    .await;
                if number == MANY / 2 {
                    eventually("some are taken", async || {
                        let taken = world
                            .count("SELECT count(*) FROM directory.establishment_messages")
                            .await;
                        (taken > 0).then_some(())
                    })
                    .await;
                    world.kill("projector");
                    world.kill("projector.2");
                    world.begin("projector");
                    world.begin("projector.2");
                }
            }
        }
        until_equal(
            "establishments in their last state",
            u64::from(MANY),
            async || world.count(stands).await,
        )
        .await;
        // The operator makes the stream anew; it counts from 1 again, and is heard.
        let client = async_nats::connect(world.nats.url()).await.unwrap();
        let jetstream = async_nats::jetstream::new(client);
        jetstream.delete_stream("CRM").await.unwrap();
        let crm = Crm::of(&world).await;
        crm.tell(&invented(1), json!({"name": "Anew"})).await;
        until_named(&world, &invented(1), Some("Anew")).await;
    });
}

#[test]
fn contacts_are_written_with_the_token_only() {
    run(async {
        let world = guide().await;
        let crm = Crm::of(world).await;
        let body = json!({"email": "crm-alone@example.org", "sirets": [invented(1)]});
        for token in ["", "wrong", "Bearer"] {
            let asked = world.client.ask(Method::PUT, "/v1/directory/contacts/T-1");
            asked
                .bearer(token)
                .json(&body)
                .send()
                .await
                .problem(401, "unauthorized");
        }
        let asked = world.client.ask(Method::POST, "/v1/directory/contacts");
        asked
            .raw("application/x-ndjson", "{}")
            .send()
            .await
            .problem(401, "unauthorized");
        let asked = world.client.ask(Method::DELETE, "/v1/directory/contacts/T-1");
        asked.send().await.problem(401, "unauthorized");

        let first = crm
            .contact(Method::PUT, "T-1")
            .json(&body)
            .send()
            .await
            .expect(201);
        assert_eq!(first.body, json!({"contact": "new"}));
        let again = crm
            .contact(Method::PUT, "T-1")
            .json(&body)
            .send()
            .await
            .expect(200);
        assert_eq!(again.body, json!({"contact": "unchanged"}));
        let other = json!({"email": "crm-alone@example.org", "sirets": []});
        let keyed = crm.contact(Method::PUT, "T-1").header("idempotency-key", "k-1");
        assert_eq!(
            keyed.json(&other).send().await.expect(200).body["contact"],
            "changed"
        );
        for _ in 0..2 {
            let gone = crm.contact(Method::DELETE, "T-1").send().await.expect(204);
            assert_eq!(gone.text, "");
        }
    });
}

#[test]
fn every_bad_field_of_a_contact_is_told_at_once() {
    run(async {
        let world = guide().await;
        let crm = Crm::of(world).await;
        let body = json!({"civility": "Dr", "email": "zqx@@x", "sirets": [1, "2"], "phone": "3"});
        let refused = crm.contact(Method::PUT, "T-2").json(&body).send().await;
        let faults = refused.problem(422, "invalid").faults();
        let expected = [
            ("email", "email-format"),
            ("sirets[0]", "wrong-type"),
            ("sirets[1]", "siret-length"),
            ("phone", "unknown-field"),
        ];
        assert_eq!(
            faults,
            expected.map(|(field, code)| (field.to_owned(), code.to_owned()))
        );
        let text = crm
            .contact(Method::PUT, "T-2")
            .raw("text/plain", "{}")
            .send()
            .await;
        text.problem(415, "unsupported-media-type");
        let json = world.client.ask(Method::POST, "/v1/directory/contacts");
        json.json(&json!({})).send().await.problem(401, "unauthorized");
    });
}

#[test]
fn many_contacts_come_in_one_body_and_good_lines_are_kept() {
    const MANY: usize = 2_500;
    run(async {
        let world = guide().await;
        let crm = Crm::of(world).await;
        let line = |number: usize| {
            json!({"id": format!("bulk-{number}"), "email": format!("bulk{number}@example.org"), "sirets": [invented(7_100_000)]})
                .to_string()
        };
        let mut lines: Vec<String> = (0..MANY).map(line).collect();
        lines.insert(1, String::new());
        lines.insert(2, "{".to_owned());
        lines.insert(3, json!({"id": "", "email": "x", "sirets": []}).to_string());
        lines.insert(4, "x".repeat(200 * 1024));
        lines.push(json!({"id": "bulk-0", "deleted": true}).to_string());
        let report = crm.send_lines(&lines).await.expect(200).body;
        let bad = json!([
            {"line": 3, "field": "line", "reason": "malformed-json"},
            {"line": 4, "field": "id", "reason": "required"},
            {"line": 4, "field": "email", "reason": "email-format"},
            {"line": 5, "field": "line", "reason": "too-long"},
        ]);
        assert_eq!(
            report,
            json!({"read": MANY + 4, "kept": MANY, "unchanged": 0, "removed": 1, "refused": 3, "bad": bad})
        );
        let again = crm.send_lines(&lines[5..]).await.expect(200).body;
        assert_eq!(
            (&again["kept"], &again["unchanged"]),
            (&json!(MANY - 1), &json!(MANY - 1))
        );

        let someone = newcomer().at("bulk7@example.org");
        let visitor = Visitor::start(world, &someone).await;
        visitor.look().await.in_state("awaiting_email_verification");
    });
}

#[test]
fn whoever_becomes_a_contact_later_finds_the_establishments_of_both_contacts() {
    run(async {
        let world = guide().await;
        let crm = Crm::of(world).await;
        let person = newcomer();
        let visitor = newcomer_with_account(world, &person).await;
        let session = sign_in(world, &person.email, PASSWORD).await;
        let before = sirets(&me(world, &session).await);
        let expected = |more: &[&str]| {
            let more = more.iter().map(|it| (*it).to_owned());
            before.iter().cloned().chain(more).collect::<Vec<_>>()
        };
        let until_attached = async |more: &[&str]| {
            until_equal("the person's establishments", expected(more), async || {
                sirets(&me(world, &session).await)
            })
            .await;
        };
        let (first, second, third) = ("00000040600017", "00000040600025", "00000040600033");
        crm.keep("later-1", &person.email, &[first]).await.expect(201);
        until_attached(&[first]).await;
        // Another person who shares the address, and then a file.
        crm.keep("later-2", &person.email.to_uppercase(), &[second, first])
            .await
            .expect(201);
        until_attached(&[first, second]).await;
        let file = world.folder.join("later.csv");
        let header = "contact_id,civility,last_name,first_name,email,sirets";
        std::fs::write(&file, format!("{header}\nlater-3,,,,{},{third}\n", person.email)).unwrap();
        world.command(
            &["directory", "import", "contacts", &file.display().to_string()],
            0,
        );
        until_attached(&[first, second, third]).await;
        // What happened stays, whatever becomes of the contact.
        crm.contact(Method::DELETE, "later-1").send().await.expect(204);
        crm.keep("later-2", &person.email, &[]).await.expect(200);
        until_equal("addresses to look at", 0, async || {
            world
                .count("SELECT count(*) FROM directory.contact_changes WHERE due_at <= clock_timestamp()")
                .await
        })
        .await;
        until_attached(&[first, second, third]).await;

        eventually("the feed tells of all three", async || {
            let feed = world.feed().await;
            let linked: Vec<_> = feed
                .iter()
                .filter(|it| it.registration() == visitor.id && it.name() == "EstablishmentLinked")
                .filter(|it| it.data("by") == "contact")
                .map(|it| it.data("siret").as_str().unwrap().to_owned())
                .collect();
            (linked == [first, second, third]).then_some(())
        })
        .await;
    });
}

#[test]
fn whoever_becomes_a_contact_between_the_mail_and_the_password_is_attached_too() {
    run(async {
        let world = guide().await;
        let crm = Crm::of(world).await;
        let person = newcomer();
        let visitor = Visitor::start(world, &person).await;
        visitor.fill_in_as_member().await;
        let mail = visitor.recorded_mail().await;
        visitor.verify(mail.token()).await.expect(200);
        crm.keep("between-1", &person.email, &["00000040600017"])
            .await
            .expect(201);
        visitor.choose_password(mail.token(), PASSWORD).await.expect(200);
        let session = sign_in(world, &person.email, PASSWORD).await;
        let me = me(world, &session).await;
        assert!(sirets(&me).contains(&"00000040600017".to_owned()), "{me}");
    });
}

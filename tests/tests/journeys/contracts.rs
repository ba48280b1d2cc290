//! What the outside relies on: the feed's promises, a log that nobody rewrites, and nothing of a person in clear.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use async_nats::jetstream::{self, consumer::pull};
use futures::StreamExt;
use reqwest::Method;
use serde_json::json;
use sqlx::{Connection, Executor, PgConnection};
use tests::crm::Crm;
use tests::feed;
use tests::journey::{MEMBER, Visitor, newcomer_with_account, sign_in};
use tests::people::{Person, contact, newcomer};
use tests::run;
use tests::world::{Plan, ROLES, World};

use crate::shared::guide;

#[test]
fn the_log_cannot_be_rewritten_by_the_service_nor_by_a_slip_of_its_owner() {
    run(async {
        let world = guide().await;
        Visitor::start(world, &newcomer()).await;
        let rewriting = [
            "UPDATE events SET payload = '{}'",
            "DELETE FROM events",
            "TRUNCATE events",
            "UPDATE events SET leaf_hash = leaf_hash",
        ];
        let mut owner = PgConnection::connect(world.database_url()).await.unwrap();
        for statement in rewriting {
            let refused = owner.execute(statement).await.unwrap_err();
            assert!(
                refused.to_string().contains("append-only"),
                "{statement}: {refused}"
            );
        }
        owner.execute("SET ROLE onboarding_service").await.unwrap();
        let forbidden = [
            "ALTER TABLE events DISABLE TRIGGER ALL",
            "DROP TRIGGER events_append_only ON events",
            "SET session_replication_role = replica",
        ];
        for statement in rewriting.iter().chain(&forbidden) {
            let refused = owner.execute(*statement).await.unwrap_err().to_string();
            assert!(
                refused.contains("permission denied") || refused.contains("must be owner"),
                "{statement}: {refused}"
            );
        }
    });
}

#[test]
fn a_subscriber_that_stops_half_way_goes_on_where_it_was_and_misses_nothing() {
    run(async {
        let world = World::start(Plan {
            no_limits: true,
            ..Plan::default()
        })
        .await;
        newcomer_with_account(&world, &newcomer()).await;
        Visitor::start(&world, &contact(13)).await.finish().await;
        let feed = world.until_settled().await;
        let mut seen = read_some(&world, feed.len() / 2).await;
        seen.extend(read_some(&world, feed.len() - feed.len() / 2).await);
        let positions: Vec<u64> = feed.iter().map(|message| message.stream_sequence).collect();
        assert_eq!(seen, positions);
    });
}

/// Reads so many messages as a CRM does: a durable consumer, each message acknowledged once it is dealt with.
async fn read_some(world: &World, count: usize) -> Vec<u64> {
    let client = async_nats::connect(world.nats.url()).await.unwrap();
    let stream = jetstream::new(client).get_stream("ONBOARDING").await.unwrap();
    let config = pull::Config {
        durable_name: Some("crm".to_owned()),
        ..pull::Config::default()
    };
    let consumer = stream.get_or_create_consumer("crm", config).await.unwrap();
    let mut messages = consumer.batch().max_messages(count).messages().await.unwrap();
    let mut positions = Vec::new();
    while let Some(message) = messages.next().await {
        let message = message.unwrap();
        let header = message
            .headers
            .as_ref()
            .unwrap()
            .get("Onboarding-Position")
            .unwrap();
        positions.push(header.as_str().parse().unwrap());
        message.double_ack().await.unwrap();
    }
    positions
}

#[test]
fn the_feed_of_all_these_journeys_keeps_every_promise() {
    run(async {
        let world = guide().await;
        newcomer_with_account(world, &newcomer()).await;
        feed::check(&world.feed().await);
    });
}

/// Somebody whose every answer can be found again wherever it is written.
pub fn canary() -> (Person, &'static str) {
    let person = Person {
        civility: "m",
        last_name: "Zqxcanarylast".to_owned(),
        first_name: "Zqxcanaryfirst".to_owned(),
        email: "zqxcanarymail@example.org".to_owned(),
    };
    (person, "Zqxcanary-7-password")
}

#[test]
fn nothing_of_a_person_stands_in_clear_in_any_file_but_the_mail() {
    run(async {
        let world = World::start(Plan {
            own_cluster: true,
            ..Plan::default()
        })
        .await;
        let (person, password) = canary();
        let visitor = Visitor::start(&world, &person).await;
        visitor.put("topics", json!({"topics": []})).await.expect(200);
        visitor
            .put("establishment", json!({"siret": MEMBER.0}))
            .await
            .expect(200);
        visitor
            .put("member-number", json!({"number": "zqxcanarynumber"}))
            .await;
        visitor
            .put("member-number", json!({"number": MEMBER.1}))
            .await
            .expect(200);
        let mail = visitor.recorded_mail().await;
        let opened = world.client.get(&format!("/verify/{}", mail.token())).await;
        assert!(opened.status < 500);
        visitor.choose_password(mail.token(), password).await.expect(200);
        let session = sign_in(&world, &person.email, password).await;
        let faults = [
            json!({"email": person.email, "password": "zqxcanarywrong"}),
            json!({"email": "zqxcanary@@x", "password": "zqxcanary"}),
        ];
        for fault in faults {
            world
                .client
                .post("/v1/sessions", &fault)
                .await
                .problem(401, "sign-in-refused");
        }
        world
            .client
            .post("/v1/password-resets", &json!({"email": person.email}))
            .await
            .expect(202);
        let reset = world.mail_after(&person.email, 2).await;
        let crm = Crm::of(&world).await;
        let [contact, other] = ["zqxcanarymail@example.org", "zqxcanaryother@example.org"];
        crm.keep("zqxcanaryreference", contact, &[MEMBER.0])
            .await
            .expect(201);
        let line = |id: &str, email: &str| json!({"id": id, "email": email, "sirets": []}).to_string();
        let lines = [
            line("zqxcanaryline", other),
            line("zqxcanaryline", "zqxcanary@@x"),
            "zqxcanary".to_owned(),
        ];
        crm.send_lines(&lines).await.expect(200);
        crm.contact(Method::DELETE, "zqxcanaryline")
            .send()
            .await
            .expect(204);
        world.until_settled().await;
        let me = world
            .client
            .ask(Method::GET, "/v1/me")
            .bearer(&session)
            .send()
            .await
            .expect(200);
        assert!(me.text.contains("Zqxcanarylast"), "they themselves see it");

        let secrets = [
            "zqxcanary",
            mail.token(),
            reset.token(),
            &session,
            &visitor.token,
            "Placeholderienne",
            "contact13@example.net",
        ];
        let dump = dump(&world).await;
        let metrics = metrics(&world).await;
        // What is written last is on disk only after a checkpoint; the write-ahead log has it before.
        let mut owner = PgConnection::connect(world.database_url()).await.unwrap();
        owner.execute("CHECKPOINT").await.unwrap();
        let mut places = vec![
            dump,
            metrics,
            world.postgres_files().await,
            world.nats.store(),
            world.data_folder(),
        ];
        places.extend(world.logs());
        places.push(world.cluster().log_file());
        assert_eq!(found(&world.folder, &secrets, &places), Vec::<String>::new());
        assert!(
            world.log("api").contains(&visitor.id),
            "and yet the logs say which registration it was"
        );
    });
}

/// Every row of every table as text: what a backup holds, unpacked.
pub async fn dump(world: &World) -> PathBuf {
    let tables = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&world.pool).await.unwrap();
    let mut text = String::new();
    for table in tables {
        let rows: Vec<String> = sqlx::query_scalar(&format!("SELECT t::text FROM {table} AS t"))
            .fetch_all(&world.pool)
            .await
            .unwrap();
        text.push_str(&rows.join("\n"));
    }
    assert!(text.contains("IdentitySubmitted"), "the dump has the events");
    let file = world.folder.join("everything.sql");
    fs::write(&file, text).unwrap();
    file
}

pub async fn metrics(world: &World) -> PathBuf {
    let file = world.folder.join("everything.metrics");
    let mut text = String::new();
    for role in ROLES {
        text.push_str(&world.admin(role).get("/metrics").await.expect(200).text);
    }
    fs::write(&file, text).unwrap();
    file
}

/// Files that hold any of these texts, in whatever case.
pub fn found(folder: &Path, secrets: &[&str], places: &[PathBuf]) -> Vec<String> {
    let patterns = folder.join("patterns");
    fs::write(&patterns, secrets.join("\n")).unwrap();
    for place in places {
        assert!(
            place.exists(),
            "{} is to be searched and is not there",
            place.display()
        );
    }
    let searched = Command::new("grep")
        .env("LC_ALL", "C")
        .args(["-raoiF", "-f"])
        .arg(&patterns)
        .args(places)
        .output()
        .unwrap();
    String::from_utf8_lossy(&searched.stdout)
        .lines()
        .map(str::to_owned)
        .collect()
}

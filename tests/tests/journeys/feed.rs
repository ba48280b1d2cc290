//! Subscribers of the feed: what is due to each, in order, and what is refused holds up nobody else.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};
use tests::eventually::{eventually, until_equal};
use tests::fetching::{Fetching, Got};
use tests::journey::Visitor;
use tests::people::newcomer;
use tests::run;
use tests::world::{Plan, World};

const REPLAYS: &str = "/v1/subscriber/replays";
const STEPS: &str = "IdentitySubmitted,ContactNotMatched,TopicsChosen";

async fn world() -> World {
    World::start(Plan {
        nats_asks: true,
        no_limits: true,
        ..Plan::default()
    })
    .await
}

/// Somebody with three events that the subscribers here want: their names, address and topics.
async fn somebody(world: &World) -> Visitor<'_> {
    let visitor = Visitor::start(world, &newcomer()).await;
    visitor
        .put("topics", json!({"topics": ["payments"]}))
        .await
        .expect(200);
    visitor
}

fn listed(world: &World, name: &str) -> Value {
    let output = world.command(&["--json", "subscriber", "list"], 0);
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let all = told["subscribers"].as_array().expect("a list");
    all.iter()
        .find(|one| one["name"] == name)
        .expect("listed")
        .clone()
}

fn sequences(got: &[Got], registration: &str) -> Vec<u64> {
    got.iter()
        .filter(|one| one.registration() == registration)
        .map(Got::sequence)
        .collect()
}

#[test]
fn a_new_subscriber_fetches_with_what_was_printed_and_gets_the_bytes_of_the_feed() {
    run(async {
        let world = world().await;
        let before = somebody(&world).await;
        let crm = Fetching::add(&world, "crm", STEPS, &[]);
        let all = Fetching::add(&world, "all", STEPS, &["--from", "start"]);
        let after = somebody(&world).await;
        let line = crm.connect().await;
        let got = line.take(3).await;
        assert_eq!(sequences(&got, &after.id), [1, 2, 3], "from now on, and in order");
        let feed = world.feed().await;
        for one in &got {
            let original = feed
                .iter()
                .find(|message| message.event == one.event)
                .expect("the same event");
            for (name, value) in &original.headers {
                let theirs = one
                    .message
                    .headers
                    .as_ref()
                    .and_then(|them| them.get(name.as_str()));
                let ours_alone = name.starts_with("Nats-Batch") || name.starts_with("Nats-Expected");
                assert!(
                    ours_alone || theirs.is_some_and(|it| it.as_str() == value),
                    "header {name}"
                );
            }
        }
        let got = all.connect().await.take(6).await;
        assert_eq!(sequences(&got, &before.id), [1, 2, 3], "from the start");
        until_equal("all is acknowledged", json!([0, 0]), async || {
            let crm = listed(&world, "crm");
            json!([crm["lag"], crm["under_way"]])
        })
        .await;
        assert_eq!(listed(&world, "crm")["acknowledged"], 3);
        world.command(&["subscriber", "add", "x", "--events", "PasswordForgotten"], 2);
        world.command(&["subscriber", "add", "Not.A.Name", "--events", "PasswordSet"], 2);
        world.command(&["subscriber", "add", "crm", "--events", "PasswordSet"], 2);
    });
}

#[test]
fn what_is_refused_parks_its_registration_and_lets_all_others_flow() {
    run(async {
        let world = world().await;
        let crm = Fetching::add(&world, "crm", STEPS, &[]);
        let line = crm.connect().await;
        let stuck = somebody(&world).await;
        let first = line.next().await;
        assert_eq!((first.registration(), first.sequence()), (stuck.id.as_str(), 1));
        first.refuse().await;
        let parked = async || -> Value {
            let output = world.command(&["--json", "subscriber", "parked", "crm"], 0);
            serde_json::from_slice(&output.stdout).expect("JSON")
        };
        let told = eventually("it is parked, and the rest waits", async || {
            let told = parked().await;
            (told[0]["held"] == 2).then_some(told)
        })
        .await;
        assert_eq!(told[0]["registration"], stuck.id.as_str());
        assert_eq!(told[0]["event"], "IdentitySubmitted");

        let other = somebody(&world).await;
        assert_eq!(
            sequences(&line.take(3).await, &other.id),
            [1, 2, 3],
            "the others flow"
        );
        assert!(line.fetch(10).await.is_empty(), "what is parked stays so");
        let doctor = world.command(&["doctor"], 1).stdout;
        assert!(
            String::from_utf8(doctor)
                .unwrap()
                .contains("FAULT  parked: registrations that wait: crm 1")
        );
        world.command(&["subscriber", "retry", "crm", &stuck.id], 0);
        let again = line.next().await;
        assert_eq!((again.sequence(), &again.event["id"]), (1, &first.event["id"]));
        again.refuse().await;
        eventually("it is parked again", async || {
            parked().await[0].is_object().then_some(())
        })
        .await;
        world.command(&["subscriber", "skip", "crm", &stuck.id], 2);
        world.command(
            &["subscriber", "skip", "crm", &stuck.id, "--reason", "made by hand"],
            0,
        );
        assert_eq!(
            sequences(&line.take(2).await, &stuck.id),
            [2, 3],
            "then the rest, in order"
        );
        world.command(
            &["subscriber", "skip", "crm", &stuck.id, "--reason", "made by hand"],
            1,
        );
        let skipped = world.command(&["--json", "subscriber", "parked", "crm", "--skipped"], 0);
        let skipped: Value = serde_json::from_slice(&skipped.stdout).unwrap();
        assert_eq!(skipped[0]["reason"], "made by hand");
        assert_eq!(skipped[0]["registration"], stuck.id);

        // Deliveries exhausted park as well.
        let third = somebody(&world).await;
        for _ in 0..subscribers::DELIVERIES_MAX {
            let got = line.next().await;
            assert_eq!((got.registration(), got.sequence()), (third.id.as_str(), 1));
            got.message
                .double_ack_with(async_nats::jetstream::AckKind::Nak(None))
                .await
                .expect("given back");
        }
        let told = eventually("it is parked", async || {
            line.fetch(1).await;
            let told = parked().await;
            told[0].is_object().then_some(told)
        })
        .await;
        assert_eq!(told[0]["deliveries"], subscribers::DELIVERIES_MAX);
        world.command(&["subscriber", "retry", "crm", "--all"], 0);
        assert_eq!(sequences(&line.take(3).await, &third.id), [1, 2, 3]);
    });
}

#[test]
fn a_replay_is_marked_in_order_and_leaves_the_feed_its_place() {
    run(async {
        let world = world().await;
        let (one, other) = (somebody(&world).await, somebody(&world).await);
        let crm = Fetching::add(&world, "crm", STEPS, &["--from", "start"]);
        let line = crm.connect().await;
        assert!(line.take(6).await.iter().all(|got| got.replay.is_none()));
        let ask = |more: &[&str]| -> Value {
            let mut arguments = vec!["--json", "subscriber", "replay", "crm"];
            arguments.extend(more);
            serde_json::from_slice(&world.command(&arguments, 0).stdout).expect("JSON")
        };
        let asked = ask(&["--from", "1", "--registration", &one.id]);
        let got = line.take(3).await;
        assert_eq!(sequences(&got, &one.id), [1, 2, 3]);
        assert!(got.iter().all(|it| it.replay.as_deref() == asked["id"].as_str()));

        // By date, all; slowly, so that what is new overtakes it.
        let today = chrono::Utc::now().format("%F").to_string();
        ask(&["--from", &today, "--rate", "1"]);
        let first = line.take(1).await;
        assert!(first[0].replay.is_some());
        let newer = somebody(&world).await;
        let (mut new, mut replayed) = (Vec::new(), 1);
        while new.len() < 3 {
            let got = line.take(1).await.remove(0);
            match got.replay {
                None => new.push(got),
                Some(_) => replayed += 1,
            }
        }
        assert_eq!(sequences(&new, &newer.id), [1, 2, 3]);
        assert!(replayed < 6, "what is new does not wait for a replay");
        let rest = line.take(6 - replayed).await;
        assert!(rest.iter().all(|got| got.replay.is_some()));
        let ids: BTreeSet<&str> = rest.iter().map(Got::registration).collect();
        assert!(ids.contains(other.id.as_str()));
        world.command(&["subscriber", "replay", "crm", "--from", "999999"], 2);
        world.command(&["subscriber", "replay", "crm", "--from", "1", "--rate", "0"], 2);
        world.command(&["subscriber", "replay", "nobody", "--from", "1"], 2);
    });
}

#[test]
fn nothing_is_lost_when_the_distributor_is_killed_or_nats_loses_everything() {
    run(async {
        let world = world().await;
        world.run("feed.2").await;
        let crm = Fetching::add(&world, "crm", STEPS, &[]);
        let mut people = Vec::new();
        let mut got: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for round in 0..4 {
            for _ in 0..6 {
                people.push(somebody(&world).await.id);
            }
            match round {
                0 => world.kill("feed"),
                1 => world.run("feed").await,
                2 => world.kill("feed.2"),
                _ => {
                    world.nats.kill();
                    world.nats.lose_the_store();
                    world.nats.run().await;
                }
            }
            let line = crm.connect().await;
            eventually("everything arrives", async || {
                for one in line.fetch(50).await {
                    one.acknowledge().await;
                    let seen = got.entry(one.registration().to_owned()).or_default();
                    // What was under way when something was lost may come twice; never out of order, never not at all.
                    match seen.last() {
                        Some(last) if *last >= one.sequence() => assert!(seen.contains(&one.sequence())),
                        last => assert_eq!(last.unwrap_or(&0) + 1, one.sequence()),
                    }
                    if !seen.contains(&one.sequence()) {
                        seen.push(one.sequence());
                    }
                }
                people
                    .iter()
                    .all(|id| got.get(id).is_some_and(|seen| *seen == [1, 2, 3]))
                    .then_some(())
            })
            .await;
        }
        until_equal("nothing is under way", json!([0, 0]), async || {
            let crm = listed(&world, "crm");
            json!([crm["lag"], crm["parked"]])
        })
        .await;
    });
}

#[test]
fn an_outcome_that_nobody_heard_is_not_taken_for_an_acknowledgement() {
    run(async {
        let world = world().await;
        let crm = Fetching::add(&world, "crm", "IdentitySubmitted", &[]);
        let visitor = somebody(&world).await;
        let line = crm.connect().await;
        // Somebody with all rights takes the message out of the stream: no word of it is said.
        let admin = async_nats::jetstream::new(async_nats::connect(world.nats.url()).await.expect("NATS"));
        let stream = admin.get_stream(crm.told("stream")).await.expect("the stream");
        eventually("the message is there", async || {
            (stream.get_info().await.ok()?.state.messages == 1).then_some(())
        })
        .await;
        stream.purge().await.expect("emptied");
        assert_eq!(line.next().await.registration(), visitor.id);
    });
}

#[test]
fn a_subscriber_asks_for_its_own_replay_over_http() {
    run(async {
        let world = world().await;
        let (one, _other) = (somebody(&world).await, somebody(&world).await);
        let crm = Fetching::add(&world, "crm", STEPS, &[]);
        let stranger = Fetching::add(&world, "stranger", STEPS, &[]);
        let ask = |method: Method, path: &str, by: &Fetching| {
            world.client.ask(method, path).bearer(by.told("secret"))
        };
        let answer = ask(Method::POST, REPLAYS, &crm)
            .json(&json!({"from": 1, "registrations": [one.id], "rate": 50}))
            .send()
            .await
            .expect(202);
        let at = answer.header("location").to_owned();
        assert_eq!(at, format!("{REPLAYS}/{}", answer.text_at("id")));
        assert_eq!(answer.body["requested_by"], "subscriber");
        let got = crm.connect().await.take(3).await;
        assert_eq!(sequences(&got, &one.id), [1, 2, 3]);
        assert!(
            got.iter()
                .all(|it| it.replay.as_deref() == answer.body["id"].as_str())
        );
        until_equal("the replay is over", json!([3, 0]), async || {
            let told = ask(Method::GET, &at, &crm).send().await.expect(200).body;
            json!([told["taken"], told["open"]])
        })
        .await;

        // By time, of what came since: nothing, which is said.
        let later = chrono::Utc::now() + chrono::TimeDelta::days(1);
        let faults = ask(Method::POST, REPLAYS, &crm)
            .json(&json!({"from": later.to_rfc3339(), "to": 999_999, "rate": 10}))
            .send()
            .await
            .problem(422, "invalid")
            .faults();
        let told = |field: &str, code: &str| (field.to_owned(), code.to_owned());
        assert_eq!(
            faults,
            [told("from", "beyond-the-log"), told("to", "beyond-the-log")]
        );
        let faults = ask(Method::POST, REPLAYS, &crm)
            .json(&json!({"to": "soon", "registrations": ["x"], "rate": 0}))
            .send()
            .await
            .problem(422, "invalid")
            .faults();
        let fields: Vec<&str> = faults.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["from", "to", "registrations[0]", "rate"]);

        let list = ask(Method::GET, REPLAYS, &crm).send().await.expect(200);
        assert_eq!(list.body["replays"][0]["id"], answer.body["id"]);
        let list = ask(Method::GET, REPLAYS, &stranger).send().await.expect(200);
        assert_eq!(list.body["replays"], json!([]));
        ask(Method::GET, &at, &stranger)
            .send()
            .await
            .problem(404, "not-found");
        world.client.get(&at).await.problem(401, "unauthorized");
        world
            .client
            .ask(Method::POST, REPLAYS)
            .bearer("nobody")
            .json(&json!({"from": 1}))
            .send()
            .await
            .problem(401, "unauthorized");
    });
}

//! Webhooks, received by real servers: what is sent, in which order, and what comes of an endpoint that does not do well.

mod trust;

use std::collections::BTreeSet;
use std::process::{Command, Output};

use chrono::DateTime;
use serde_json::Value;
use tests::eventually::{eventually, until_equal};
use tests::hook::{Call, Hook, Manner};
use tests::journey::{Visitor, newcomer_with_account};
use tests::people::newcomer;
use tests::programs::repository;
use tests::run;
use tests::world::{Plan, World};

const EVERYTHING: &str = "IdentitySubmitted,ContactNotMatched,TopicsChosen,EstablishmentDeclared,EstablishmentLinked,\
    VerificationRequested,VerificationMailSent,EmailVerified,PasswordSet,NoticeMailSent,PersonErased";

/// A service whose webhooks are tried again after a second or so, and given up after some.
async fn hasty() -> World {
    let settings = vec![
        ("ONBOARDING_WEBHOOK_TIMEOUT", "2s".to_owned()),
        ("ONBOARDING_WEBHOOK_FIRST_RETRY", "1s".to_owned()),
        ("ONBOARDING_WEBHOOK_LONGEST_RETRY", "1s".to_owned()),
        ("ONBOARDING_WEBHOOK_GIVE_UP_AFTER", "8s".to_owned()),
    ];
    World::start(Plan {
        settings,
        ..Plan::default()
    })
    .await
}

fn add(world: &World, url: &str, more: &[&str]) -> Value {
    let arguments = [
        "--json",
        "subscriber",
        "add",
        "crm",
        "--events",
        EVERYTHING,
        "--from",
        "start",
        "--webhook",
        url,
    ];
    let added = world.command(&[&arguments, more].concat(), 0);
    serde_json::from_slice(&added.stdout).unwrap()
}

fn deliveries(world: &World, more: &[&str]) -> Vec<Value> {
    let arguments = [&["--json", "subscriber", "deliveries", "crm"], more].concat();
    serde_json::from_slice(&world.command(&arguments, 0).stdout).unwrap()
}

/// The sequences of a registration's events, as the feed has them.
async fn sequences(world: &World, registration: &str) -> Vec<u64> {
    (1..=world.story(registration).await.len() as u64).collect()
}

#[test]
fn every_event_is_called_out_once_signed_and_in_order() {
    run(async {
        let world = hasty().await;
        let hook = Hook::start().await;
        let added = add(&world, &hook.url(), &["--allow-private"]);
        let key = added["signing_secret"].as_str().unwrap();
        assert!(key.starts_with("whsec_"));
        let people: Vec<String> = {
            let (one, two) = (newcomer(), newcomer());
            let (one, two) = tokio::join!(
                newcomer_with_account(&world, &one),
                newcomer_with_account(&world, &two)
            );
            vec![one.id, two.id]
        };
        let feed = world.until_settled().await;
        until_equal("calls", feed.len(), async || hook.calls().len()).await;
        for id in &people {
            assert_eq!(hook.taken(id), sequences(&world, id).await);
        }
        for call in hook.calls() {
            let published = feed.iter().find(|it| it.event["id"] == call.event["id"]).unwrap();
            assert_eq!(call.event, published.event, "the body is the feed's message");
            assert_eq!(call.header("webhook-id"), call.event["id"].as_str().unwrap());
            assert_eq!(call.header("content-type"), "application/cloudevents+json");
            assert_eq!(
                call.header("onboarding-position"),
                call.event["position"].to_string()
            );
            let judged = verified(&world, key, &call, "");
            let said = String::from_utf8_lossy(&judged.stderr);
            assert!(judged.status.success(), "{said}");
        }
        let judged = verified(&world, key, &hook.calls()[0], " ");
        assert!(!judged.status.success(), "a body that was touched is refused");
        let kept = deliveries(&world, &[]);
        assert_eq!(kept.len(), feed.len());
        assert!(
            kept.iter()
                .all(|it| it["outcome"] == "acknowledged" && it["status"] == 204)
        );
        let stored: Vec<u8> = sqlx::query_scalar("SELECT sealed_key FROM feed.webhooks")
            .fetch_one(&world.pool)
            .await
            .unwrap();
        let clear = key.trim_start_matches("whsec_");
        assert!(
            !String::from_utf8_lossy(&stored).contains(clear),
            "the key is sealed at rest"
        );
        world.command(&["subscriber", "pause", "crm"], 0);
        let rotated = world.command(&["--json", "subscriber", "rotate", "crm", "--signing-key"], 0);
        let rotated: Value = serde_json::from_slice(&rotated.stdout).unwrap();
        let newest = Visitor::start(&world, &newcomer()).await;
        world.until_settled().await;
        world.command(&["subscriber", "resume", "crm"], 0);
        until_equal(
            "the calls after a pause",
            sequences(&world, &newest.id).await,
            async || hook.taken(&newest.id),
        )
        .await;
        let call = hook.calls().pop().unwrap();
        let key_now = rotated["signing_secret"].as_str().unwrap();
        for key in [key_now, key] {
            let judged = verified(&world, key, &call, "");
            assert!(judged.status.success(), "both keys sign for a while");
        }

        // Whose key has leaked rotates twice.
        world.command(&["subscriber", "pause", "crm"], 0);
        world.command(&["subscriber", "rotate", "crm", "--signing-key"], 0);
        let newest = Visitor::start(&world, &newcomer()).await;
        world.until_settled().await;
        world.command(&["subscriber", "resume", "crm"], 0);
        let sequences = sequences(&world, &newest.id).await;
        until_equal("the calls", sequences, async || hook.taken(&newest.id)).await;
        let call = hook.calls().pop().unwrap();
        assert!(verified(&world, key_now, &call, "").status.success());
        assert!(
            !verified(&world, key, &call, "").status.success(),
            "the first key is no key"
        );
    });
}

/// Checks a signature with the library of Standard Webhooks, as a receiver would; `tampered` is put behind the body.
fn verified(world: &World, key: &str, call: &Call, tampered: &str) -> Output {
    let body = world.folder.join("call.json");
    std::fs::write(&body, [&call.body, tampered.as_bytes()].concat()).unwrap();
    let headers = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    Command::new("node")
        .arg(repository().join("tests/contract/webhook.mjs"))
        .arg(key)
        .args(headers.map(|name| call.header(name)))
        .arg(&body)
        .output()
        .unwrap()
}

#[test]
fn a_range_is_called_out_again_on_request_marked_and_under_other_identifiers() {
    run(async {
        let world = hasty().await;
        let hook = Hook::start().await;
        add(&world, &hook.url(), &["--allow-private"]);
        let visitor = newcomer_with_account(&world, &newcomer()).await;
        let all = world.until_settled().await.len();
        until_equal("calls", all, async || hook.calls().len()).await;
        let range = ["subscriber", "replay", "crm", "--from", "3", "--to", "6"];
        world.command(&range, 0);
        until_equal("calls", all + 4, async || hook.calls().len()).await;
        let calls = hook.calls();
        let (live, again) = calls.split_at(all);
        let positions: Vec<u64> = again
            .iter()
            .map(|it| it.event["position"].as_u64().unwrap())
            .collect();
        assert_eq!(positions, [3, 4, 5, 6]);
        for call in again {
            assert!(!call.header("onboarding-replay").is_empty());
            let first = live.iter().find(|it| it.event == call.event).unwrap();
            assert!(first.header("onboarding-replay").is_empty());
            // Or a receiver that drops what it knows would drop it.
            assert_ne!(first.header("webhook-id"), call.header("webhook-id"));
            assert_eq!(call.registration(), visitor.id);
        }
    });
}

#[test]
fn an_endpoint_says_how_long_it_wants_to_be_left_alone() {
    run(async {
        let world = World::start(Plan {
            settings: vec![
                ("ONBOARDING_WEBHOOK_FIRST_RETRY", "1s".to_owned()),
                ("ONBOARDING_WEBHOOK_LONGEST_RETRY", "1h".to_owned()),
            ],
            ..Plan::default()
        })
        .await;
        let hook = Hook::start().await;
        let asked = [Manner::Busy(600), Manner::Busy(1_000_000), Manner::Status(503)];
        hook.answers_in_turn(asked);
        add(&world, &hook.url(), &["--allow-private"]);
        for _ in asked {
            Visitor::start(&world, &newcomer()).await;
        }
        let failed = eventually("each was refused once", async || {
            let failed = deliveries(&world, &["--failed"]);
            (failed.len() >= asked.len()).then_some(failed)
        })
        .await;
        let instant = |it: &Value| DateTime::parse_from_rfc3339(it.as_str().unwrap()).unwrap();
        let mut waits: Vec<i64> = failed
            .iter()
            .map(|it| (instant(&it["next_at"]) - instant(&it["called_at"])).num_seconds())
            .collect();
        waits.sort_unstable();
        // Its own wish, up to the longest wait that is set here; without one, the first retry's, give or take its spread.
        assert!(waits[0] < 10, "{waits:?}");
        assert!((600..3_600).contains(&waits[1]), "{waits:?}");
        assert!((3_600..4_000).contains(&waits[2]), "{waits:?}");
    });
}

#[test]
fn what_an_endpoint_does_not_take_is_tried_again_and_holds_up_that_registration_alone() {
    run(async {
        let world = hasty().await;
        let hook = Hook::start().await;
        let manners = [
            Manner::Status(500),
            Manner::Elsewhere,
            Manner::Busy(1),
            Manner::Hang,
            Manner::HangUp,
            Manner::Endless,
        ];
        let first = Visitor::start(&world, &newcomer()).await;
        world.until_settled().await;
        hook.answers_in_turn(manners);
        add(&world, &hook.url(), &["--allow-private"]);
        until_equal("what was taken", sequences(&world, &first.id).await, async || {
            hook.taken(&first.id)
        })
        .await;
        let obstacles: BTreeSet<String> = deliveries(&world, &["--failed"])
            .iter()
            .map(|it| it["obstacle"].as_str().unwrap().to_owned())
            .collect();
        for told in [
            "answered 500",
            "answered 302: no redirect is followed",
            "answered 503",
            "no answer in time",
            "the connection broke off",
        ] {
            assert!(obstacles.contains(told), "{told}: {obstacles:?}");
        }
        let ids: BTreeSet<String> = hook
            .calls()
            .iter()
            .take(4)
            .map(|it| it.header("webhook-id").to_owned())
            .collect();
        assert_eq!(ids.len(), 1, "one identifier however often it is tried");

        // One registration is refused for as long as it takes; everybody else's events flow.
        let stubborn = first.id.clone();
        hook.answers(move |event| {
            Manner::Status(if event["subject"] == stubborn.as_str() {
                422
            } else {
                200
            })
        });
        let before = hook.taken(&first.id).len();
        first.fill_in_as_member().await;
        let other = newcomer_with_account(&world, &newcomer()).await;
        world.until_settled().await;
        until_equal(
            "the other's events",
            sequences(&world, &other.id).await,
            async || hook.taken(&other.id),
        )
        .await;
        let parked = "SELECT count(*) FROM feed.lanes WHERE state = 'parked'";
        until_equal("parked registrations", 1, async || world.count(parked).await).await;
        assert_eq!(hook.taken(&first.id).len(), before);
        assert!(
            deliveries(&world, &["--failed"])
                .iter()
                .any(|it| it["outcome"] == "refused")
        );
    });
}

#[test]
fn an_endpoint_that_is_gone_is_left_alone_until_it_is_resumed() {
    run(async {
        let world = hasty().await;
        let hook = Hook::start().await;
        hook.answers(|_| Manner::Status(410));
        let visitor = Visitor::start(&world, &newcomer()).await;
        add(&world, &hook.url(), &["--allow-private"]);
        let paused = "SELECT count(*) FROM feed.subscribers WHERE paused_at IS NOT NULL";
        until_equal("paused subscribers", 1, async || world.count(paused).await).await;
        visitor.fill_in_as_member().await;
        world.until_settled().await;
        assert_eq!(hook.calls().len(), 1, "it was not called again");
        let told = world.command(&["subscriber", "deliveries", "crm"], 0).stdout;
        assert!(String::from_utf8(told).unwrap().contains("subscriber resume crm"));
        hook.answers(|_| Manner::Status(200));
        world.command(&["subscriber", "resume", "crm"], 0);
        until_equal(
            "what was taken",
            sequences(&world, &visitor.id).await,
            async || hook.taken(&visitor.id),
        )
        .await;
    });
}

#[test]
fn a_deliverer_that_is_killed_is_followed_by_another_and_nothing_is_lost() {
    run(async {
        let world = hasty().await;
        let hook = Hook::start().await;
        add(&world, &hook.url(), &["--allow-private"]);
        world.run("feed.2").await;
        let first = newcomer_with_account(&world, &newcomer()).await;
        eventually("some calls came", async || {
            (!hook.calls().is_empty()).then_some(())
        })
        .await;
        world.kill("feed");
        let second = newcomer_with_account(&world, &newcomer()).await;
        world.until_settled().await;
        for id in [&first.id, &second.id] {
            let expected = sequences(&world, id).await;
            until_equal("what was taken, repetitions left out", expected, async || {
                let mut taken = hook.taken(id);
                taken.dedup();
                taken
            })
            .await;
        }
    });
}

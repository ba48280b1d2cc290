//! A database that is older than the stream, and a rebuild that dies midway: no mail and no reader's place is lost.

use std::path::Path;
use std::process::Command;

use async_nats::HeaderMap;
use async_nats::jetstream;
use async_nats::jetstream::consumer::{DeliverPolicy, PullConsumer, pull};
use futures::StreamExt;
use serde_json::{Value, json};
use tests::crm::{Crm, invented};
use tests::eventually::{eventually, until_equal};
use tests::feed;
use tests::journey::{Visitor, newcomer_with_account};
use tests::people::{contact, newcomer};
use tests::run;
use tests::world::{Plan, ROLES, World};

/// The stream of the feed.
const STREAM: &str = "ONBOARDING";

async fn jetstream_of(world: &World) -> jetstream::Context {
    jetstream::new(async_nats::connect(world.nats.url()).await.unwrap())
}

/// A reader's durable consumer, found or made.
async fn reader(context: &jetstream::Context) -> PullConsumer {
    let wanted = pull::Config {
        durable_name: Some("reader".to_owned()),
        ..pull::Config::default()
    };
    let stream = context.get_stream(STREAM).await.unwrap();
    stream.get_or_create_consumer("reader", wanted).await.unwrap()
}

/// Acknowledges everything up to this sequence.
async fn read_up_to(context: &jetstream::Context, last: u64) {
    let mut messages = reader(context).await.messages().await.unwrap();
    loop {
        let message = messages.next().await.unwrap().unwrap();
        message.double_ack().await.unwrap();
        if message.info().unwrap().stream_sequence == last {
            return;
        }
    }
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(copied.success());
}

fn json_of(world: &World, arguments: &[&str], code: i32) -> Value {
    serde_json::from_slice(&world.command(arguments, code).stdout).expect("JSON")
}

#[test]
fn whoever_asks_for_a_mail_after_a_restore_gets_it_though_the_old_stream_was_longer() {
    run(async {
        let world = World::start(Plan {
            own_cluster: true,
            no_limits: true,
            ..Plan::default()
        })
        .await;
        newcomer_with_account(&world, &newcomer()).await;
        let kept = world.until_settled().await.len() as u64;
        for role in ROLES {
            world.stop(role);
        }
        let (files, backup) = (world.cluster().data_folder(), world.folder.join("backup"));
        world.cluster().stop();
        copy(&files, &backup);
        world.cluster().run().await;
        for role in ROLES {
            world.run(role).await;
        }
        // What happens now is lost with the database, save for what the stream tells of it.
        for _ in 0..3 {
            newcomer_with_account(&world, &newcomer()).await;
        }
        let old = world.until_settled().await.len() as u64;
        let context = jetstream_of(&world).await;
        read_up_to(&context, old).await;
        for role in ROLES {
            world.kill(role);
        }
        world.cluster().stop();
        std::fs::remove_dir_all(&files).unwrap();
        copy(&backup, &files);
        world.cluster().run().await;

        // The service goes on: the log is shorter than the old stream, and the relay stands still.
        let origin = [("ONBOARDING_LOG_ORIGIN", "example.org/log-2")];
        for role in ROLES {
            world.begin_with(role, &origin);
        }
        world.until_ready("api").await;
        let mut visitors = Vec::new();
        for number in 30..34 {
            visitors.push(Visitor::start(&world, &contact(number)).await);
        }
        let log = world.events().await;
        assert!(kept < log && log < old, "{kept} {log} {old}");
        let size = "SELECT size FROM log_head";
        until_equal("the log", log, async || world.count(size).await).await;

        let rebuilt = json_of(&world, &["bus", "rebuild", "--json"], 0);
        assert_eq!(rebuilt["parted_at"], kept + 1, "{rebuilt}");
        let mut set_back: Vec<&str> = rebuilt["set_back"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it.as_str().unwrap())
            .collect();
        set_back.sort_unstable();
        assert_eq!(set_back, ["mailer", "reader"]);
        let first = reader(&context).await.messages().await.unwrap().next().await;
        let first = first.unwrap().unwrap();
        assert_eq!(first.info().unwrap().stream_sequence, kept + 1);
        for visitor in &visitors {
            visitor.recorded_mail().await;
        }
        world.until_settled().await;
        world.until_projected().await;
        json_of(&world, &["bus", "verify", "--json"], 0);
        world.command(&["projections", "verify"], 0);
    });
}

/// Adds messages of a history that the log does not tell.
async fn lengthen(context: &jetstream::Context, last: u64) -> u64 {
    for sequence in last + 1..=last + 3 {
        let id = uuid::Uuid::now_v7();
        let mut headers = HeaderMap::new();
        headers.insert("Nats-Msg-Id", id.to_string());
        headers.insert("Nats-Expected-Last-Sequence", (sequence - 1).to_string());
        let subject = format!("onboarding.v1.registration.{id}.ContactNotMatched");
        let published = context.publish_with_headers(subject, headers, "{}".into()).await;
        assert_eq!(published.unwrap().await.unwrap().sequence, sequence);
    }
    last + 3
}

/// Where a consumer was told to begin.
async fn beginning(context: &jetstream::Context, name: &str) -> u64 {
    let stream = context.get_stream(STREAM).await.unwrap();
    match stream.consumer_info(name).await.unwrap().config.deliver_policy {
        DeliverPolicy::ByStartSequence { start_sequence } => start_sequence,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn a_rebuild_killed_between_any_two_steps_and_called_again_forgets_no_place() {
    run(async {
        let world = World::start(Plan {
            no_limits: true,
            ..Plan::default()
        })
        .await;
        newcomer_with_account(&world, &newcomer()).await;
        let log = world.until_settled().await.len() as u64;
        for role in ["relay", "projector", "feed", "mailer", "worker"] {
            world.stop(role);
        }
        let client = async_nats::connect(world.nats.url()).await.unwrap();
        let context = jetstream::new(client.clone());
        let store = store::Store::new(world.pool.clone());
        let place = context.get_stream(STREAM).await.unwrap();
        let place = place
            .consumer_info("mailer")
            .await
            .unwrap()
            .ack_floor
            .stream_sequence;
        let mut killed_after = 0;
        let mut is_done = false;
        while !is_done {
            let old = lengthen(&context, log).await;
            read_up_to(&context, old).await;
            let mut killed = relay::bus::Rebuilding::new(store.clone(), client.clone());
            for _ in 0..killed_after {
                is_done = killed.step(&|_, _| {}).await.unwrap().is_some();
            }
            drop(killed);
            let begun = killed_after > 0 && !is_done;
            let remembered = "SELECT count(*) FROM bus_rebuild";
            assert_eq!(world.count(remembered).await, u64::from(begun), "{killed_after}");
            if begun {
                let doctor = world.command(&["doctor"], 1);
                let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
                assert!(said.contains("FAULT  bus rebuild"), "{said}");
            }
            if !is_done {
                let rebuilt = relay::bus::rebuild(&store, &client, &|_, _| {}).await.unwrap();
                assert_eq!(rebuilt.parted_at, Some(log + 1), "{killed_after}");
                assert_eq!(rebuilt.position, log);
            }
            // The mailer is not given the events between its last one and the end.
            for (name, begins_at) in [("reader", log + 1), ("mailer", place + 1)] {
                assert_eq!(
                    beginning(&context, name).await,
                    begins_at,
                    "{name} {killed_after}"
                );
            }
            assert_eq!(feed::last_sequence(&world.nats.url()).await, Some(log));
            assert_eq!(world.count(remembered).await, 0);
            killed_after += 1;
        }
        assert_eq!(
            killed_after, 9,
            "plan, delete, make, publish, two consumers and their end, forget"
        );
        // Whatever is written from here on is given to both.
        for role in ["relay", "projector", "feed", "mailer", "worker"] {
            world.run(role).await;
        }
        let visitor = Visitor::start(&world, &contact(35)).await;
        visitor.recorded_mail().await;
        let last = world.until_settled().await.len() as u64;
        read_up_to(&context, last).await;
    });
}

/// What doctor finds of the mails that were asked for.
fn mails_asked_for(world: &World) -> Value {
    let said = world.try_command(&["doctor", "--json"]);
    let findings: Value = serde_json::from_slice(&said.stdout).expect("JSON");
    let all = findings.as_array().unwrap();
    all.iter()
        .find(|it| it["subject"] == "mails asked for")
        .unwrap()
        .clone()
}

#[test]
fn mails_that_nobody_sends_are_told_by_doctor_metrics_and_console_whoever_is_away() {
    run(async {
        let world = World::start(Plan {
            no_limits: true,
            ..Plan::default()
        })
        .await;
        for role in ["relay", "projector", "feed", "mailer", "worker"] {
            world.stop(role);
        }
        let visitor = Visitor::start(&world, &contact(36)).await;
        let finding = mails_asked_for(&world);
        assert_eq!(finding["fine"], true, "it is young: {finding}");
        assert!(
            finding["found"].as_str().unwrap().starts_with("1 wait"),
            "{finding}"
        );

        let earlier = "UPDATE mailer.wanted SET asked_at = asked_at - interval '10 minutes'";
        sqlx::query(earlier).execute(&world.pool).await.unwrap();
        let finding = mails_asked_for(&world);
        assert_eq!(finding["fine"], false, "{finding}");
        let gauge = async |wanted: &str| {
            let metrics = world.admin("api").get("/metrics").await.expect(200).text;
            metrics.lines().any(|line| line == wanted).then_some(())
        };
        eventually("the API tells", async || {
            gauge("onboarding_mails_overdue 1").await
        })
        .await;
        for role in ["relay", "projector", "feed", "mailer", "worker"] {
            world.run(role).await;
        }
        visitor.recorded_mail().await;
        let finding = mails_asked_for(&world);
        assert_eq!(finding["fine"], true, "{finding}");
        eventually("the API tells", async || {
            gauge("onboarding_mails_waiting 0").await
        })
        .await;
    });
}

#[test]
fn a_directory_that_was_put_back_hears_again_what_was_taken_since() {
    run(async {
        let world = World::start(Plan {
            no_limits: true,
            ..Plan::default()
        })
        .await;
        let crm = Crm::of(&world).await;
        let known = "SELECT count(*) FROM directory.establishments WHERE name IN ('Before', 'Since')";
        for (number, name) in [(7_100_001, "Before"), (7_100_002, "Since")] {
            crm.tell(&invented(number), json!({"name": name})).await;
        }
        until_equal("establishments told of", 2, async || world.count(known).await).await;
        let context = jetstream_of(&world).await;
        eventually("both are answered for", async || {
            let stream = context.get_stream("CRM").await.ok()?;
            let consumer = stream.consumer_info("directory").await.ok()?;
            (consumer.ack_floor.stream_sequence == 2).then_some(())
        })
        .await;
        world.stop("projector");
        sqlx::raw_sql(
            "DELETE FROM directory.establishments WHERE name = 'Since';
             DELETE FROM directory.establishment_messages WHERE sequence > 1",
        )
        .execute(&world.pool)
        .await
        .unwrap();
        world.run("projector").await;
        until_equal("establishments told of", 2, async || world.count(known).await).await;
        assert_eq!(
            world
                .log("projector")
                .matches("older than what was taken")
                .count(),
            1
        );
    });
}

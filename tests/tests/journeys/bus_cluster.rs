//! NATS as a cluster of three: without a leader, and with servers that go away while work goes on.

use std::collections::BTreeMap;

use async_nats::jetstream::consumer::PullConsumer;
use futures::StreamExt;
use serde_json::Value;
use subscribers::OUTCOMES_STREAM;
use tests::eventually::eventually;
use tests::fetching::Fetching;
use tests::journey::newcomer_with_account;
use tests::nats_cluster::NatsCluster;
use tests::people::newcomer;
use tests::run;
use tests::world::{Plan, World};

async fn world_on(cluster: &NatsCluster) -> World {
    World::start(Plan {
        no_limits: true,
        nothing_runs: true,
        settings: vec![("ONBOARDING_NATS_URL", cluster.url())],
        ..Plan::default()
    })
    .await
}

#[test]
fn roles_that_start_before_the_cluster_has_a_leader_wait_for_it() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let cluster = NatsCluster::start(folder.path()).await;
        let world = world_on(&cluster).await;
        let names: Vec<String> = cluster.names().map(str::to_owned).collect();
        cluster.kill(&names[1]);
        cluster.kill(&names[2]);
        for role in ["projector", "relay"] {
            world.begin(role);
        }
        for role in ["projector", "relay"] {
            eventually(&format!("{role} says what it waits for"), async || {
                assert!(world.is_running(role), "{}", world.log(role));
                let told = world.log(role);
                told.contains("JetStream does not answer").then_some(())
            })
            .await;
        }
        cluster.begin(&names[1]);
        cluster.begin(&names[2]);
        for role in ["projector", "relay"] {
            world.until_ready(role).await;
        }
    });
}

/// What a subscriber got: by registration the sequences in the order of their first arrival.
type Got = BTreeMap<String, Vec<u64>>;

/// Takes and acknowledges what is there.
async fn take(cluster: &NatsCluster, told: &Fetching, got: &mut Got) -> Option<()> {
    let servers: Vec<async_nats::ServerAddr> =
        cluster.url().split(',').map(|one| one.parse().unwrap()).collect();
    let client = async_nats::connect(servers).await.ok()?;
    let consumer: PullConsumer = runtime::nats::jetstream(&client)
        .get_consumer_from_stream(told.told("consumer"), told.told("stream"))
        .await
        .ok()?;
    let mut messages = consumer.fetch().max_messages(500).messages().await.ok()?;
    while let Some(Ok(message)) = messages.next().await {
        let event: Value = serde_json::from_slice(&message.payload).unwrap();
        let sequence = event["sequence"].as_u64().unwrap();
        let sequences = got
            .entry(event["subject"].as_str().unwrap().to_owned())
            .or_default();
        if sequences.last().is_none_or(|last| *last < sequence) {
            sequences.push(sequence);
        }
        message.double_ack().await.ok()?;
    }
    Some(())
}

/// Takes until everything of the log has come, in order.
async fn until_all_has_come(world: &World, cluster: &NatsCluster, told: &Fetching, got: &mut Got) {
    eventually("every event comes to the subscriber", async || {
        take(cluster, told, got).await?;
        let events = world.events().await;
        let came: usize = got.values().map(Vec::len).sum();
        (came as u64 == events).then_some(())
    })
    .await;
    for (registration, sequences) in got {
        let whole: Vec<u64> = (1..=sequences.len() as u64).collect();
        assert_eq!(*sequences, whole, "{registration}");
    }
}

#[test]
fn servers_of_the_cluster_go_away_and_the_feed_goes_on() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let cluster = NatsCluster::start(folder.path()).await;
        let world = world_on(&cluster).await;
        for role in ["api", "relay"] {
            world.run(role).await;
        }
        world.command(&["bus", "replicas", "3"], 0);
        for role in ["relay.2", "mailer", "feed", "projector"] {
            world.run(role).await;
        }
        let all: Vec<&str> = subscribers::known_events().into_iter().collect();
        let crm = Fetching::add(&world, "crm", &all.join(","), &["--from", "start"]);
        let mut got = Got::new();
        for _ in 0..3 {
            newcomer_with_account(&world, &newcomer()).await;
        }
        until_all_has_come(&world, &cluster, &crm, &mut got).await;
        for relay in ["relay", "relay.2"] {
            let told = world.log(relay);
            assert!(
                !told.contains("ERROR"),
                "in plain work a relay has nothing to complain of:\n{told}"
            );
        }
        eventually("outcomes are kept as often as the feed", async || {
            let kept = world.command(&["bus", "replicas", "--json"], 0).stdout;
            let kept: Value = serde_json::from_slice(&kept).unwrap();
            let outcomes = kept
                .as_array()
                .unwrap()
                .iter()
                .find(|it| it["stream"] == OUTCOMES_STREAM)?;
            (outcomes["copies"] == 3).then_some(())
        })
        .await;

        // The subscriber's own stream is on one server, as is said; any other may go.
        let own = cluster.leader_of(crm.told("stream")).await;
        while cluster.leader_of(OUTCOMES_STREAM).await == own {
            cluster.change_leader_of(OUTCOMES_STREAM).await;
        }
        let leader = cluster.leader_of(OUTCOMES_STREAM).await;
        cluster.kill(&leader);
        for _ in 0..2 {
            newcomer_with_account(&world, &newcomer()).await;
        }
        until_all_has_come(&world, &cluster, &crm, &mut got).await;
        cluster.run(&leader).await;

        // And the one that leads the feed, which may be where the subscriber's stream is: that comes back with it.
        let leader = cluster.leader_of(domain::message::STREAM).await;
        cluster.kill(&leader);
        for _ in 0..2 {
            newcomer_with_account(&world, &newcomer()).await;
        }
        cluster.run(&leader).await;
        until_all_has_come(&world, &cluster, &crm, &mut got).await;
        let told = world.command(&["doctor"], 0).stdout;
        let told = String::from_utf8_lossy(&told).into_owned();
        assert!(told.contains("FEED_OUTCOMES is kept on 3 server(s)"), "{told}");
        world.command(&["bus", "verify"], 0);
    });
}

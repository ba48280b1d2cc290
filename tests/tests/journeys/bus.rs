//! A stream that is deleted, forged, damaged or unequal between servers: found, mended, and every event heard once.

use std::fs;
use std::path::Path;

use async_nats::HeaderMap;
use async_nats::jetstream;
use async_nats::jetstream::consumer::{PullConsumer, pull};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::Stream;
use futures::StreamExt;
use serde_json::Value;
use tests::eventually::{eventually, until_equal};
use tests::feed;
use tests::journey::newcomer_with_account;
use tests::nats_cluster::NatsCluster;
use tests::people::newcomer;
use tests::run;
use tests::world::{Plan, World};

use crate::load::register_many;

/// The stream of the feed.
const STREAM: &str = "ONBOARDING";

async fn world() -> World {
    World::start(Plan {
        no_limits: true,
        ..Plan::default()
    })
    .await
}

async fn jetstream_of(url: &str) -> jetstream::Context {
    jetstream::new(async_nats::connect(url).await.unwrap())
}

/// What is wrong with the stream, as `bus verify` says.
fn verify(world: &World, code: i32) -> Value {
    let said = world.command(&["bus", "verify", "--json"], code);
    serde_json::from_slice(&said.stdout).expect("JSON")
}

/// How the stream is kept at present.
async fn settings(context: &jetstream::Context) -> jetstream::stream::Config {
    let stream = context.get_stream(STREAM).await.unwrap();
    stream.cached_info().config.clone()
}

#[test]
fn a_stream_deleted_under_its_readers_comes_back_whole_and_is_heard_once() {
    run(async {
        let world = world().await;
        let before = newcomer_with_account(&world, &newcomer()).await;
        let told = world.until_settled().await;
        jetstream_of(&world.nats.url())
            .await
            .delete_stream(STREAM)
            .await
            .unwrap();
        let after = newcomer_with_account(&world, &newcomer()).await;
        let again = world.until_settled().await;
        let events =
            |messages: &[feed::Message]| messages.iter().map(|it| it.event.clone()).collect::<Vec<_>>();
        assert_eq!(events(&told), events(&again[..told.len()]));
        for visitor in [&before, &after] {
            assert_eq!(
                world.mails_to(&visitor.person.email).len(),
                2,
                "each mail was sent once"
            );
        }
        world.until_projected().await;
        verify(&world, 0);
        world.command(&["projections", "verify"], 0);
    });
}

#[test]
fn what_roles_made_again_during_a_rebuild_is_as_it_had_been_chosen_and_where_it_was() {
    run(async {
        let world = world().await;
        for _ in 0..20 {
            newcomer_with_account(&world, &newcomer()).await;
        }
        world.until_settled().await;
        let context = jetstream_of(&world.nats.url()).await;
        let wanted = pull::Config {
            durable_name: Some("reader".to_owned()),
            ..pull::Config::default()
        };
        let make = async || {
            let stream = context.get_stream(STREAM).await.ok()?;
            stream.get_or_create_consumer("reader", wanted.clone()).await.ok()
        };
        let reader: PullConsumer = make().await.unwrap();
        let mut first = reader.fetch().max_messages(3).messages().await.unwrap();
        while let Some(message) = first.next().await {
            message.unwrap().double_ack().await.unwrap();
        }
        let mut chosen = settings(&context).await;
        chosen.max_bytes = 1 << 30;
        context.update_stream(&chosen).await.unwrap();
        // As roles do that find the stream or their consumer gone.
        let rival = async {
            loop {
                let _ = relay::stream::ensure(&context).await;
                make().await;
                tokio::task::yield_now().await;
            }
        };
        let rebuild = async {
            let url = world.nats.url();
            let client = async_nats::connect(url).await.unwrap();
            let store = store::Store::new(world.pool.clone());
            relay::bus::rebuild(&store, &client, &|_, _| {}).await
        };
        let rebuilt = tokio::select! {
            rebuilt = rebuild => rebuilt.unwrap(),
            () = rival => unreachable!("it never ends"),
        };
        assert!(rebuilt.consumers.contains(&"reader".to_owned()));
        let kept = settings(&context).await.max_bytes;
        assert_eq!(kept, 1 << 30, "what the operator had chosen");
        let reader = make().await.unwrap();
        let message = reader
            .fetch()
            .max_messages(1)
            .messages()
            .await
            .unwrap()
            .next()
            .await;
        assert_eq!(message.unwrap().unwrap().info().unwrap().stream_sequence, 4);
    });
}

#[test]
fn a_forged_message_is_found_by_its_content_and_mended_and_the_stream_s_settings_stay() {
    run(async {
        let world = world().await;
        let visitor = newcomer_with_account(&world, &newcomer()).await;
        let told = world.until_settled().await;
        world.stop("relay");
        let forged = told.iter().find(|it| it.name() == "TopicsChosen").unwrap();
        let context = jetstream_of(&world.nats.url()).await;
        replace_with_a_forgery(&context, forged.stream_sequence).await;
        // The relay looks at the end of the stream only, and that is as it was.
        world.run("relay").await;
        let found = verify(&world, 3);
        assert_eq!(found["difference"]["position"], forged.stream_sequence);
        assert_eq!(found["difference"]["what"], "the payload differs");
        assert_eq!(found["equal"], forged.stream_sequence - 1);

        world.command(&["bus", "rebuild"], 0);
        verify(&world, 0);
        let mended = world.until_settled().await;
        assert_eq!(mended[forged.stream_sequence as usize - 1].event, forged.event);
        let kept = settings(&context).await.max_bytes;
        assert_eq!(kept, 1 << 30, "what the operator had chosen outlives a rebuild");
        assert_eq!(
            world.mails_to(&visitor.person.email).len(),
            2,
            "each mail was sent once"
        );
        world.command(&["projections", "verify"], 0);
    });
}

/// Makes the stream again as it was, save for one word of one message, as whoever may write to the server can.
async fn replace_with_a_forgery(context: &jetstream::Context, sequence: u64) {
    let mut stream = context.get_stream(STREAM).await.unwrap();
    let last = stream.info().await.unwrap().state.last_sequence;
    let mut messages = Vec::new();
    for place in 1..=last {
        messages.push(stream.get_raw_message(place).await.unwrap());
    }
    let mut settings = stream.cached_info().config.clone();
    settings.max_bytes = 1 << 30;
    context.delete_stream(STREAM).await.unwrap();
    context.create_stream(settings).await.unwrap();
    for (message, place) in messages.into_iter().zip(1..) {
        let mut payload = String::from_utf8(message.payload.to_vec()).unwrap();
        if place == sequence {
            assert!(payload.contains("payments"), "{payload}");
            payload = payload.replace("payments", "reminders");
        }
        let published = PublishMessage::build()
            .headers(without_batch(&message.headers))
            .payload(payload.into())
            .outbound_message(message.subject.to_string());
        context
            .client()
            .publish_with_headers(published.subject, published.headers.unwrap(), published.payload)
            .await
            .unwrap();
    }
    eventually("the forgery is stored", async || {
        (context
            .get_stream(STREAM)
            .await
            .ok()?
            .cached_info()
            .state
            .last_sequence
            == last)
            .then_some(())
    })
    .await;
}

/// Only what says which event it is: the headers of a batch would make the server wait for its end.
fn without_batch(headers: &HeaderMap) -> HeaderMap {
    let kept = headers.iter().filter(|(name, _)| {
        let name = name.to_string();
        !name.starts_with("Nats-Batch") && !name.starts_with("Nats-Expected")
    });
    kept.flat_map(|(name, values)| values.iter().map(move |value| (name.clone(), value.clone())))
        .collect()
}

#[test]
fn a_message_whose_bytes_rotted_on_the_disk_is_found_and_mended() {
    run(async {
        let world = world().await;
        newcomer_with_account(&world, &newcomer()).await;
        let told = world.until_settled().await;
        let rotten = told.iter().find(|it| it.name() == "TopicsChosen").unwrap();
        world.nats.kill();
        let messages = world
            .nats
            .store()
            .join("jetstream/$G/streams")
            .join(STREAM)
            .join("msgs");
        assert!(
            turn_a_bit_over(&messages, rotten.event["id"].as_str().unwrap()),
            "the message is on the disk"
        );
        world.nats.run().await;
        // A server that lost the rest of the file with it gets the positions again from the relay; one that lost just this
        // message keeps a hole.
        let mended = eventually("the stream is as long as the log again", async || {
            let stored = world.events().await;
            (feed::last_sequence(&world.nats.url()).await? >= stored).then_some(())
        });
        mended.await;
        let found = world.try_command(&["bus", "verify", "--json"]);
        let found: Value = serde_json::from_slice(&found.stdout).expect("JSON");
        if !found["difference"].is_null() {
            assert_eq!(found["difference"]["position"], rotten.stream_sequence);
            world.command(&["bus", "rebuild"], 0);
        }
        verify(&world, 0);
        let again = world.until_settled().await;
        assert!(
            told.iter()
                .zip(&again)
                .all(|(one, other)| one.event == other.event)
        );
        world.until_projected().await;
        world.command(&["projections", "verify"], 0);
    });
}

/// Turns over a bit of the message that has this text, behind its first occurrence. False when no file has it.
fn turn_a_bit_over(folder: &Path, text: &str) -> bool {
    for file in fs::read_dir(folder).expect("a folder") {
        let path = file.expect("a file").path();
        let mut bytes = fs::read(&path).unwrap_or_default();
        let found = bytes.windows(text.len()).position(|it| it == text.as_bytes());
        if let Some(place) = found {
            bytes[place + text.len() + 8] ^= 1;
            fs::write(&path, bytes).expect("a file");
            return true;
        }
    }
    false
}

#[test]
fn copies_on_three_servers_are_compared_each_and_the_one_that_rotted_is_named() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let cluster = NatsCluster::start(folder.path()).await;
        let world = World::start(Plan {
            no_limits: true,
            nothing_runs: true,
            settings: vec![("ONBOARDING_NATS_URL", cluster.url())],
            ..Plan::default()
        })
        .await;
        for role in ["api", "relay"] {
            world.run(role).await;
        }
        let kept = world.command(&["bus", "replicas", "3", "--json"], 0);
        let kept: Value = serde_json::from_slice(&kept.stdout).expect("JSON");
        assert!(
            kept.as_array().unwrap().iter().all(|it| it["copies"] == 3),
            "{kept}"
        );
        register_many(&world, 8).await;
        let any = cluster.names().next().unwrap().to_owned();
        let log = world.events().await;
        until_equal("the stream's length", Some(log), async || {
            feed::last_sequence(&cluster.url_of(&any)).await
        })
        .await;
        until_replicas_are_current(&cluster).await;
        let whole = verify(&world, 0);
        let servers: Vec<&str> = whole["replicas"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["server"].as_str().unwrap())
            .collect();
        assert_eq!(servers, cluster.names().collect::<Vec<_>>());

        let leader = cluster.leader_of(STREAM).await;
        let follower = cluster.names().find(|name| *name != leader).unwrap().to_owned();
        let victim = feed::read(&cluster.url_of(&leader)).await.remove(4);
        cluster.stop(&follower);
        let messages = cluster.messages_of(&follower, STREAM);
        assert!(turn_a_bit_over(&messages, victim.event["id"].as_str().unwrap()));
        let away = verify(&world, 1);
        let unread = away["replicas"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["compared"] == false)
            .unwrap();
        assert_eq!(
            unread["server"],
            follower.as_str(),
            "a server that is away is told"
        );
        cluster.run(&follower).await;
        until_replicas_are_current(&cluster).await;

        let found = verify(&world, 3);
        for replica in found["replicas"].as_array().unwrap() {
            let position = &replica["difference"]["position"];
            match replica["server"] == follower.as_str() {
                true => assert_eq!(*position, victim.stream_sequence, "{found}"),
                false => assert!(position.is_null(), "{found}"),
            }
        }
        world.command(&["bus", "rebuild"], 0);
        until_replicas_are_current(&cluster).await;
        let mended = verify(&world, 0);
        assert_eq!(
            mended["replicas"].as_array().unwrap().len(),
            3,
            "it is still kept three times"
        );
    });
}

async fn until_replicas_are_current(cluster: &NatsCluster) {
    let any = cluster.names().next().unwrap().to_owned();
    eventually("every copy is current", async || {
        let stream: Stream = jetstream_of(&cluster.url_of(&any))
            .await
            .get_stream(STREAM)
            .await
            .ok()?;
        let info = stream.cached_info().cluster.as_ref()?;
        let current = info.replicas.iter().all(|peer| peer.current && !peer.offline);
        (info.leader.is_some() && info.replicas.len() == 2 && current).then_some(())
    })
    .await;
}

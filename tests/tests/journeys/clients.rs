//! The examples as real clients: killed midway, started again, and every event once in effect.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use serde_json::Value;
use subscribers::ACK_WAIT;
use tests::eventually::{eventually, within};
use tests::feed::Message;
use tests::fetching::Fetching;
use tests::journey::newcomer_with_account;
use tests::people::newcomer;
use tests::ports::free_port;
use tests::programs::repository;
use tests::run;
use tests::world::{Plan, World};

/// What each registration's events brought about: sequence and type, in the order of their effect.
type Effects = BTreeMap<String, Vec<(u64, String)>>;

/// Longer than any of the clients waits for a server to show that it lives: async-nats looks for a sign every 15 seconds and
/// misses it at the second.
const HANG: Duration = Duration::from_secs(35);

/// A client as a process; killed when dropped.
pub struct Client {
    process: Child,
    log: PathBuf,
}

impl Client {
    /// Starts it with what `subscriber add` told, and where it keeps what it made of the feed.
    pub fn start(
        world: &World,
        told: &Fetching,
        program: &Path,
        arguments: &[PathBuf],
        store: (&str, &OsStr),
    ) -> Self {
        let log = world.folder.join("client.log");
        let python_path = std::env::join_paths(
            ["tests/clients", ".onboarding/tools/python"].map(|it| repository().join(it)),
        )
        .unwrap();
        let process = Command::new(program)
            .args(arguments)
            .env("PYTHONPATH", python_path)
            .env("FEED_NATS_URL", one_of_two(told.told("nats_url")))
            .env("FEED_STREAM", told.told("stream"))
            .env("FEED_CONSUMER", told.told("consumer"))
            .env("FEED_INBOX_PREFIX", told.told("inbox_prefix"))
            .env(store.0, store.1)
            .current_dir(&world.folder)
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap_or_else(|fault| panic!("{} does not start: {fault}", program.display()));
        Self { process, log }
    }

    /// Ends the test with the client's last words where it ended by itself.
    pub fn must_be_alive(&mut self) {
        if let Some(status) = self.process.try_wait().unwrap() {
            let said = fs::read_to_string(&self.log).unwrap();
            panic!("the client ended by itself, {status}:\n{said}");
        }
    }

    /// Ends it as a power failure would.
    pub fn kill(mut self) {
        self.must_be_alive();
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// As a cluster's address is told, of whose servers the first is away.
fn one_of_two(url: &str) -> String {
    let (credential, _) = url.rsplit_once('@').expect("a credential");
    format!("{credential}@127.0.0.1:{},{url}", free_port())
}

fn expected(feed: &[Message]) -> Effects {
    let mut effects = Effects::new();
    for message in feed {
        let kind = message.event["type"].as_str().unwrap().to_owned();
        let sequence = message.event["sequence"].as_u64().unwrap();
        effects
            .entry(message.registration().to_owned())
            .or_default()
            .push((sequence, kind));
    }
    effects
}

/// The CloudEvents project's own SDK reads what these streams hold, byte for byte, and finds nothing wrong.
async fn are_cloudevents(world: &World, streams: &[&str]) {
    let file = world.folder.join("messages.jsonl");
    let context = async_nats::jetstream::new(async_nats::connect(world.nats.url()).await.unwrap());
    for name in streams {
        let stream = context.get_stream(name).await.unwrap();
        let state = &stream.cached_info().state;
        let mut lines = Vec::new();
        for sequence in state.first_sequence..=state.last_sequence {
            // An own stream has holes where messages were acknowledged.
            if let Ok(message) = stream.get_raw_message(sequence).await {
                lines.extend_from_slice(&message.payload);
                lines.push(b'\n');
            }
        }
        fs::write(&file, lines).unwrap();
        let judged = Command::new("node")
            .arg(repository().join("tests/contract/cloudevents.mjs"))
            .arg(&file)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&judged.stderr);
        assert!(judged.status.success(), "{name}: {said}");
    }
}

/// Starts the server again while nobody answers for logins, until two were refused.
async fn refuse_logins(world: &World, client: &mut Client) {
    let before = world.nats.refusals();
    world.stop("feed");
    world.nats.kill();
    world.nats.run().await;
    eventually("two logins are refused", async || {
        client.must_be_alive();
        (world.nats.refusals() > before + 1).then_some(())
    })
    .await;
    world.run("feed").await;
}

/// Runs a client over a growing feed, and kills it twice.
async fn survives(
    program: &Path,
    arguments: &[PathBuf],
    store_name: &str,
    effects: impl Fn(&Path) -> Effects,
) {
    for script in arguments {
        assert!(script.is_file(), "{} is missing", script.display());
    }
    let world = World::start(Plan {
        nats_asks: true,
        ..Plan::default()
    })
    .await;
    let store = world.folder.join(store_name);
    let all: Vec<&str> = subscribers::known_events().into_iter().collect();
    let crm = Fetching::add(&world, "crm", &all.join(","), &["--from", "start"]);
    newcomer_with_account(&world, &newcomer()).await;
    let stream = async_nats::jetstream::new(async_nats::connect(world.nats.url()).await.unwrap());
    eventually("its own stream has something", async || {
        let own = stream.get_stream(crm.told("stream")).await.ok()?;
        (own.cached_info().state.messages > 0).then_some(())
    })
    .await;
    are_cloudevents(&world, &["ONBOARDING", crm.told("stream")]).await;
    let count = || effects(&store).values().map(Vec::len).sum::<usize>();
    let start = || {
        Client::start(
            &world,
            &crm,
            program,
            arguments,
            ("FEED_STORE", store.as_os_str()),
        )
    };
    for _ in 0..2 {
        let (mut client, before) = (start(), count());
        newcomer_with_account(&world, &newcomer()).await;
        within(6 * ACK_WAIT, "the client does something", async || {
            client.must_be_alive();
            (count() > before).then_some(())
        })
        .await;
        client.kill();
    }
    let mut client = start();
    // Nothing, a server that hangs, logins that nobody answers: none of it ends a client.
    for hang in [Some(Duration::ZERO), Some(HANG), None] {
        match hang {
            Some(time) => world.nats.hang(time).await,
            None => refuse_logins(&world, &mut client).await,
        }
        newcomer_with_account(&world, &newcomer()).await;
        let expected = expected(&world.until_settled().await);
        // What a killed client was holding comes again after the consumer's ack wait, for each registration in its turn.
        within(
            6 * ACK_WAIT,
            "effects, each event once and in order",
            async || {
                client.must_be_alive();
                (effects(&store) == expected).then_some(())
            },
        )
        .await;
    }
    client.kill();
}

#[test]
fn the_python_client_is_killed_and_every_event_has_one_effect() {
    let read = "import json,os,sqlite3,sys\n\
        rows = sqlite3.connect(sys.argv[1]).execute('SELECT * FROM effects ORDER BY rowid').fetchall() if os.path.exists(sys.argv[1]) else []\n\
        print(json.dumps(rows))";
    run(survives(
        Path::new("python3"),
        &[repository().join("examples/python/consumer.py")],
        "feed.sqlite",
        |store| {
            let output = Command::new("python3")
                .args(["-c", read])
                .arg(store)
                .output()
                .unwrap();
            let rows: Vec<(String, u64, String)> = serde_json::from_slice(&output.stdout).unwrap_or_default();
            let mut effects = Effects::new();
            for (registration, sequence, kind) in rows {
                effects.entry(registration).or_default().push((sequence, kind));
            }
            effects
        },
    ));
}

/// What the clients keep that write one file of JSON.
fn effects_in_json(store: &Path) -> Effects {
    let text = fs::read(store).unwrap_or_default();
    let kept: BTreeMap<String, Value> = serde_json::from_slice(&text).unwrap_or_default();
    let effect = |it: &Value| {
        (
            it["sequence"].as_u64().unwrap(),
            it["type"].as_str().unwrap().to_owned(),
        )
    };
    let of = |(id, it): (String, Value)| (id, it["effects"].as_array().unwrap().iter().map(effect).collect());
    kept.into_iter().map(of).collect()
}

#[test]
fn the_node_client_is_killed_and_every_event_has_one_effect() {
    let script = repository().join("examples/node/consumer.mjs");
    run(survives(
        Path::new("node"),
        &[script],
        "feed.json",
        effects_in_json,
    ));
}

/// The program of an example in Rust. `cargo test` builds examples too; who names one test program builds them first.
pub fn example(name: &str) -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let program = program.ancestors().nth(2).unwrap().join("examples").join(name);
    assert!(
        program.is_file(),
        "it is made by: cargo build --workspace --examples"
    );
    program
}

#[test]
fn the_rust_client_is_killed_and_every_event_has_one_effect() {
    run(survives(&example("consumer"), &[], "feed.json", effects_in_json));
}

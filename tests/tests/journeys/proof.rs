//! The log is signed, watched, exported and verified by programs that know nothing of each other; and a database that is
//! not the one that was signed gets no signature.

use std::path::Path;
use std::process::{Command, Output};

use reqwest::Method;
use serde_json::Value;
use tests::eventually::eventually;
use tests::journey::newcomer_with_account;
use tests::people::newcomer;
use tests::run;
use tests::world::{Plan, World};
use tlog::{Checkpoint, Verifier};

/// The log's key, as anybody reads it.
async fn key(world: &World) -> Verifier {
    let answer = world.client.ask(Method::GET, "/log/key").send().await;
    Verifier::parse(&answer.text).expect("a key")
}

/// The log's checkpoint once it covers so many events.
async fn covered(world: &World, events: u64) -> String {
    let key = key(world).await;
    eventually("a checkpoint covers every event", async || {
        let answer = world.client.ask(Method::GET, "/log/checkpoint").send().await;
        let (checkpoint, _) = Checkpoint::open(&answer.text, &key).ok()?;
        (checkpoint.size >= events).then_some(answer.text)
    })
    .await
}

fn python(folder: &Path, arguments: &[&str]) -> Output {
    let program = folder.join("verify.py");
    let run = Command::new("python3")
        .arg(program)
        .arg(folder)
        .args(arguments)
        .output();
    run.expect("python3 runs")
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn the_log_is_signed_witnessed_exported_and_verified_without_the_service() {
    run(async {
        let world = World::start(Plan::default()).await;
        let visitor = newcomer_with_account(&world, &newcomer()).await;
        let events = world.until_settled().await.len() as u64;
        covered(&world, events).await;

        // The witness is a stranger: its own folder, the log's address and key, nothing else.
        let place = |name: &str| world.folder.join(name).display().to_string();
        let (log, vkey) = (format!("{}/log", world.base()), key(&world).await.to_string());
        let (its_key, its_state) = (place("witness.key"), place("witness.state"));
        let watch = [
            "--json",
            "witness",
            "--once",
            "--log",
            &log,
            "--vkey",
            &vkey,
            "--name",
            "witness.example.org",
            "--key-file",
            &its_key,
            "--state",
            &its_state,
        ];
        let first = world.command(&watch, 0);
        let identity: Value =
            serde_json::from_slice(first.stdout.split(|it| *it == b'\n').next().unwrap()).unwrap();
        let identity = identity["witness"].as_str().unwrap().to_owned();
        world.stop("api");
        world.begin_with("api", &[("ONBOARDING_LOG_WITNESSES", &identity)]);
        world.until_ready("api").await;
        newcomer_with_account(&world, &newcomer()).await;
        let events = world.until_settled().await.len() as u64;
        covered(&world, events).await;
        world.command(&watch, 0);
        let cosigned = covered(&world, events).await;
        assert!(cosigned.contains("\u{2014} witness.example.org "), "{cosigned}");

        // The same bytes as on the bus and in the file, whose signatures come from outside PostgreSQL.
        let file = std::fs::read_to_string(world.data_folder().join("checkpoint")).unwrap();
        assert!(cosigned.starts_with(&file), "{file}");

        let folder = place("export");
        world.command(&["audit", "export", &folder, "--csv", "--parquet"], 0);
        world.command(&["audit", "verify"], 0);
        world.command(&["audit", "verify", "--export", &folder, "--vkey", &vkey], 0);
        let outside = python(Path::new(&folder), &["--key", &vkey]);
        assert_eq!(outside.status.code(), Some(0), "{}", said(&outside));
        let copy = place("copy");
        world.command(&["audit", "export", &copy, "--pseudonymised"], 0);
        let text = std::fs::read_to_string(Path::new(&copy).join("events.ndjson")).unwrap();
        assert!(
            text.lines().count() as u64 >= events && !text.contains(&visitor.id),
            "ids are others'"
        );
        world.command(&["rules", "replay"], 0);
        let now = chrono::Utc::now().to_rfc3339();
        let stood = world
            .command(
                &["audit", "state", "--at", &now, "--registration", &visitor.id],
                0,
            )
            .stdout;
        let stood = String::from_utf8(stood).unwrap();
        assert!(
            stood.contains("\"people\"") && stood.contains("\"active\""),
            "{stood}"
        );
        let before = world.command(&["audit", "state", "--at", "2020-01-01"], 0).stdout;
        assert!(before.is_empty(), "nothing stood then");
        world.command(&["audit", "replay", "--type", "NoSuchEvent"], 2);
    });
}

#[test]
fn a_database_that_is_older_than_its_signature_is_not_signed_and_everybody_is_told() {
    run(async {
        let world = World::start(Plan::default()).await;
        newcomer_with_account(&world, &newcomer()).await;
        let events = world.until_settled().await.len() as u64;
        let kept = covered(&world, events).await;
        std::fs::write(world.folder.join("kept"), &kept).unwrap();
        for role in ["relay", "projector", "feed", "mailer", "worker"] {
            world.stop(role);
        }
        // As after restoring the backup of an earlier day: events, log, tree and checkpoints end sooner.
        let restore = "
            ALTER TABLE events DISABLE TRIGGER USER; ALTER TABLE checkpoints DISABLE TRIGGER USER;
            DELETE FROM events WHERE position > 1; DELETE FROM checkpoints;
            UPDATE log_head SET size = 1, frontier = ARRAY[(SELECT leaf_hash FROM events)];
            ALTER TABLE events ENABLE ALWAYS TRIGGER events_append_only";
        sqlx::raw_sql(restore).execute(&world.pool).await.unwrap();
        world.begin("relay");
        let told = eventually("signing stops", async || {
            let answer = world
                .admin("relay")
                .ask(Method::GET, "/readyz")
                .try_send()
                .await
                .ok()?;
            (answer.status == 503 && answer.text.contains("signed")).then_some(answer.text)
        })
        .await;
        assert!(told.contains("older than the signature"), "{told}");
        let log = world.log("relay");
        assert_eq!(log.matches("signing stopped").count(), 1, "told once");
        assert!(log.contains("log_origin"), "with the way out");
        let file = std::fs::read_to_string(world.data_folder().join("checkpoint")).unwrap();
        assert!(kept.starts_with(&file), "nothing was signed since");

        let found = world.command(
            &[
                "audit",
                "verify",
                "--since",
                &world.folder.join("kept").display().to_string(),
            ],
            3,
        );
        assert!(said(&found).contains("position 2"), "{}", said(&found));
        let doctor = world.command(&["doctor"], 1);
        assert!(said(&doctor).contains("FAULT  signing"), "{}", said(&doctor));
    });
}

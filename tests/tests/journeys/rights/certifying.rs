//! The certificate of an erasure, verified by whoever has the file and two keys, and refused when anything was changed.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tests::eventually::eventually;
use tests::journey::{newcomer_with_account, sign_in};
use tests::people::{PASSWORD, newcomer};
use tests::programs::repository;
use tests::run;
use tests::world::World;

use super::ask_to_be_erased;
use crate::shared::guide;

/// Verifies a certificate by the command and by the program written apart, which must agree; the exit code.
#[track_caller]
fn verify(world: &World, file: &Path, certificate: &Value, [statements, log]: [&str; 2]) -> Option<i32> {
    fs::write(file, certificate.to_string()).unwrap();
    let file = file.display().to_string();
    let arguments = [
        "erasure",
        "verify",
        &file,
        "--statements",
        statements,
        "--log",
        log,
    ];
    let code = world.try_command(&arguments).status.code();
    let apart = Command::new("python3")
        .arg(repository().join("tests/verifier/certificate.py"))
        .args([&file, "--statements", statements, "--log", log])
        .output()
        .expect("Python runs");
    assert_eq!(
        apart.status.code(),
        code,
        "{}",
        String::from_utf8_lossy(&apart.stdout)
    );
    code
}

#[test]
fn an_erasure_is_certified_and_the_certificate_holds_for_that_erasure_only() {
    run(async {
        let world = guide().await;
        let person = newcomer();
        let visitor = newcomer_with_account(world, &person).await;
        let path = format!("/v1/erasures/{}", visitor.id);
        world.client.get(&path).await.problem(404, "not-found");
        world.command(&["erasure", "certificate", &visitor.id], 1);
        let session = sign_in(world, &person.email, PASSWORD).await;
        ask_to_be_erased(world, &session).await.expect(202);
        let certificate = eventually("a checkpoint covers the erasure", async || {
            let answer = world.client.get(&path).await;
            (answer.status == 200).then_some(answer.body)
        })
        .await;
        let statement = certificate["statement"].as_str().unwrap();
        assert!(
            statement.contains(&format!("registration {}\n", visitor.id)),
            "{statement}"
        );
        assert!(
            statement.contains("\nby person\n") && statement.contains("\ncopies_open_until 2"),
            "{statement}"
        );
        assert!(!certificate.to_string().contains(&person.last_name));

        let printed = world.command(&["erasure", "keys"], 0);
        let printed = String::from_utf8(printed.stdout).unwrap();
        let keys: Vec<&str> = printed.lines().collect();
        let [statements, log] = keys[..] else {
            panic!("{printed}")
        };
        let file = world.folder.join("certificate.json");
        let keys = [statements, log];
        assert_eq!(verify(world, &file, &certificate, keys), Some(0));
        assert_eq!(verify(world, &file, &certificate, [log, statements]), Some(3));

        // Whatever is changed is found.
        let other = uuid::Uuid::now_v7().to_string();
        let mut forged: Vec<Value> = Vec::new();
        for (member, value) in [
            ("aggregate_id", json!(other)),
            ("recorded_at", json!("2026-01-01T00:00:00Z")),
            ("sequence", json!(3)),
            (
                "payload",
                json!(r#"{"type":"PersonErased","by":"operator","reason":"x"}"#),
            ),
            ("payload", json!(r#"{"type":"ContactNotMatched"}"#)),
            ("metadata", json!("{}")),
            ("position", json!(1)),
            ("leaf_hash", json!("00".repeat(32))),
        ] {
            let mut copy = certificate.clone();
            copy["event"][member] = value;
            forged.push(copy);
        }
        // Members that nobody signed would be read by whoever does not look closely.
        for member in ["registration", "copies_open_until"] {
            let mut copy = certificate.clone();
            copy[member] = json!(other);
            forged.push(copy);
        }
        for (member, from, to) in [
            ("statement", visitor.id.as_str(), other.as_str()),
            ("statement", "by person", "by operator"),
            ("statement", "copies_open_until 2", "copies_open_until 1"),
            ("proof", "index ", "index 1"),
        ] {
            let mut copy = certificate.clone();
            copy[member] = json!(certificate[member].as_str().unwrap().replacen(from, to, 1));
            assert_ne!(copy, certificate);
            forged.push(copy);
        }
        for copy in forged {
            assert_eq!(verify(world, &file, &copy, keys), Some(3), "{copy}");
        }
        assert_eq!(verify(world, &file, &json!("nothing"), keys), Some(3));
        assert_eq!(verify(world, &file, &certificate, ["x", "y"]), Some(2));
    });
}

//! Clients that generators make of the description: each compiles as it comes, and makes a whole journey.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tests::journey::MEMBER;
use tests::people::{Person, newcomer};
use tests::programs::repository;
use tests::run;
use tests::world::World;

use crate::shared::guide;

const CLIENTS: &str = "tests/contract/clients";

/// A journey as a process; it says `mail` when it waits for the token of its link.
async fn makes_an_account(world: &World, mut journey: Command) {
    let Person { email, .. } = newcomer();
    let mut running = journey
        .env("ONBOARDING_BASE", world.client.base())
        .env("PERSON_EMAIL", &email)
        .env("MEMBER_SIRET", MEMBER.0)
        .env("MEMBER_NUMBER", MEMBER.1)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|fault| panic!("{journey:?} does not start: {fault}"));
    let mut told = BufReader::new(running.stdout.take().unwrap()).lines();
    if told.next().is_some_and(|line| line.unwrap() == "mail") {
        let mail = world.mail_to(&email).await;
        writeln!(running.stdin.take().unwrap(), "{}", mail.token()).unwrap();
    }
    assert!(running.wait().unwrap().success(), "{journey:?}");
}

fn clients() -> PathBuf {
    repository().join(CLIENTS)
}

#[test]
fn a_python_client_makes_an_account() {
    run(async {
        let world = guide().await;
        let packages = repository().join(".onboarding/tools/python-generators");
        let path = std::env::join_paths([packages, world.folder.clone()]).unwrap();
        let python = || {
            let mut python = Command::new("python3");
            python.env("PYTHONPATH", &path);
            python
        };
        let made = python()
            .args([
                "-m",
                "openapi_python_client",
                "generate",
                "--fail-on-warning",
                "--meta",
                "none",
                "--overwrite",
            ])
            .arg("--path")
            .arg(repository().join("schemas/openapi.json"))
            .arg("--config")
            .arg(clients().join("openapi-python-client.yaml"))
            .arg("--output-path")
            .arg(world.folder.join("made_client"))
            .status();
        assert!(made.unwrap().success());
        let mut journey = python();
        journey.arg(clients().join("journey.py"));
        makes_an_account(world, journey).await;
    });
}

#[test]
fn typescript_clients_make_an_account() {
    run(async {
        let world = guide().await;
        let make = Command::new("node").arg(clients().join("make.mjs")).status();
        assert!(make.unwrap().success());
        for journey in ["fetch.js", "hey-api.js"] {
            let mut node = Command::new("node");
            node.arg(clients().join("made/js").join(journey));
            makes_an_account(world, node).await;
        }
    });
}

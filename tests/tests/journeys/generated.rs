//! Clients that generators make of the description: each compiles as it comes, and makes a whole journey.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
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

/// Runs a program and ends the test with what it said where it fails.
fn must(command: &mut Command) {
    let output = command
        .output()
        .unwrap_or_else(|fault| panic!("{command:?} does not start: {fault}"));
    let said = [&output.stdout[..], &output.stderr].concat();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&said)
    );
}

fn java_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let files = entries.map(|it| match it.is_dir() {
        true => java_files(&it),
        false => vec![it],
    });
    files
        .flatten()
        .filter(|it| it.extension().is_some_and(|it| it == "java"))
        .collect()
}

#[test]
fn a_java_client_makes_an_account() {
    run(async {
        let world = guide().await;
        let packages = repository().join(".onboarding/tools/python-generators");
        // The generator's program holds Jackson, which its clients need.
        let generator = packages.join("openapi_generator_cli/openapi-generator.jar");
        let (made, classes) = (world.folder.join("made-java"), world.folder.join("classes"));
        let names = "apiPackage=made.client.api,modelPackage=made.client.model,invokerPackage=made.client";
        must(
            Command::new("java")
                .arg("-jar")
                .arg(&generator)
                .args(["generate", "-g", "java", "--library", "native", "-i"])
                .arg(repository().join("schemas/openapi.json"))
                .arg("-o")
                .arg(&made)
                .arg(format!(
                    "--additional-properties=openApiNullable=false,annotationLibrary=none,{names}"
                )),
        );
        must(
            Command::new("javac")
                .args(["-proc:none", "-nowarn", "-encoding", "UTF-8", "-cp"])
                .arg(&generator)
                .arg("-d")
                .arg(&classes)
                .args(java_files(&made.join("src/main")))
                .args(java_files(&clients().join("java"))),
        );
        let path = std::env::join_paths([&generator, &classes]).unwrap();
        let mut journey = Command::new("java");
        journey.arg("-cp").arg(path).arg("Journey");
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

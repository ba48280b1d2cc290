//! A person's rights: who looked, correcting, being forgotten after a wait, under a hold, and again after a restore.

mod canary;
mod certifying;
mod erasing;
mod keeping;
mod looking;
mod retaining;

use reqwest::Method;
use serde_json::{Value, json};
use tests::client::Answer;
use tests::people::PASSWORD;
use tests::world::World;

pub async fn export(world: &World, session: &str) -> Value {
    world
        .client
        .ask(Method::GET, "/v1/me/export")
        .bearer(session)
        .send()
        .await
        .expect(200)
        .body
}

pub async fn ask_to_be_erased(world: &World, session: &str) -> Answer {
    ask_to_be_erased_with(world, session, PASSWORD).await
}

pub async fn ask_to_be_erased_with(world: &World, session: &str, password: &str) -> Answer {
    world
        .client
        .ask(Method::POST, "/v1/me/erasure")
        .bearer(session)
        .json(&json!({"password": password}))
        .send()
        .await
}

/// What a command printed as JSON.
pub fn told(world: &World, arguments: &[&str]) -> Value {
    let output = world.command(&[&["--json"], arguments].concat(), 0);
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// What each line of a command's JSON says was done.
pub fn told_lines(world: &World, arguments: &[&str]) -> Vec<String> {
    let output = world.command(&[&["--json"], arguments].concat(), 0);
    let text = String::from_utf8(output.stdout).expect("text");
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines
        .map(|it| it["what"].as_str().expect("a code").to_owned())
        .collect()
}

pub async fn is_alive(world: &World, registration: &str) -> bool {
    let query = format!(
        "SELECT count(*) FROM keyring.person_keys WHERE registration_id = '{registration}' AND wrapped IS NOT NULL"
    );
    world.count(&query).await == 1
}

/// A grant of joe's to jane, for this registration.
pub fn give_grant(world: &World, registration: &str, lifetime: &str) -> String {
    let grant = told(
        world,
        &[
            "grant",
            "give",
            "--to",
            "jane",
            "--role",
            "privacy_officer",
            "--purpose",
            "a complaint",
            "--registration",
            registration,
            "--for",
            lifetime,
            "--by",
            "joe",
        ],
    );
    grant["grant_id"].as_str().expect("an id").to_owned()
}

//! `POST /v1/me/erasure`: how long until a person is forgotten and the disk outside PostgreSQL has it, beside signing in,
//! which checks the same password and writes one row.

use std::time::{Duration, Instant};

use anyhow::Context;
use bench::client::Client;
use bench::load::Measured;
use bench::mailbox::Mailbox;
use bench::people::{PASSWORD, People, contacts_csv};
use bench::report::{Report, figure};
use bench::service::Service;
use bench::settings::Settings;
use clap::Parser;
use reqwest::Method;
use serde_json::{Value, json};

/// Accounts made for each second of the window.
const ACCOUNTS_A_SECOND: u64 = 20;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let settings = Settings::parse();
    let accounts = (settings.window().as_secs() * ACCOUNTS_A_SECOND).max(ACCOUNTS_A_SECOND);
    let mailbox = Mailbox::open().await?;
    let service = Service::start(&settings, mailbox.url())?;
    let file = service.folder().join("contacts.csv");
    std::fs::write(&file, contacts_csv(accounts))?;
    service.command(&["directory", "import", "contacts", &file.display().to_string()])?;
    let client = Client::new(&service.url)?;

    let people = People::contacts();
    let mut sign_ins = Vec::new();
    let mut sessions = Vec::new();
    for _ in 0..accounts {
        let person = people.next();
        let started = client.start(&person).await?;
        let token = mailbox.token(&person.address).await?;
        let password = json!({ "token": token, "password": PASSWORD });
        client.step(&started, "password", password).await?;
        let body = json!({ "email": person.address, "password": PASSWORD });
        let begun = Instant::now();
        let session = client.ask(Method::POST, "/v1/sessions", None, &body).await?;
        sign_ins.push(begun.elapsed());
        sessions.push(
            session["token"]
                .as_str()
                .context("a session has a token")?
                .to_owned(),
        );
    }
    let mut erasures = Vec::new();
    for session in &sessions {
        let begun = Instant::now();
        let body = json!({ "password": PASSWORD });
        let erased: Value = client
            .ask(Method::POST, "/v1/me/erasure", Some(session), &body)
            .await?;
        erasures.push(begun.elapsed());
        anyhow::ensure!(erased["state"] == "erased", "the account was not erased");
    }

    let measured = |took: Vec<Duration>| {
        let window = took.iter().sum();
        Measured::of(took, window)
    };
    let rows = [
        ("signing in", measured(sign_ins)),
        ("erasure", measured(erasures)),
    ];
    let mut report = Report::new(
        "Erasures, one after the other",
        &["what", "how many", "a second", "p50 ms", "p99 ms"],
    );
    for (what, it) in &rows {
        report.row([
            (*what).to_owned(),
            it.count.to_string(),
            figure(it.per_second),
            figure(it.p50_ms),
            figure(it.p99_ms),
        ]);
    }
    report.note(
        "Both check the password by Argon2id. An erasure then destroys the key, appends the event and deletes what is kept in one \
         transaction, and flushes the list of the erased outside PostgreSQL before it answers.",
    );
    report.write(&rows)
}

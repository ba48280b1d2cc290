//! Whole journeys, from the first form to an account, with the mail read and its link followed; beside the password hash
//! alone, which bounds them.

use std::sync::Arc;

use bench::client::Client;
use bench::family::CpuMs;
use bench::limits::bare_hashes;
use bench::load::{Measured, closed_loop};
use bench::mailbox::Mailbox;
use bench::people::{MEMBER_NUMBER, PASSWORD, People, Person, SIRET, contacts_csv};
use bench::report::{Report, figure};
use bench::service::Service;
use bench::settings::Settings;
use clap::Parser;
use reqwest::Method;
use serde::Serialize;
use serde_json::{Value, json};

const CLIENTS: [usize; 2] = [8, 32];
/// More than can register in the windows: each becomes one account.
const CONTACTS: u64 = 20_000;

#[derive(Serialize)]
struct Row {
    journey: &'static str,
    clients: usize,
    hashes: u32,
    measured: Measured,
    share_of_hashing: f64,
    cpu_ms: CpuMs,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let settings = Settings::parse();
    let hashing = bare_hashes(settings.warm_up(), settings.window()).await?;
    let mailbox = Mailbox::open().await?;
    let service = Service::start(&settings, mailbox.url())?;
    let file = service.folder().join("contacts.csv");
    std::fs::write(&file, contacts_csv(CONTACTS))?;
    service.command(&["directory", "import", "contacts", &file.display().to_string()])?;
    let client = Client::new(&service.url)?;

    let mut rows = Vec::new();
    let (newcomers, contacts) = (Arc::new(People::newcomers()), Arc::new(People::contacts()));
    for clients in CLIENTS {
        for (journey, hashes, people) in [
            ("known contact to account", 1, &contacts),
            ("newcomer to signed in", 2, &newcomers),
        ] {
            let (client, mailbox, people) = (client.clone(), mailbox.clone(), people.clone());
            let before = CpuMs::so_far(service.pid())?;
            let measured = closed_loop(clients, settings.warm_up(), settings.window(), move || {
                let (client, mailbox, person) = (client.clone(), mailbox.clone(), people.next());
                async move {
                    register(&client, &mailbox, &person, hashes == 2).await?;
                    if hashes == 2 {
                        sign_in(&client, &person).await
                    } else {
                        Ok(())
                    }
                }
            })
            .await?;
            let share = measured.per_second * f64::from(hashes) / hashing.per_second.max(f64::MIN_POSITIVE);
            let done = measured.per_second * (settings.warm_up() + settings.window()).as_secs_f64();
            let cpu_ms = CpuMs::so_far(service.pid())?.each_since(&before, done);
            rows.push(Row {
                journey,
                clients,
                hashes,
                measured,
                share_of_hashing: share,
                cpu_ms,
            });
        }
    }

    let mut report = Report::new(
        "Journeys: from the first form to an account",
        &[
            "journey",
            "at once",
            "journeys/s",
            "p50 ms",
            "p99 ms",
            "hashes each",
            "share of the hashing rate",
            "CPU ms each: service / PostgreSQL / NATS / client",
        ],
    );
    for row in &rows {
        report.row([
            row.journey.to_owned(),
            row.clients.to_string(),
            figure(row.measured.per_second),
            figure(row.measured.p50_ms),
            figure(row.measured.p99_ms),
            row.hashes.to_string(),
            figure(row.share_of_hashing),
            row.cpu_ms.to_string(),
        ]);
    }
    report.note(format!(
        "Argon2id alone (the service's own gate and parameters, every core): {} hashes/s. Known contact: start, mail, link, \
         password (4 requests with the proof of the address). Newcomer: start, topics, SIRET, member number, mail, link, \
         password, sign-in, `GET /v1/me` (8 requests). Mails go over SMTP to a server that takes each at once.",
        figure(hashing.per_second)
    ));
    report.write(&json!({ "hashing": hashing, "rows": rows }))
}

/// From the first form to an account.
async fn register(client: &Client, mailbox: &Mailbox, person: &Person, by_steps: bool) -> anyhow::Result<()> {
    let started = client.start(person).await?;
    if by_steps {
        client
            .step(&started, "topics", json!({ "topics": ["payments"] }))
            .await?;
        client
            .step(&started, "establishment", json!({ "siret": SIRET }))
            .await?;
        client
            .step(&started, "member-number", json!({ "number": MEMBER_NUMBER }))
            .await?;
    }
    let token = mailbox.token(&person.address).await?;
    client
        .ask(
            Method::POST,
            "/v1/email-verifications",
            None,
            &json!({ "token": token }),
        )
        .await?;
    client
        .step(
            &started,
            "password",
            json!({ "token": token, "password": PASSWORD }),
        )
        .await?;
    Ok(())
}

async fn sign_in(client: &Client, person: &Person) -> anyhow::Result<()> {
    let body = json!({ "email": person.address, "password": PASSWORD });
    let session = client.ask(Method::POST, "/v1/sessions", None, &body).await?;
    let me = client
        .ask(Method::GET, "/v1/me", session["token"].as_str(), &Value::Null)
        .await?;
    anyhow::ensure!(
        me["establishments"].as_array().is_some_and(|all| !all.is_empty()),
        "the account has no establishment"
    );
    Ok(())
}

//! Memory of `up` with its servers, at rest and after load, and of each role alone at rest.

use std::sync::Arc;
use std::time::Duration;

use bench::client::Client;
use bench::family::{self, Use};
use bench::load::closed_loop;
use bench::mailbox::Mailbox;
use bench::people::People;
use bench::report::{Report, mib};
use bench::service::Service;
use bench::settings::Settings;
use clap::Parser;
use serde::Serialize;

const ROLES: [&str; 6] = ["api", "relay", "projector", "feed", "mailer", "worker"];
/// How long a program rests before it is looked at.
const REST: Duration = Duration::from_secs(3);

#[derive(Serialize)]
struct Row {
    when: String,
    program: String,
    used: Use,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let settings = Settings::parse();
    let mailbox = Mailbox::open().await?;
    let service = Service::start(&settings, mailbox.url())?;
    let mut rows = Vec::new();

    tokio::time::sleep(REST).await;
    rows.extend(rows_of("`up`, at rest", service.pid())?);

    let running = ROLES.map(|role| service.start_role(role).map(|running| (role, running)));
    tokio::time::sleep(REST).await;
    for role in running {
        let (role, running) = role?;
        rows.extend(rows_of(&format!("`{role}` alone, at rest"), running.pid())?);
    }

    let (client, people) = (Client::new(&service.url)?, Arc::new(People::newcomers()));
    closed_loop(8, Duration::ZERO, settings.window(), move || {
        let (client, person) = (client.clone(), people.next());
        async move { client.start(&person).await.map(drop) }
    })
    .await?;
    rows.extend(rows_of("`up`, after load", service.pid())?);

    let mut report = Report::new("Memory", &["when", "program", "processes", "RSS MiB", "PSS MiB"]);
    for row in &rows {
        report.row([
            row.when.clone(),
            row.program.clone(),
            row.used.programs.to_string(),
            mib(row.used.rss_kib),
            mib(row.used.pss_kib),
        ]);
    }
    report.note(
        "RSS counts shared memory for each process that has touched it, so PostgreSQL's sum is too large; PSS divides it. \
         Each role alone ran beside `up`, whose copy of the program's code it shares: its PSS leaves half of that out, its RSS does not. Load: 8 clients that start \
         registrations for one window.",
    );
    report.write(&rows)
}

fn rows_of(when: &str, pid: u32) -> anyhow::Result<Vec<Row>> {
    let uses = family::uses(pid)?;
    anyhow::ensure!(!uses.is_empty(), "{when}: the program has ended");
    Ok(uses
        .into_iter()
        .map(|(program, used)| Row {
            when: when.to_owned(),
            program,
            used,
        })
        .collect())
}

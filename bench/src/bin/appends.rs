//! `POST /v1/registrations`: durable starts a second, of newcomers and of known contacts, beside pgbench's bare insert
//! on the same PostgreSQL in the same run.

use std::sync::Arc;

use bench::client::Client;
use bench::family::CpuMs;
use bench::limits::bare_inserts;
use bench::load::{Measured, closed_loop};
use bench::mailbox::Mailbox;
use bench::people::{People, contacts_csv};
use bench::report::{Report, figure};
use bench::service::Service;
use bench::settings::Settings;
use clap::Parser;
use serde::Serialize;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    settings: Settings,
    /// How many ask at once, a window each.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 8, 32])]
    clients: Vec<usize>,
    /// Leaves the known contacts out.
    #[arg(long)]
    newcomers_only: bool,
}

/// How many contacts the organisation has. Each asks again and again, which no limit forbids here.
const CONTACTS: u64 = 5_000;

#[derive(Serialize)]
struct Row {
    clients: usize,
    kind: &'static str,
    measured: Measured,
    pgbench_per_second: Option<f64>,
    cpu_ms: CpuMs,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Arguments {
        settings,
        clients,
        newcomers_only,
    } = Arguments::parse();
    let mailbox = Mailbox::open().await?;
    let service = Service::start(&settings, mailbox.url())?;
    let file = service.folder().join("contacts.csv");
    std::fs::write(&file, contacts_csv(CONTACTS))?;
    service.command(&["directory", "import", "contacts", &file.display().to_string()])?;
    let client = Client::new(&service.url)?;

    let mut rows = Vec::new();
    let (newcomers, contacts) = (Arc::new(People::newcomers()), Arc::new(People::contacts()));
    for clients in clients {
        let bare_before = bare_inserts(&service, clients, settings.window() / 2)?;
        let mut of_this = Vec::new();
        let both = [("newcomers", &newcomers), ("known contacts", &contacts)];
        for (kind, people) in both.into_iter().take(if newcomers_only { 1 } else { 2 }) {
            let before = CpuMs::so_far(service.pid())?;
            let measured = {
                let (client, people) = (client.clone(), people.clone());
                closed_loop(clients, settings.warm_up(), settings.window(), move || {
                    let (client, person) = (
                        client.clone(),
                        people.again(if kind == "newcomers" { u64::MAX } else { CONTACTS }),
                    );
                    async move { client.start(&person).await.map(drop) }
                })
                .await?
            };
            // Warm-up included on both sides: what was used, over what was done at this rate in all that time.
            let done = measured.per_second * (settings.warm_up() + settings.window()).as_secs_f64();
            of_this.push(Row {
                clients,
                kind,
                measured,
                pgbench_per_second: None,
                cpu_ms: CpuMs::so_far(service.pid())?.each_since(&before, done),
            });
        }
        let after = bare_inserts(&service, clients, settings.window() / 2)?;
        let bare = bare_before
            .zip(after)
            .map(|(before, after)| f64::midpoint(before, after));
        rows.extend(of_this.into_iter().map(|row| Row {
            pgbench_per_second: bare,
            ..row
        }));
    }

    let mut report = Report::new(
        "Starts: durable `POST /v1/registrations`",
        &[
            "clients",
            "who",
            "starts/s",
            "p50 ms",
            "p99 ms",
            "pgbench insert/s",
            "ratio",
            "CPU ms a start: service / PostgreSQL / NATS / client",
        ],
    );
    for row in &rows {
        report.row([
            row.clients.to_string(),
            row.kind.to_owned(),
            figure(row.measured.per_second),
            figure(row.measured.p50_ms),
            figure(row.measured.p99_ms),
            row.pgbench_per_second
                .map_or_else(|| "not installed".to_owned(), figure),
            row.pgbench_per_second
                .map_or_else(|| "–".to_owned(), |bare| figure(row.measured.per_second / bare)),
            row.cpu_ms.to_string(),
        ]);
    }
    report.note(
        "One start commits two events of a newcomer, three of a known contact with the request for a mail, which the mailer \
         sends in the same time. Relay, projector and mailer are at work; all share the cores with the client and pgbench. \
         pgbench: one 400-byte row a transaction, prepared, mean of a run before and one after.",
    );
    report.write(&rows)
}

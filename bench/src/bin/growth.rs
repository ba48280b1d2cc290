//! Starts a second beside the size of the store: stores of several sizes run side by side and are measured in turn, each beside
//! pgbench's insert on the same PostgreSQL.

use std::io::BufRead;
use std::sync::Arc;

use bench::client::Client;
use bench::family::CpuMs;
use bench::filling::{self, EVENTS_EACH};
use bench::limits::bare_inserts;
use bench::load::{Measured, closed_loop};
use bench::mailbox::Mailbox;
use bench::people::People;
use bench::report::{Report, figure};
use bench::service::Service;
use bench::settings::Settings;
use clap::Parser;
use serde::Serialize;

const CLIENTS: usize = 8;

#[derive(Parser)]
struct Asked {
    #[command(flatten)]
    settings: Settings,
    /// How many registrations are in the stores. What `bench-fill` has left in the folder is taken, and stays; what is missing
    /// is made, and goes afterwards.
    #[arg(long, value_delimiter = ',', default_value = "10000,100000,1000000")]
    registrations: Vec<u64>,
    /// Windows at each size: the middle one counts.
    #[arg(long, default_value_t = 3)]
    windows: usize,
    /// Waits for a line on standard input before anything is measured.
    #[arg(long)]
    wait: bool,
}

#[derive(Serialize)]
struct Row {
    registrations: u64,
    clients: usize,
    megabytes: f64,
    measured: Measured,
    bare_per_second: Option<f64>,
    cpu_ms: CpuMs,
}

/// A store of one size, and what was measured at it.
struct Store {
    registrations: u64,
    service: Service,
    client: Client,
    windows: Vec<Row>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let asked = Asked::parse();
    let mailbox = Mailbox::open().await?;
    let mut made = Vec::new();
    let mut stores = Vec::new();
    for registrations in asked.registrations.iter().copied() {
        let folder = filling::folder_of(&asked.settings.folder, registrations);
        if !folder.exists() {
            made.push(folder.clone());
            drop(Service::start_in(&asked.settings, &folder, mailbox.url())?);
            filling::fill(&folder, registrations, |_| ()).await?;
        }
        let service = Service::start_in(&asked.settings, &folder, mailbox.url())?;
        stores.push(Store {
            registrations,
            client: Client::new(&service.url)?,
            service,
            windows: Vec::new(),
        });
    }
    for store in &stores {
        // Signing and looking at every hash of a long log once takes its time.
        store.service.at_rest().await?;
    }
    if asked.wait {
        eprintln!("ready: a line on standard input begins");
        std::io::stdin().lock().read_line(&mut String::new())?;
    }
    let people = Arc::new(People::newcomers());
    for _ in 0..asked.windows.max(1) {
        for store in &mut stores {
            let row = window(&asked.settings, store, &people).await?;
            store.windows.push(row);
        }
    }
    let mut rows = Vec::new();
    for mut store in stores {
        // The middle one is at the middle.
        store
            .windows
            .sort_by(|one, other| one.measured.per_second.total_cmp(&other.measured.per_second));
        rows.push(store.windows);
    }
    for folder in made {
        std::fs::remove_dir_all(folder)?;
    }
    tell(&rows)
}

async fn window(settings: &Settings, store: &Store, people: &Arc<People>) -> anyhow::Result<Row> {
    let (warm_up, window) = (settings.warm_up(), settings.window());
    let bare = bare_inserts(&store.service, CLIENTS, window / 2)?;
    let before = CpuMs::so_far(store.service.pid())?;
    let (client, people) = (store.client.clone(), people.clone());
    let measured = closed_loop(CLIENTS, warm_up, window, move || {
        let (client, person) = (client.clone(), people.next());
        async move { client.start(&person).await.map(drop) }
    })
    .await?;
    let done = measured.per_second * (warm_up + window).as_secs_f64();
    let cpu_ms = CpuMs::so_far(store.service.pid())?.each_since(&before, done);
    let pool = database::pool_options()
        .connect(&store.service.postgres_url)
        .await?;
    let bytes: i64 = sqlx::query_scalar("SELECT pg_database_size(current_database())")
        .fetch_one(&pool)
        .await?;
    pool.close().await;
    Ok(Row {
        registrations: store.registrations,
        clients: CLIENTS,
        megabytes: bytes as f64 / 1e6,
        measured,
        bare_per_second: bare,
        cpu_ms,
    })
}

fn tell(stores: &[Vec<Row>]) -> anyhow::Result<()> {
    let mut report = Report::new(
        "Growth: starts a second beside the size of the store",
        &[
            "registrations",
            "events",
            "database MB",
            "starts/s",
            "p50 ms",
            "p99 ms",
            "of pgbench's insert",
            "p50 beside the smallest store's",
            "CPU ms a start: service / PostgreSQL / NATS / client",
        ],
    );
    let middles: Vec<&Row> = stores.iter().filter_map(|it| it.get(it.len() / 2)).collect();
    let small = middles.first().map_or(0.0, |row| row.measured.p50_ms);
    for row in middles {
        report.row([
            row.registrations.to_string(),
            (row.registrations * EVENTS_EACH).to_string(),
            figure(row.megabytes),
            figure(row.measured.per_second),
            figure(row.measured.p50_ms),
            figure(row.measured.p99_ms),
            row.bare_per_second
                .map_or_else(|| "–".to_owned(), |bare| figure(row.measured.per_second / bare)),
            figure(row.measured.p50_ms / small),
            row.cpu_ms.to_string(),
        ]);
    }
    report.note(
        "Eight clients; the stores run side by side and are measured in turn, the middle of the windows counts. Filled by \
         copying rows of the form that a newcomer's start leaves (`bench-fill`); signed and at rest before anything is measured. \
         The stream holds what was published since.",
    );
    report.write(&stores.iter().flatten().collect::<Vec<_>>())
}

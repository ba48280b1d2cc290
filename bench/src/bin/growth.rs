//! Starts a second while the store grows: beside pgbench's bare insert, and beside the small store of the same run.

use std::sync::Arc;

use bench::client::Client;
use bench::limits::bare_inserts;
use bench::load::{Measured, closed_loop};
use bench::long_log::{self, EVENTS_EACH};
use bench::mailbox::Mailbox;
use bench::people::People;
use bench::report::{Report, figure};
use bench::service::Service;
use bench::settings::Settings;
use clap::Parser;
use serde::Serialize;

const CLIENTS: usize = 8;
/// Windows at each size: the middle one counts.
const WINDOWS: usize = 3;

#[derive(Parser)]
struct Asked {
    #[command(flatten)]
    settings: Settings,
    /// How many registrations are in the store.
    #[arg(long, value_delimiter = ',', default_value = "10000,100000,1000000")]
    registrations: Vec<u64>,
}

#[derive(Serialize)]
struct Row {
    registrations: u64,
    events: u64,
    megabytes: f64,
    measured: Measured,
    bare_per_second: Option<f64>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let asked = Asked::parse();
    let mailbox = Mailbox::open().await?;
    let service = Service::start(&asked.settings, mailbox.url())?;
    let pool = database::pool_options().connect(&service.postgres_url).await?;
    let client = Client::new(&service.url)?;
    let people = Arc::new(People::newcomers());
    let (warm_up, window) = (asked.settings.warm_up(), asked.settings.window());
    let mut rows: Vec<Row> = Vec::new();
    let mut filled = 0;
    for registrations in asked.registrations {
        let size: i64 = sqlx::query_scalar("SELECT size FROM public.log_head")
            .fetch_one(&pool)
            .await?;
        long_log::grow(&pool, registrations - filled, size.unsigned_abs()).await?;
        filled = registrations;
        let bare = bare_inserts(&service, CLIENTS, window)?;
        let mut measured = Vec::new();
        for _ in 0..WINDOWS {
            let (client, people) = (client.clone(), people.clone());
            let asking = closed_loop(CLIENTS, warm_up, window, move || {
                let (client, person) = (client.clone(), people.next());
                async move { client.start(&person).await.map(drop) }
            });
            measured.push(asking.await?);
        }
        measured.sort_by(|one, other| one.per_second.total_cmp(&other.per_second));
        let bytes: i64 = sqlx::query_scalar("SELECT pg_database_size(current_database())")
            .fetch_one(&pool)
            .await?;
        rows.push(Row {
            registrations,
            events: registrations * EVENTS_EACH,
            megabytes: bytes as f64 / 1e6,
            measured: measured.swap_remove(WINDOWS / 2),
            bare_per_second: bare,
        });
    }

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
            "of the small store's p50",
        ],
    );
    let small = rows.first().map_or(0.0, |row| row.measured.p50_ms);
    for row in &rows {
        report.row([
            row.registrations.to_string(),
            row.events.to_string(),
            figure(row.megabytes),
            figure(row.measured.per_second),
            figure(row.measured.p50_ms),
            figure(row.measured.p99_ms),
            row.bare_per_second
                .map_or_else(|| "–".to_owned(), |bare| figure(row.measured.per_second / bare)),
            figure(row.measured.p50_ms / small),
        ]);
    }
    report.note(
        "Eight clients; the middle of three windows. The store is filled by the function that all appends go through, and the stream \
         and the read models have caught up before anything is measured.",
    );
    report.write(&rows)
}

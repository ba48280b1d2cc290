//! Makes a data directory with a large store, through the format that the service itself writes, and says how fast.

use std::path::Path;

use anyhow::{Context, ensure};
use bench::filling::{self, Filled};
use bench::mailbox::Mailbox;
use bench::report::{Report, figure};
use bench::service::Service;
use bench::settings::Settings;
use clap::Parser;
use serde::Serialize;

#[derive(Parser)]
struct Asked {
    #[command(flatten)]
    settings: Settings,
    /// How many registrations; each goes into a directory of its own, `filled-<number>` in the folder.
    #[arg(long, value_delimiter = ',', default_value = "100000")]
    registrations: Vec<u64>,
    /// Also runs `audit verify`, `audit replay` and `projections verify` on what was filled.
    #[arg(long)]
    verify: bool,
}

#[derive(Serialize)]
struct Row {
    registrations: u64,
    rows: u64,
    copied_seconds: f64,
    rows_per_second: f64,
    all_seconds: f64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let asked = Asked::parse();
    let mut rows = Vec::new();
    for registrations in asked.registrations {
        let folder = filling::folder_of(&asked.settings.folder, registrations);
        let filled = make(&asked.settings, &folder, registrations).await?;
        if asked.verify {
            verify(&asked.settings, &folder).await?;
        }
        rows.push(Row {
            registrations,
            rows: filled.rows,
            copied_seconds: filled.copied.as_secs_f64(),
            rows_per_second: filled.rows_per_second(),
            all_seconds: filled.all.as_secs_f64(),
        });
    }
    let mut report = Report::new(
        "Filling: a large store through the format that the service writes",
        &[
            "registrations",
            "rows",
            "copied in s",
            "rows/s",
            "with vacuum and statistics s",
        ],
    );
    for row in &rows {
        report.row([
            row.registrations.to_string(),
            row.rows.to_string(),
            figure(row.copied_seconds),
            figure(row.rows_per_second),
            figure(row.all_seconds),
        ]);
    }
    report.note("Each registration is what a newcomer's start leaves: two events, a key, a use of the address, a row of the read models.");
    report.write(&rows)
}

/// A data directory that was filled, and at which the service has signed all of it.
async fn make(settings: &Settings, folder: &Path, registrations: u64) -> anyhow::Result<Filled> {
    ensure!(
        !folder.exists(),
        "{} is there already: remove it first",
        folder.display()
    );
    let mailbox = Mailbox::open().await?;
    // The service makes tables, keys and the demonstration's directory.
    drop(Service::start_in(settings, folder, mailbox.url())?);
    let filled = filling::fill(folder, registrations, |done| {
        if done % 500_000 == 0 {
            eprintln!("{done} registrations copied");
        }
    })
    .await
    .with_context(|| format!("{} cannot be filled", folder.display()))?;
    let service = Service::start_in(settings, folder, mailbox.url())?;
    service.at_rest().await?;
    Ok(filled)
}

async fn verify(settings: &Settings, folder: &Path) -> anyhow::Result<()> {
    let mailbox = Mailbox::open().await?;
    let service = Service::start_in(settings, folder, mailbox.url())?;
    for command in [
        &["audit", "verify"][..],
        &["audit", "replay"],
        &["projections", "verify"],
    ] {
        // What they find amiss is an error; what they tell otherwise may be every event.
        service.command(command)?;
        eprintln!("{}: nothing amiss", command.join(" "));
    }
    Ok(())
}

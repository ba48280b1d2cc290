//! `onboarding directory status`

use chrono::{DateTime, SecondsFormat, Utc};
use directory::register::{BreakerState, HealthReport};
use directory::{DirectoryStatus, Holding};
use projections::registrations::count_pending_register_checks;
use runtime::Config;
use serde::Serialize;

use crate::exit::Exit;
use crate::ground::{Ground, standing};
use crate::terminal::{say, say_json};

/// Everything that the command tells.
#[derive(Serialize)]
struct Status {
    #[serde(flatten)]
    directory: DirectoryStatus,
    /// Establishments that were accepted while no register answered, and still wait for one.
    pending_register_checks: u64,
}

/// Runs the command.
pub async fn run(config: &Config, json: bool) -> anyhow::Result<Exit> {
    let status = standing(config, "directory", async |ground| looked_at(ground).await).await?;
    if json {
        say_json(&status)?;
    } else {
        tell(&status);
    }
    Ok(Exit::Fine)
}

async fn looked_at(ground: &Ground) -> anyhow::Result<Status> {
    Ok(Status {
        directory: directory::status(&ground.pool, &ground.registers()?, &ground.stock()).await?,
        pending_register_checks: count_pending_register_checks(&ground.pool).await?,
    })
}

fn tell(status: &Status) {
    let directory = &status.directory;
    tell_holding("establishments", &directory.establishments);
    tell_holding("contacts", &directory.contacts);
    match &directory.local_copy {
        Some(copy) => say(format_args!(
            "local copy of INSEE's stock: {} establishments{}, imported {}",
            copy.establishments,
            copy.as_of.map_or_else(String::new, |day| format!(" as of {day}")),
            moment(copy.imported_at)
        )),
        None => say(format_args!(
            "local copy of INSEE's stock: {}",
            directory.local_copy_fault.as_deref().unwrap_or("none")
        )),
    }
    say(format_args!(
        "messages parked: {}; changed contacts to be looked at: {}",
        directory.parked_messages, directory.contact_changes_waiting
    ));
    let agreements = &directory.agreements;
    say(format_args!(
        "agreements: {}, {} of them in force, list of {}",
        agreements.codes, agreements.in_force, agreements.as_of
    ));
    say("registers, in the order in which they are asked:");
    if directory.registers.is_empty() {
        say("  none: every unknown establishment stays pending");
    }
    for source in &directory.registers {
        match &source.health {
            Some(health) => tell_health(source.source, health),
            None => say(format_args!("  {}", source.source)),
        }
    }
    say(format_args!(
        "register checks waiting for an answer: {}",
        status.pending_register_checks
    ));
}

fn tell_holding(what: &str, holding: &Holding) {
    let changed = holding
        .changed_at
        .map_or_else(String::new, |at| format!(", last changed {}", moment(at)));
    say(format_args!("{what}: {} rows{changed}", holding.rows));
    if let Some(import) = &holding.last_import {
        say(format_args!(
            "  last file imported {}: {} lines read, {} refused",
            moment(import.imported_at),
            import.lines_read,
            import.lines_bad
        ));
    }
}

fn tell_health(source: &str, health: &HealthReport) {
    let breaker = match (health.breaker, health.resting_until) {
        (BreakerState::Open, Some(until)) => format!("breaker open until {}", moment(until)),
        (BreakerState::Trial, _) => "breaker on trial".to_owned(),
        _ => "breaker closed".to_owned(),
    };
    let answered = health.answered_at.map_or_else(
        || "never answered".to_owned(),
        |at| format!("answered {}", moment(at)),
    );
    let failed = match (&health.failure, health.failed_at) {
        (Some(failure), Some(at)) => {
            format!(
                ", {} fault(s) since, the last {} ({failure})",
                health.faults,
                moment(at)
            )
        }
        _ => String::new(),
    };
    say(format_args!(
        "  {source}: {} of {} calls left in {} s, {breaker}, {answered}{failed}",
        health.calls_left, health.calls_max, health.window_seconds
    ));
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

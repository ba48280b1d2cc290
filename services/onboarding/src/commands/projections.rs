//! `onboarding projections …`

use projector::Report;
use runtime::Config;

use crate::cli::Projections;
use crate::exit::Exit;
use crate::ground::standing;
use crate::terminal::{Progress, say, say_json};

/// Runs the command. `verify` exits 3 at a difference; `rebuild` mends and reports it.
pub async fn run(config: &Config, command: Projections, json: bool) -> anyhow::Result<Exit> {
    let report = standing(config, "projections", async |ground| {
        let bar = Progress::of("events");
        let tell = |at: u64, of: u64| bar.at(at, of);
        let report = match &command {
            Projections::Rebuild { name } => {
                projector::rebuild(&ground.store, name.as_deref(), &tell).await?
            }
            Projections::Verify => projector::verify(&ground.store, None, &tell).await?,
        };
        bar.done();
        Ok(report)
    })
    .await?;
    if json {
        say_json(&report)?;
    } else {
        tell(&report);
    }
    let verifying = matches!(command, Projections::Verify);
    Ok(if verifying && report.difference().is_some() {
        Exit::Difference
    } else {
        Exit::Fine
    })
}

fn tell(report: &Report) {
    for table in &report.tables {
        say(format_args!(
            "{}: {} rows, {} differ from the log",
            table.table, table.rows, table.differing
        ));
        if let Some(first) = &table.first {
            say(format_args!("  first: {} is {}", first.key, first.what));
        }
    }
    say(format_args!(
        "compared at position {}, standing at {}",
        report.compared_at, report.position
    ));
}

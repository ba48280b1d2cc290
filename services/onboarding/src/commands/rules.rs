//! `onboarding rules …`

use runtime::Config;

use super::audit::are_known;
use crate::cli::Rules;
use crate::exit::Exit;
use crate::ground::standing;
use crate::terminal::{Progress, say, say_json};

/// Runs the command. It exits 3 when something would be decided otherwise.
pub async fn run(config: &Config, command: Rules, json: bool) -> anyhow::Result<Exit> {
    let Rules::Replay { registration } = command;
    let report = standing(config, "rules", async |ground| {
        if !are_known(&ground.store, &registration).await? {
            return Ok(None);
        }
        let bar = Progress::of("events");
        let tell = |at, of| bar.at(at, of);
        let report = auditor::rejudge(&ground.store, &registration, tell).await?;
        bar.done();
        Ok(Some(report))
    })
    .await?;
    let Some(report) = report else {
        return Ok(Exit::Fault);
    };
    if json {
        say_json(&report)?;
    } else {
        say(&report);
    }
    Ok(match report.otherwise {
        0 => Exit::Fine,
        _ => Exit::Difference,
    })
}

//! `onboarding bus …`

use async_nats::jetstream;
use runtime::Config;

use crate::cli::Bus;
use crate::exit::Exit;
use crate::ground::standing;
use crate::terminal::{Progress, say, say_json};

/// Runs the command.
pub async fn run(config: &Config, command: Bus, json: bool) -> anyhow::Result<Exit> {
    match command {
        Bus::Verify => verify(config, json).await,
        Bus::Rebuild => rebuild(config, json).await,
    }
}

async fn verify(config: &Config, json: bool) -> anyhow::Result<Exit> {
    let report = standing(config, "bus", async |ground| {
        let bar = Progress::of("positions", Some(0));
        let context = jetstream::new(ground.nats("bus").await?);
        let report = relay::bus::verify(&ground.store, &context, &|at, of| bar.at(at, Some(of))).await?;
        bar.done();
        Ok(report)
    })
    .await?;
    if json {
        say_json(&report)?;
    } else if let Some(difference) = &report.difference {
        say(format_args!(
            "position {}: {}",
            difference.position, difference.what
        ));
        say("`onboarding bus rebuild` makes the stream again from the log");
    } else {
        say(format_args!(
            "the stream equals the log: {} positions",
            report.equal
        ));
    }
    Ok(if report.difference.is_some() {
        Exit::Difference
    } else {
        Exit::Fine
    })
}

async fn rebuild(config: &Config, json: bool) -> anyhow::Result<Exit> {
    let report = standing(config, "bus", async |ground| {
        let bar = Progress::of("positions", Some(0));
        let client = ground.nats("bus").await?;
        let report = relay::bus::rebuild(&ground.store, &client, &|at, of| bar.at(at, Some(of))).await?;
        bar.done();
        Ok(report)
    })
    .await?;
    if json {
        say_json(&report)?;
    } else {
        say(format_args!(
            "the stream stands at position {} again, after {:.1} s",
            report.position, report.seconds
        ));
    }
    Ok(Exit::Fine)
}

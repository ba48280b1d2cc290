//! `onboarding bus …`

use async_nats::jetstream;
use relay::bus::Verified;
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
        Bus::Replicas { set } => replicas(config, set, json).await,
    }
}

async fn verify(config: &Config, json: bool) -> anyhow::Result<Exit> {
    let report = standing(config, "bus", async |ground| {
        let bar = Progress::of("positions");
        let context = jetstream::new(ground.nats("bus").await?);
        let report = relay::bus::verify(&ground.store, &context, &|at, of| bar.at(at, of)).await?;
        bar.done();
        Ok(report)
    })
    .await?;
    if json {
        say_json(&report)?;
    } else {
        tell(&report);
    }
    Ok(match (&report.difference, report.unread().next()) {
        (Some(_), _) => Exit::Difference,
        (None, Some(_)) => Exit::Fault,
        (None, None) => Exit::Fine,
    })
}

fn tell(report: &Verified) {
    for replica in &report.replicas {
        let server = &replica.server;
        match &replica.difference {
            _ if !replica.compared => say(format_args!("{server}: its copy could not be read")),
            Some(it) => say(format_args!("{server}: position {}: {}", it.position, it.what)),
            None => say(format_args!(
                "{server}: {} positions equal the log",
                replica.equal
            )),
        }
    }
    match &report.difference {
        Some(it) => {
            say(format_args!("position {}: {}", it.position, it.what));
            say("`onboarding bus rebuild` makes the stream again from the log");
        }
        None => say(format_args!(
            "the stream equals the log: {} positions",
            report.equal
        )),
    }
}

async fn replicas(config: &Config, set: Option<u8>, json: bool) -> anyhow::Result<Exit> {
    let kept = standing(config, "bus", async |ground| {
        let context = jetstream::new(ground.nats("bus").await?);
        Ok(match set {
            Some(copies) => relay::bus::set_copies(&context, usize::from(copies)).await?,
            None => relay::bus::copies(&context).await?,
        })
    })
    .await?;
    if json {
        say_json(&kept)?;
        return Ok(Exit::Fine);
    }
    for stream in kept {
        let leader = stream
            .leader
            .map_or_else(String::new, |it| format!(", led by {it}"));
        let behind = match stream.behind.is_empty() {
            true => String::new(),
            false => format!("; behind or offline: {}", stream.behind.join(", ")),
        };
        say(format_args!(
            "{}: {} cop{}{leader}{behind}",
            stream.stream,
            stream.copies,
            if stream.copies == 1 { "y" } else { "ies" }
        ));
    }
    Ok(Exit::Fine)
}

async fn rebuild(config: &Config, json: bool) -> anyhow::Result<Exit> {
    let report = standing(config, "bus", async |ground| {
        let bar = Progress::of("positions");
        let client = ground.nats("bus").await?;
        let report = relay::bus::rebuild(&ground.store, &client, &|at, of| bar.at(at, of)).await?;
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
        if let Some(parted_at) = report.parted_at {
            say(format_args!(
                "from position {parted_at} on the old stream told another history than the log: tell those who read it that \
                 what they have from there on is void and comes anew"
            ));
        }
        if !report.set_back.is_empty() {
            say(format_args!(
                "consumers that begin there again: {}",
                report.set_back.join(", ")
            ));
        }
    }
    Ok(Exit::Fine)
}

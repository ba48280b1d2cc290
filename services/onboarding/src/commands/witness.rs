//! `onboarding witness`: for a third party, without any of the service's own servers.

use std::time::Duration;

use anyhow::Context;
use serde_json::json;
use tlog::Verifier;
use witness::{Seen, Watch, WitnessError};

use crate::cli::Witnessing;
use crate::exit::Exit;
use crate::terminal::{say, say_json};

/// The longest that one answer of the log may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Looks, once or until interrupted. It exits 3 when the log is not the one that was cosigned.
pub async fn run(asked: Witnessing, json: bool) -> anyhow::Result<Exit> {
    let key = match Verifier::parse(&asked.vkey) {
        Ok(key) => key,
        Err(fault) => {
            eprintln!("--vkey: {fault}");
            return Ok(Exit::WrongUsage);
        }
    };
    let watch = Watch {
        log: asked.log.trim_end_matches('/').to_owned(),
        key,
        name: asked.name,
        key_file: asked.key_file,
        state: asked.state,
    };
    let witness = witness::identity(&watch)?;
    if json {
        say_json(&json!({ "witness": witness.verifier().to_string() }))?;
    } else {
        say(format_args!("witness {}", witness.verifier()));
    }
    let http = reqwest::Client::builder()
        .timeout(PATIENCE)
        .build()
        .context("HTTP")?;
    loop {
        match witness::look(&watch, &witness, &http).await {
            Ok(seen) => tell(seen, json)?,
            Err(fault @ (WitnessError::Forked { .. } | WitnessError::Checkpoint(_))) => {
                eprintln!("NOT COSIGNED: {fault}");
                return Ok(Exit::Difference);
            }
            Err(fault) if asked.once => return Err(fault.into()),
            Err(fault) => eprintln!("{fault}; looking again"),
        }
        if asked.once {
            return Ok(Exit::Fine);
        }
        tokio::select! {
            () = tokio::time::sleep(asked.every) => {}
            _ = tokio::signal::ctrl_c() => return Ok(Exit::Fine),
        }
    }
}

fn tell(seen: Seen, json: bool) -> anyhow::Result<()> {
    let (from, to) = match seen {
        Seen::Grown { from, to } => (from, to),
        Seen::Same { size } => (size, size),
    };
    if json {
        say_json(&json!({ "from": from, "cosigned": to }))?;
    } else if from < to {
        say(format_args!("{to} entries, a continuation of {from}: cosigned"));
    }
    Ok(())
}

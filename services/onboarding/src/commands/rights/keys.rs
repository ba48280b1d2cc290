//! `onboarding keys …`

use runtime::Config;
use serde_json::json;
use usecases::Nudge;

use super::second;
use crate::cli::rights::Keys;
use crate::exit::Exit;
use crate::ground::standing;
use crate::terminal::{say, say_json};

/// Runs the command.
pub async fn run(config: &Config, command: Keys, json: bool) -> anyhow::Result<Exit> {
    standing(config, "keys", async |ground| {
        let onboarding = ground.onboarding(Nudge::default())?;
        match command {
            Keys::Status => {
                let epochs = onboarding.epochs().await?;
                if json {
                    return say_json(&epochs);
                }
                for it in epochs {
                    let end = it.destroyed_from.map_or_else(
                        || "in use".to_owned(),
                        |at| format!("destroyed from {} on", second(at)),
                    );
                    say(format_args!(
                        "{}  since {}  {} living keys  {end}",
                        it.epoch,
                        second(it.began_at),
                        it.living_keys
                    ));
                }
            }
            Keys::Rotate => {
                let round = onboarding.rotate(true).await?;
                if json {
                    return say_json(&round);
                }
                say(format_args!(
                    "a new epoch is in use; {} living keys are wrapped under it",
                    round.rewrapped
                ));
            }
            Keys::Destroy { horizon } => {
                let horizon = horizon.unwrap_or(onboarding.settings().epoch_horizon);
                let destroyed = onboarding.destroy_epochs(horizon).await?;
                if json {
                    return say_json(&json!({ "destroyed": destroyed }));
                }
                say(format_args!("{destroyed} epoch(s) destroyed"));
            }
        }
        Ok(())
    })
    .await
    .map(|()| Exit::Fine)
}

//! `onboarding projections …`

use runtime::Config;

use crate::cli::Projections;
use crate::exit::Exit;
use crate::ground::standing;
use crate::terminal::{say, say_json};

/// Runs the command.
pub async fn run(config: &Config, command: Projections, json: bool) -> anyhow::Result<Exit> {
    match command {
        Projections::Rebuild { name } => {
            let reports =
                standing(config, "projections", async |ground| {
                    Ok(projector::rebuild(&ground.store, &ground.pool, name.as_deref()).await?)
                })
                .await?;
            say_json(&reports).map(|()| Exit::Fine)
        }
        Projections::Verify => {
            let report = standing(config, "projections", async |ground| {
                Ok(projector::verify(&ground.store, &ground.pool).await?)
            })
            .await?;
            if json {
                say_json(&report)?;
            } else {
                say(&report);
            }
            Ok(Exit::Fine)
        }
    }
}

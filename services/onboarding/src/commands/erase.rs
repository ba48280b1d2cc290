//! `onboarding erase ID --reason TEXT`

use domain::values::RegistrationId;
use runtime::Config;
use usecases::{Denied, Nudge};

use crate::exit::Exit;
use crate::ground::standing;
use crate::terminal::{say, say_json};

/// The longest reason kept.
const REASON_MAX: usize = 200;

/// Runs the command.
pub async fn run(
    config: &Config,
    registration: RegistrationId,
    reason: &str,
    json: bool,
) -> anyhow::Result<Exit> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_MAX || reason.contains('@') {
        eprintln!(
            "a reason has 1 to {REASON_MAX} characters and names nobody: it stands in an event for ever"
        );
        return Ok(Exit::WrongUsage);
    }
    let outcome = standing(config, "erase", async |ground| {
        let nudge = Nudge::default();
        if let Ok(client) = ground.nats("erase").await {
            let _ = nudge.nats.set(client);
        }
        Ok(ground.onboarding(nudge)?.erase(registration, reason).await)
    })
    .await?;
    match outcome {
        Ok(outcome) => {
            if json {
                say_json(&outcome.view())?;
            } else {
                say(format_args!(
                    "{registration} is erased (version {})",
                    outcome.version
                ));
            }
            Ok(Exit::Fine)
        }
        Err(Denied::NotFound) => {
            eprintln!("there is no registration {registration}");
            Ok(Exit::Fault)
        }
        Err(fault) => Err(fault.into()),
    }
}

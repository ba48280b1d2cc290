//! `onboarding erase ID --reason TEXT`

use domain::values::RegistrationId;
use runtime::Config;
use usecases::{Denied, Nudge};

use crate::exit::Exit;
use crate::ground::standing;
use crate::terminal::{say, say_json};

/// The longest reason kept.
const REASON_MAX: usize = 200;

/// So many digits in a row are a number of somebody's.
const PERSONAL_NUMBER_MIN: usize = 8;

/// Runs the command.
pub async fn run(
    config: &Config,
    registration: RegistrationId,
    reason: &str,
    json: bool,
) -> anyhow::Result<Exit> {
    let reason = reason.trim();
    if reason.is_empty()
        || reason.chars().count() > REASON_MAX
        || reason.contains('@')
        || holds_a_number(reason)
    {
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
        Err(Denied::Invalid(_)) => {
            eprintln!("the reason names the person: it stands in an event for ever");
            Ok(Exit::WrongUsage)
        }
        Err(Denied::NotFound) => {
            eprintln!("there is no registration {registration}");
            Ok(Exit::Fault)
        }
        Err(fault) => Err(fault.into()),
    }
}

/// Whether a text holds a telephone or other personal number: many digits with nothing but separators between.
fn holds_a_number(text: &str) -> bool {
    let mut digits = 0;
    for c in text.chars() {
        match c {
            _ if c.is_ascii_digit() => digits += 1,
            ' ' | '.' => {}
            _ => digits = 0,
        }
        if digits >= PERSONAL_NUMBER_MIN {
            return true;
        }
    }
    false
}

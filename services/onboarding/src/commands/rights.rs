//! `onboarding erase | erasure | hold | grant | person | keys | retention …`

mod certificate;
mod keys;
mod looking;
mod retention;

use chrono::{DateTime, SecondsFormat, Utc};
use domain::values::RegistrationId;
use runtime::Config;
use store::{ActingAs, HoldSet};
use usecases::{Denied, Nudge, Onboarding};

use crate::cli::rights::{Erase, Erasure, Hold};
use crate::commands::reason::acceptable;
use crate::exit::Exit;
use crate::ground::{Ground, standing};
use crate::terminal::{say, say_json};

pub use keys::run as keys;
pub use looking::{grant, person};
pub use retention::run as retention;

/// Erasures listed at most.
const LISTED_MAX: u32 = 10_000;

/// `onboarding erase ID --reason TEXT`
pub async fn erase(config: &Config, command: Erase, json: bool) -> anyhow::Result<Exit> {
    let Erase {
        registration,
        reason,
        now,
        by,
    } = command;
    let Some(reason) = acceptable(&reason) else {
        return Ok(Exit::WrongUsage);
    };
    let outcome = standing(config, "erase", async |ground| {
        let onboarding = telling(ground, "erase").await?;
        Ok(onboarding
            .erase(registration, &ActingAs::operator(&by.by), reason.as_str(), now)
            .await)
    })
    .await?;
    match outcome {
        Ok(outcome) => {
            if json {
                say_json(&outcome.view())?;
            } else if outcome.state.erased {
                say(format_args!(
                    "{registration} is erased (version {})",
                    outcome.version
                ));
            } else {
                say(format_args!(
                    "{registration} is closed and waits to be erased: see `onboarding erasure list`"
                ));
            }
            Ok(Exit::Fine)
        }
        Err(denied) => refused(registration, denied),
    }
}

/// `onboarding erasure …`
pub async fn erasure(config: &Config, command: Erasure, json: bool) -> anyhow::Result<Exit> {
    match command {
        Erasure::List => {
            let waiting = standing(config, "erasure", async |ground| {
                worker::retention::waiting_erasures(&ground.pool, LISTED_MAX).await
            })
            .await?;
            if json {
                say_json(&waiting)?;
            } else if waiting.is_empty() {
                say("no erasure waits");
            } else {
                for due in waiting {
                    let held = if due.held { "  under a legal hold" } else { "" };
                    say(format_args!(
                        "{}  due {}{held}",
                        due.registration,
                        second(due.due_at)
                    ));
                }
            }
            Ok(Exit::Fine)
        }
        Erasure::Certificate { registration } => certificate::show(config, registration).await,
        Erasure::Keys => certificate::keys(config).await,
        Erasure::Verify {
            file,
            statements,
            log,
        } => certificate::verify(&file, &statements, &log),
        Erasure::Cancel {
            registration,
            reason,
            by,
        } => {
            let Some(reason) = acceptable(&reason) else {
                return Ok(Exit::WrongUsage);
            };
            let cancelled = standing(config, "erasure", async |ground| {
                let onboarding = telling(ground, "erasure").await?;
                Ok(onboarding
                    .cancel_erasure(registration, &ActingAs::operator(&by.by), reason.as_str())
                    .await)
            })
            .await?;
            match cancelled {
                Ok(true) => {
                    say(format_args!(
                        "{registration} is open again; its person chooses another password by mail"
                    ));
                    Ok(Exit::Fine)
                }
                Ok(false) => {
                    eprintln!("no erasure of {registration} waits");
                    Ok(Exit::Fault)
                }
                Err(denied) => refused(registration, denied),
            }
        }
    }
}

/// `onboarding hold …`
pub async fn hold(config: &Config, command: Hold, json: bool) -> anyhow::Result<Exit> {
    let (registration, reason, by, set) = match command {
        Hold::List { past } => {
            let holds = standing(config, "hold", async |ground| {
                Ok(ground.store.holds(past).await?)
            })
            .await?;
            if json {
                say_json(&holds)?;
            } else if holds.is_empty() {
                say(if past {
                    "no registration was ever held"
                } else {
                    "no registration is held"
                });
            } else {
                for hold in holds {
                    let lifted = hold
                        .lifted_at
                        .map_or_else(String::new, |at| format!("  lifted {}", second(at)));
                    say(format_args!(
                        "{}  since {} by {}{lifted}  {}",
                        hold.registration_id,
                        second(hold.set_at),
                        hold.set_by,
                        hold.reason
                    ));
                }
            }
            return Ok(Exit::Fine);
        }
        Hold::Set {
            registration,
            reason,
            by,
        } => (registration, reason, by.by, true),
        Hold::Lift {
            registration,
            reason,
            by,
        } => (registration, reason, by.by, false),
    };
    let Some(reason) = acceptable(&reason) else {
        return Ok(Exit::WrongUsage);
    };
    let reason = reason.as_str();
    let actor = ActingAs::operator(&by);
    let said = standing(config, "hold", async |ground| {
        let onboarding = ground.onboarding(Nudge::default())?;
        if let Err(denied) = onboarding.refuse_a_reason_that_names(registration, reason).await {
            return Ok(Err(denied));
        }
        let store = &ground.store;
        Ok(Ok(if set {
            match store.set_hold(registration, reason, &actor).await? {
                HoldSet::Set => Ok("is held"),
                HoldSet::AlreadyHeld => Err("is held already; that hold stays as it is"),
                HoldSet::NothingToHold => Err("is erased: there is nothing left to hold"),
            }
        } else if store.lift_hold(registration, reason, &actor).await? {
            Ok("is not held any more")
        } else {
            Err("was not held")
        }))
    })
    .await?;
    match said {
        Ok(Ok(words)) => {
            say(format_args!("{registration} {words}"));
            Ok(Exit::Fine)
        }
        Ok(Err(words)) => {
            eprintln!("{registration} {words}");
            Ok(Exit::Fault)
        }
        Err(denied) => refused(registration, denied),
    }
}

/// The use cases, telling the relay after each commit where NATS can be reached.
async fn telling(ground: &Ground, name: &str) -> anyhow::Result<Onboarding> {
    let nudge = Nudge::default();
    if let Ok(client) = ground.nats(name).await {
        let _ = nudge.nats.set(client);
    }
    ground.onboarding(nudge)
}

/// Says why not, or hands a fault of ours on.
fn refused(registration: RegistrationId, denied: Denied) -> anyhow::Result<Exit> {
    match denied {
        Denied::Invalid(_) => {
            eprintln!("the reason names the person: it is kept for ever");
            Ok(Exit::WrongUsage)
        }
        Denied::NotFound => {
            eprintln!("there is no registration {registration}");
            Ok(Exit::Fault)
        }
        fault => Err(fault.into()),
    }
}

/// A moment for a reader, to the second.
fn second(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

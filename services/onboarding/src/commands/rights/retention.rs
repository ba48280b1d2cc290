//! `onboarding retention …`

use chrono::{DateTime, Utc};
use runtime::Config;
use worker::retention::{Due, Step, due, round};

use super::{second, telling};
use crate::cli::rights::Retention;
use crate::exit::Exit;
use crate::ground::standing;
use crate::terminal::{say, say_json};

/// Runs the command.
pub async fn run(config: &Config, command: Retention, json: bool) -> anyhow::Result<Exit> {
    standing(config, "retention", async |ground| {
        let onboarding = telling(ground, "retention").await?;
        match command {
            Retention::DryRun { by, limit } => {
                let until = match by {
                    Some(by) => by,
                    None => ground.store.now().await?,
                };
                let all = due(&ground.pool, &onboarding.settings().retention, until, limit).await?;
                if json {
                    return say_json(&all);
                }
                tell(&all, until);
            }
            Retention::Run => {
                let round = round(&onboarding, &ground.pool).await?;
                if json {
                    return say_json(&round);
                }
                say(format_args!(
                    "{} expired, {} of them forgotten; {} warned, {} forgotten; {} erasures completed",
                    round.expired, round.erased_expired, round.warned, round.erased_inactive, round.completed
                ));
            }
        }
        Ok(())
    })
    .await
    .map(|()| Exit::Fine)
}

fn tell(all: &[Due], until: DateTime<Utc>) {
    for it in all {
        let held = if it.held {
            "  under a legal hold: stays"
        } else {
            ""
        };
        say(format_args!(
            "{}  {}  {}{held}",
            second(it.due_at),
            it.registration,
            words(it.step)
        ));
    }
    say(match all.len() {
        0 => format!("nothing is due by {}", second(until)),
        count => format!("{count} due by {}", second(until)),
    });
}

fn words(step: Step) -> &'static str {
    match step {
        Step::Expire => "left unfinished: expires",
        Step::EraseExpired => "expired: its person is forgotten",
        Step::WarnInactive => "unused: its person is warned by mail",
        Step::EraseInactive => "unused: its person is forgotten",
        Step::CompleteErasure => "closed: its person is forgotten",
    }
}

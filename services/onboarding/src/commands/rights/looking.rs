//! `onboarding grant …`, `onboarding person show …`

use chrono::TimeDelta;
use runtime::Config;
use store::NewGrant;
use usecases::{Look, Nudge};

use super::{refused, second};
use crate::cli::rights::{Grant, Person};
use crate::commands::reason::acceptable;
use crate::exit::Exit;
use crate::ground::standing;
use crate::terminal::{say, say_json};

/// The longest time for which a grant is given.
const LIFETIME_MAX: TimeDelta = TimeDelta::days(7);

/// `onboarding grant …`
pub async fn grant(config: &Config, command: Grant, json: bool) -> anyhow::Result<Exit> {
    match command {
        Grant::Give {
            to,
            role,
            purpose,
            registration,
            lifetime,
            by,
        } => {
            let Some(purpose) = acceptable(&purpose) else {
                return Ok(Exit::WrongUsage);
            };
            if lifetime <= TimeDelta::zero() || lifetime > LIFETIME_MAX {
                eprintln!("a grant is given for one second at least and seven days at most");
                return Ok(Exit::WrongUsage);
            }
            let new = NewGrant {
                granted_to: to,
                role,
                purpose: purpose.as_str().to_owned(),
                registration,
                given_by: by.by,
                lifetime,
            };
            let given = standing(config, "grant", async |ground| {
                if let Some(id) = registration {
                    let onboarding = ground.onboarding(Nudge::default())?;
                    if let Err(denied) = onboarding.refuse_a_reason_that_names(id, purpose.as_str()).await {
                        return Ok(Err((id, denied)));
                    }
                }
                Ok(Ok(ground.store.give_grant(&new).await?))
            })
            .await?;
            match given {
                Err((id, denied)) => refused(id, denied),
                Ok(grant) if json => say_json(&grant).map(|()| Exit::Fine),
                Ok(grant) => {
                    say(format_args!(
                        "{}  for {} until {}",
                        grant.grant_id,
                        grant.granted_to,
                        second(grant.expires_at)
                    ));
                    Ok(Exit::Fine)
                }
            }
        }
        Grant::Revoke { grant, by } => {
            let done = standing(config, "grant", async |ground| {
                Ok(ground.store.revoke_grant(grant, &by.by).await?)
            })
            .await?;
            if done {
                say(format_args!("{grant} opens nothing any more"));
                Ok(Exit::Fine)
            } else {
                eprintln!("there is no grant {grant}, or it was revoked before");
                Ok(Exit::Fault)
            }
        }
        Grant::List { past } => {
            let grants = standing(config, "grant", async |ground| {
                Ok(ground.store.grants(!past).await?)
            })
            .await?;
            if json {
                say_json(&grants)?;
            } else if grants.is_empty() {
                say(if past {
                    "no grant was given yet"
                } else {
                    "no grant is in force"
                });
            } else {
                for it in grants {
                    let which = it
                        .registration_id
                        .map_or_else(|| "any registration".to_owned(), |id| id.to_string());
                    let state = if it.is_good { "until" } else { "was good until" };
                    say(format_args!(
                        "{}  {} as {}, {which}, {state} {}  {}",
                        it.grant_id,
                        it.granted_to,
                        it.role,
                        second(it.revoked_at.unwrap_or(it.expires_at)),
                        it.purpose
                    ));
                }
            }
            Ok(Exit::Fine)
        }
    }
}

/// `onboarding person show ID --grant ID`
pub async fn person(config: &Config, command: Person, json: bool) -> anyhow::Result<Exit> {
    let Person::Show { registration, grant } = command;
    let look = standing(config, "person", async |ground| {
        Ok(ground
            .onboarding(Nudge::default())?
            .look_at(registration, grant)
            .await)
    })
    .await?;
    match look {
        Ok(Look::Seen(looked)) if json => say_json(&looked).map(|()| Exit::Fine),
        Ok(Look::Seen(looked)) => {
            let person = &looked.person;
            say(format_args!(
                "{registration}  {}\n{} {} {}\n{}\n",
                looked.state.name(),
                person.civility.code(),
                person.first_name,
                person.last_name,
                person.email
            ));
            for it in &looked.establishments {
                say(format_args!(
                    "{}  {}",
                    it.siret.as_str(),
                    it.name.as_deref().unwrap_or("–")
                ));
            }
            say(format_args!(
                "\nThis look stands in the access log at {}.",
                looked.access
            ));
            Ok(Exit::Fine)
        }
        Ok(Look::Refused(why)) => {
            eprintln!("{why}");
            Ok(Exit::Fault)
        }
        Ok(Look::Forgotten) => {
            eprintln!("{registration} is erased: nothing can be opened");
            Ok(Exit::Fault)
        }
        Err(denied) => refused(registration, denied),
    }
}

//! `onboarding subscriber parked`, `retry` and `skip`: registrations that wait for an operator's word.

use anyhow::Context;
use domain::values::RegistrationId;
use runtime::Config;
use serde_json::json;
use subscribers::{Lanes, NUDGE_SUBJECT, Registry, Subscriber, SubscriberError, SubscriberName};

use crate::commands::reason::acceptable;
use crate::exit::Exit;
use crate::ground::{Ground, standing};
use crate::terminal::{say, say_json};

/// How many are listed.
const LISTED_MAX: u32 = 1_000;

/// Runs something about one subscriber; a name that nobody has is wrong usage.
pub async fn about(
    config: &Config,
    name: &SubscriberName,
    work: impl AsyncFnOnce(&Ground, &Lanes, Subscriber) -> anyhow::Result<Exit>,
) -> anyhow::Result<Exit> {
    standing(config, "subscriber", async |ground| {
        match Registry::new(ground.pool.clone()).find(name.as_str()).await {
            Ok(subscriber) => work(ground, &Lanes::new(ground.pool.clone()), subscriber).await,
            Err(fault @ SubscriberError::Unknown(_)) => {
                eprintln!("{fault}");
                Ok(Exit::WrongUsage)
            }
            Err(fault) => Err(fault.into()),
        }
    })
    .await
}

/// Has the distributor look at once. It also looks by itself.
pub async fn nudge(ground: &Ground) {
    if let Ok(client) = ground.nats("subscriber").await {
        let _ = client.publish(NUDGE_SUBJECT, Vec::new().into()).await;
        let _ = client.flush().await;
    }
}

/// Lists what is parked, the longest parked first.
pub async fn list(config: &Config, name: &SubscriberName, json: bool) -> anyhow::Result<Exit> {
    about(config, name, async |_, lanes, subscriber| {
        let parked = lanes.parked(&subscriber, LISTED_MAX).await?;
        if json {
            say_json(&parked)?;
            return Ok(Exit::Fine);
        }
        for one in &parked {
            let replay = one.replay.map_or_else(String::new, |id| format!(", replay {id}"));
            say(format_args!(
                "{} since {} UTC: {} at position {}{replay}, {} deliveries, {} events wait behind: {}",
                one.registration,
                one.parked_at.format("%F %T"),
                one.event,
                one.position,
                one.deliveries.unwrap_or(0),
                one.held,
                one.reason.as_deref().unwrap_or("no reason given")
            ));
        }
        match parked.len() {
            0 => say("nothing is parked"),
            count => say(format_args!(
                "{count} parked; `retry` delivers again, `skip` gives an event up"
            )),
        }
        Ok(Exit::Fine)
    })
    .await
}

/// Lists what was given up, the latest first.
pub async fn skipped(config: &Config, name: &SubscriberName, json: bool) -> anyhow::Result<Exit> {
    about(config, name, async |_, lanes, subscriber| {
        let skipped = lanes.skipped(&subscriber, LISTED_MAX).await?;
        if json {
            say_json(&skipped)?;
            return Ok(Exit::Fine);
        }
        for one in &skipped {
            say(format_args!(
                "{} UTC: {} at position {}, refused for: {}; given up: {}",
                one.skipped_at.format("%F %T"),
                one.registration,
                one.position,
                one.refused_for.as_deref().unwrap_or("no reason given"),
                one.reason
            ));
        }
        say(match skipped.len() {
            0 => "nothing was given up".to_owned(),
            count => format!("{count} given up"),
        });
        Ok(Exit::Fine)
    })
    .await
}

/// Delivers again what is parked: of one registration or of all.
pub async fn retry(
    config: &Config,
    name: &SubscriberName,
    registration: Option<RegistrationId>,
    json: bool,
) -> anyhow::Result<Exit> {
    about(config, name, async |ground, lanes, subscriber| {
        let retried = lanes.retry(&subscriber, registration).await?;
        nudge(ground).await;
        if json {
            say_json(&json!({ "retried": retried }))?;
        } else {
            say(match retried {
                0 => "nothing was parked".to_owned(),
                1 => "1 registration is delivered again".to_owned(),
                count => format!("{count} registrations are delivered again"),
            });
        }
        Ok(match (registration, retried) {
            (Some(_), 0) => Exit::Fault,
            _ => Exit::Fine,
        })
    })
    .await
}

/// Gives up the parked event of a registration.
pub async fn skip(
    config: &Config,
    name: &SubscriberName,
    registration: RegistrationId,
    reason: &str,
    json: bool,
) -> anyhow::Result<Exit> {
    let Some(reason) = acceptable(reason) else {
        return Ok(Exit::WrongUsage);
    };
    about(config, name, async |ground, lanes, subscriber| {
        let skipped = lanes
            .skip(&subscriber, registration, reason.as_str())
            .await
            .context("the event was not skipped")?;
        nudge(ground).await;
        match skipped {
            Some(position) if json => say_json(&json!({ "skipped": position }))?,
            Some(position) => say(format_args!(
                "the event at position {position} is skipped; later ones follow"
            )),
            None => {
                eprintln!("nothing of {registration} is parked for {name}");
                return Ok(Exit::Fault);
            }
        }
        Ok(Exit::Fine)
    })
    .await
}

//! `onboarding subscriber pause` and `resume`: nothing is handed over for a while, and nothing is lost.

use runtime::Config;
use subscribers::webhook::Endpoints;
use subscribers::{Registry, SubscriberError, SubscriberName};

use crate::exit::Exit;
use crate::ground::standing;
use crate::terminal::{say, say_json};

/// Stops handing over to a subscriber, or goes on.
pub async fn run(config: &Config, name: &SubscriberName, pause: bool, json: bool) -> anyhow::Result<Exit> {
    let outcome = standing(config, "subscriber", async |ground| {
        Ok(match pause {
            true => {
                Registry::new(ground.pool.clone())
                    .pause(name.as_str(), true)
                    .await
            }
            false => {
                let endpoints = Endpoints::new(ground.pool.clone(), ground.keyring.clone());
                endpoints.resume(name).await
            }
        })
    })
    .await?;
    let subscriber = match outcome {
        Ok(subscriber) => subscriber,
        Err(fault @ SubscriberError::Unknown(_)) => {
            eprintln!("{fault}");
            return Ok(Exit::WrongUsage);
        }
        Err(fault) => return Err(fault.into()),
    };
    if json {
        say_json(&subscriber)?;
    } else {
        say(match subscriber.paused_at {
            Some(at) => format!(
                "{name} is paused since {} UTC; its events wait",
                at.format("%F %T")
            ),
            None => format!("{name} receives events"),
        });
    }
    Ok(Exit::Fine)
}

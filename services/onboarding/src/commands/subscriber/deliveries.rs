//! `onboarding subscriber deliveries`: the latest calls of a webhook, and how each ended.

use runtime::Config;
use subscribers::webhook::{Delivery, Endpoints, deliveries};
use subscribers::{Registry, SubscriberError, SubscriberName};

use crate::exit::Exit;
use crate::ground::standing;
use crate::terminal::{say, say_json};

/// Lists them, newest first.
pub async fn run(
    config: &Config,
    name: &SubscriberName,
    failed_only: bool,
    limit: u32,
    json: bool,
) -> anyhow::Result<Exit> {
    let outcome = standing(config, "subscriber", async |ground| {
        match Registry::new(ground.pool.clone()).find(name.as_str()).await {
            Err(fault @ SubscriberError::Unknown(_)) => return Ok(Err(fault)),
            other => other?,
        };
        let endpoints = Endpoints::new(ground.pool.clone(), ground.keyring.clone());
        let endpoint = endpoints.of(name).await?;
        Ok(Ok((
            endpoint,
            deliveries(&ground.pool, name, failed_only, limit).await?,
        )))
    })
    .await?;
    let (endpoint, calls) = match outcome {
        Ok(found) => found,
        Err(fault) => {
            eprintln!("{fault}");
            return Ok(Exit::WrongUsage);
        }
    };
    let Some(endpoint) = endpoint else {
        eprintln!("{name} is not called: it fetches its events from NATS");
        return Ok(Exit::WrongUsage);
    };
    if json {
        say_json(&calls)?;
        return Ok(Exit::Fine);
    }
    calls.iter().for_each(tell);
    if let Some(at) = endpoint.gone_at {
        say(format_args!(
            "the endpoint said that it is gone, {} UTC: mend it, then `onboarding subscriber resume {name}`",
            at.format("%F %T")
        ));
    }
    say(match calls.len() {
        0 => "no call yet".to_owned(),
        1 => "1 call".to_owned(),
        count => format!("{count} calls"),
    });
    Ok(Exit::Fine)
}

fn tell(call: &Delivery) {
    let next = call
        .next_at
        .map(|at| format!(", again {} UTC", at.format("%F %T")))
        .unwrap_or_default();
    say(format_args!(
        "{} UTC position {} registration {} attempt {}: {} in {} ms ({}){next}",
        call.called_at.format("%F %T"),
        call.position,
        call.registration,
        call.attempt,
        call.outcome,
        call.milliseconds,
        call.obstacle
            .clone()
            .or_else(|| call.status.map(|status| status.to_string()))
            .unwrap_or_default(),
    ));
}

//! `onboarding subscriber revoke` and `rotate`: a secret that opens nothing any more, and live connections that end.

use runtime::{Config, nats};
use serde_json::json;
use subscribers::webhook::{Endpoints, FORMER_KEY_HOURS};
use subscribers::{Kind, Registry, SubscriberName, cut_connections, remove_stream};

use super::fetching;
use super::parked::{about, nudge};
use crate::exit::Exit;
use crate::ground::Ground;
use crate::terminal::{say, say_json};

/// Revokes a subscriber.
pub async fn run(config: &Config, name: &SubscriberName, json: bool) -> anyhow::Result<Exit> {
    about(config, name, async |ground, _, subscriber| {
        // The secret first: whoever is cut off must not come in again.
        Registry::new(ground.pool.clone()).revoke(name.as_str()).await?;
        let mut faults = Vec::new();
        let mut cut = 0;
        if subscriber.kind == Kind::Nats {
            match cut_off(ground, name).await {
                Ok(count) => cut = count,
                Err(fault) => faults.push(format!("connections may live on for up to an hour: {fault:#}")),
            }
            nudge(ground).await;
            if let Err(fault) = take_stream(ground, name).await {
                faults.push(format!(
                    "its stream is not removed yet, run this again: {fault:#}"
                ));
            }
        }
        if json {
            say_json(&json!({ "revoked": name, "connections_cut": cut, "faults": faults }))?;
        } else {
            say(format_args!("{name} is revoked; {cut} connections cut"));
        }
        for fault in &faults {
            eprintln!("{fault}");
        }
        Ok(if faults.is_empty() {
            Exit::Fine
        } else {
            Exit::Fault
        })
    })
    .await
}

/// Gives a subscriber another secret.
pub async fn rotate(config: &Config, name: &SubscriberName, json: bool) -> anyhow::Result<Exit> {
    about(config, name, async |ground, _, subscriber| {
        let secret = Registry::new(ground.pool.clone()).rotate(name.as_str()).await?;
        if subscriber.kind == Kind::Nats {
            fetching::tell(ground, name, &secret, None, json)?;
            if let Err(fault) = cut_off(ground, name).await {
                eprintln!("connections with the old secret may live on for up to an hour: {fault:#}");
                return Ok(Exit::Fault);
            }
        } else if json {
            say_json(&json!({ "name": name, "secret": secret.expose() }))?;
        } else {
            say(format_args!("FEED_API_SECRET={}", secret.expose()));
        }
        Ok(Exit::Fine)
    })
    .await
}

/// Gives a webhook another key for its signatures. Calls from now on are signed with it, and for a while with the one before.
pub async fn rotate_signing_key(config: &Config, name: &SubscriberName, json: bool) -> anyhow::Result<Exit> {
    about(config, name, async |ground, _, subscriber| {
        if subscriber.kind != Kind::Webhook {
            eprintln!("{name} is not called: it has no such key");
            return Ok(Exit::WrongUsage);
        }
        let endpoints = Endpoints::new(ground.pool.clone(), ground.keyring.clone());
        let key = endpoints.rotate_key(name).await?;
        if json {
            say_json(&json!({ "name": name, "signing_secret": key.as_str() }))?;
        } else {
            say(format_args!("FEED_SIGNING_SECRET={}", key.as_str()));
            eprintln!(
                "Calls bear a signature by the key before as well for {FORMER_KEY_HOURS} hours. If that one has leaked, rotate once more."
            );
        }
        Ok(Exit::Fine)
    })
    .await
}

/// Cuts live connections, where the server lets the service do so.
async fn cut_off(ground: &Ground, name: &SubscriberName) -> anyhow::Result<u64> {
    let Some(url) = &ground.servers.nats_system_url else {
        eprintln!(
            "this NATS server knows {name} by its own configuration: have its operator remove that user"
        );
        return Ok(0);
    };
    let system = nats::connect_plainly(url, "revoke").await?;
    Ok(cut_connections(&system, name).await?)
}

async fn take_stream(ground: &Ground, name: &SubscriberName) -> anyhow::Result<()> {
    let client = ground.nats("revoke").await?;
    Ok(remove_stream(&async_nats::jetstream::new(client), name).await?)
}

//! `onboarding subscriber add`: somebody new receives the feed. What is secret is told here, once.

use runtime::Config;
use serde_json::json;
use subscribers::webhook::Endpoints;
use subscribers::{Kind, NewSubscriber, Registry, SubscriberError, make_stream};

use super::fetching;
use super::parked::nudge;
use crate::cli::AddSubscriber;
use crate::exit::Exit;
use crate::ground::{Ground, standing};
use crate::terminal::{say, say_json};

/// Adds a subscriber and tells what its client needs.
pub async fn run(config: &Config, asked: AddSubscriber, json: bool) -> anyhow::Result<Exit> {
    standing(config, "subscriber", async |ground| match &asked.webhook {
        Some(url) => add(ground, &asked, url, json).await,
        None => fetches(ground, &asked, json).await,
    })
    .await
}

/// One that fetches over NATS. Its stream is made first, so that a client may begin at once.
async fn fetches(ground: &Ground, asked: &AddSubscriber, json: bool) -> anyhow::Result<Exit> {
    let new = NewSubscriber {
        name: asked.name.clone(),
        kind: Kind::Nats,
        events: asked.events.clone(),
        begins_after: asked.from.after(ground).await?,
    };
    let (_, secret) = match Registry::new(ground.pool.clone()).add(&new).await {
        Ok(added) => added,
        Err(fault) => return refused(fault),
    };
    match ground.nats("subscriber").await {
        Ok(client) => make_stream(&async_nats::jetstream::new(client), &new.name).await?,
        Err(fault) => eprintln!("NATS is away ({fault:#}); the stream is made when it is back"),
    }
    nudge(ground).await;
    fetching::tell(ground, &new.name, &secret, Some(new.begins_after), json)?;
    Ok(Exit::Fine)
}

/// One that is called.
async fn add(ground: &Ground, asked: &AddSubscriber, url: &str, json: bool) -> anyhow::Result<Exit> {
    let new = NewSubscriber {
        name: asked.name.clone(),
        kind: Kind::Webhook,
        events: asked.events.clone(),
        begins_after: asked.from.after(ground).await?,
    };
    let endpoints = Endpoints::new(ground.pool.clone(), ground.keyring.clone());
    let added = match endpoints.add(&new, url, asked.allow_private).await {
        Ok(added) => added,
        Err(fault) => return refused(fault),
    };
    let api = &ground.config.public_url;
    if json {
        say_json(&json!({
            "name": new.name,
            "kind": "webhook",
            "begins_after": new.begins_after,
            "url": url,
            "signing_secret": added.signing_key.as_str(),
            "api_url": api,
            "secret": added.secret.expose(),
        }))?;
    } else {
        say(format_args!("FEED_SIGNING_SECRET={}", added.signing_key.as_str()));
        say(format_args!("FEED_API_URL={api}"));
        say(format_args!("FEED_API_SECRET={}", added.secret.expose()));
        eprintln!(
            "{} is called for every event after position {}. Both secrets are shown once: keep them.",
            new.name, new.begins_after
        );
    }
    Ok(Exit::Fine)
}

/// What was asked in the wrong way is told as such.
fn refused(fault: SubscriberError) -> anyhow::Result<Exit> {
    match fault {
        SubscriberError::Url(_)
        | SubscriberError::UnknownEvents { .. }
        | SubscriberError::NoEvents { .. }
        | SubscriberError::NameTaken(_)
        | SubscriberError::BeyondTheLog { .. } => {
            eprintln!("{fault}");
            Ok(Exit::WrongUsage)
        }
        fault => Err(fault.into()),
    }
}

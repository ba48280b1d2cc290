//! `onboarding subscriber add`: somebody new receives the feed. What is secret is told here, once.

use runtime::Config;
use serde_json::json;
use subscribers::webhook::Endpoints;
use subscribers::{Kind, NewSubscriber, SubscriberError};

use crate::cli::AddSubscriber;
use crate::exit::Exit;
use crate::ground::{Ground, standing};
use crate::terminal::{say, say_json};

/// Adds a subscriber and tells what its client needs.
pub async fn run(config: &Config, asked: AddSubscriber, json: bool) -> anyhow::Result<Exit> {
    standing(config, "subscriber", async |ground| {
        add(ground, &asked, json).await
    })
    .await
}

async fn add(ground: &Ground, asked: &AddSubscriber, json: bool) -> anyhow::Result<Exit> {
    let new = NewSubscriber {
        name: asked.name.clone(),
        kind: Kind::Webhook,
        events: asked.events.clone(),
        begins_after: asked.from.after(ground).await?,
    };
    let endpoints = Endpoints::new(ground.pool.clone(), ground.keyring.clone());
    let added = match endpoints.add(&new, &asked.webhook, asked.allow_private).await {
        Ok(added) => added,
        Err(fault) => return refused(fault),
    };
    let api = &ground.config.public_url;
    if json {
        say_json(&json!({
            "name": new.name,
            "kind": "webhook",
            "begins_after": new.begins_after,
            "url": asked.webhook,
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

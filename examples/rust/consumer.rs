//! A durable consumer of the feed. What `onboarding subscriber add` printed is its environment.
//!
//! It may be killed at any line: an event is acknowledged after its effect is on the disk, together with the sequence that
//! it brought the registration to. What comes again is told by that sequence and has no second effect.

use std::{env, fs, io};

use async_nats::jetstream::{self, consumer::PullConsumer};
use async_nats::{ConnectOptions, ServerAddr};
use futures::StreamExt;
use serde_json::{Value, json};

/// Your own change, kept at once with the registration's last sequence. Here the event is merely kept.
fn apply(store: &mut Value, file: &str, event: &Value) -> io::Result<()> {
    let registration = &mut store[event["subject"].as_str().unwrap_or_default()];
    if event["sequence"].as_u64() <= registration["sequence"].as_u64() {
        return Ok(());
    }
    let effect = json!({"sequence": event["sequence"], "type": event["type"]});
    match registration["effects"].as_array_mut() {
        Some(effects) => effects.push(effect),
        None => registration["effects"] = json!([effect]),
    }
    registration["sequence"] = event["sequence"].clone();
    let next = format!("{file}.next");
    fs::write(&next, store.to_string())?;
    fs::rename(&next, file)
}

#[tokio::main]
async fn main() -> Result<(), async_nats::Error> {
    let file = env::var("FEED_STORE").unwrap_or_else(|_| "feed.json".to_owned());
    let mut store = match fs::read(&file) {
        Ok(kept) => serde_json::from_slice(&kept)?,
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => json!({}),
        Err(fault) => return Err(fault.into()),
    };
    // Of a cluster each server, with a comma between. async-nats does not read the credential in the address by itself.
    let servers = env::var("FEED_NATS_URL")?;
    let servers: Vec<ServerAddr> = servers.split(',').map(str::parse).collect::<Result<_, _>>()?;
    let credential = servers.iter().find_map(|one| one.username().zip(one.password()));
    let (user, secret) = credential.ok_or("FEED_NATS_URL holds no user and password")?;
    let client = ConnectOptions::with_user_and_password(user.to_owned(), secret.to_owned())
        .custom_inbox_prefix(env::var("FEED_INBOX_PREFIX")?)
        .connect(servers)
        .await?;
    let consumer: PullConsumer = jetstream::with_domain(client, "feed")
        .get_consumer_from_stream(env::var("FEED_CONSUMER")?, env::var("FEED_STREAM")?)
        .await?;
    let mut messages = consumer.messages().await?;
    while let Some(message) = messages.next().await {
        // A server that was away or hung: the stream asks again by itself, and ends only where that is of no use.
        let Ok(message) = message.inspect_err(|fault| eprintln!("{fault}")) else {
            continue;
        };
        apply(&mut store, &file, &serde_json::from_slice(&message.payload)?)?;
        message.ack().await?;
    }
    Err("the consumer is gone".into())
}

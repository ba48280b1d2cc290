//! Cutting a subscriber's live connections, by a user of the server's system account.

use std::time::Duration;

use async_nats::Client;
use serde::Deserialize;
use serde_json::json;

use crate::{SubscriberError, SubscriberName};

/// How long servers of a cluster may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// Answers come within this time of each other.
const GAP: Duration = Duration::from_millis(300);

/// Cuts every connection of a subscriber on every server that answers. `system` is a connection to the system account.
/// Answers how many.
///
/// # Errors
/// [`SubscriberError::Bus`] when no server answers.
pub async fn cut_connections(system: &Client, name: &SubscriberName) -> Result<u64, SubscriberError> {
    let failed = |error: &dyn std::fmt::Display| SubscriberError::bus("cutting connections", error);
    let inbox = system.new_inbox();
    let mut answers = system
        .subscribe(inbox.clone())
        .await
        .map_err(|error| failed(&error))?;
    let question = json!({ "user": name, "auth": true, "limit": 1024 });
    system
        .publish_with_reply("$SYS.REQ.SERVER.PING.CONNZ", inbox, question.to_string().into())
        .await
        .map_err(|error| failed(&error))?;
    let (mut cut, mut patience) = (0, PATIENCE);
    while let Ok(Some(answer)) = tokio::time::timeout(patience, futures::StreamExt::next(&mut answers)).await
    {
        patience = GAP;
        let told: Told = serde_json::from_slice(&answer.payload).map_err(|error| failed(&error))?;
        for connection in &told.data.connections {
            let subject = format!("$SYS.REQ.SERVER.{}.KICK", told.server.id);
            let order = json!({ "cid": connection.cid }).to_string();
            let kicked = system.request(subject, order.into()).await;
            kicked.map_err(|error| failed(&error))?;
            cut += 1;
        }
    }
    match patience {
        GAP => Ok(cut),
        _ => Err(failed(&"no server answers on the system account")),
    }
}

#[derive(Deserialize)]
struct Told {
    server: Server,
    data: Connections,
}

#[derive(Deserialize)]
struct Server {
    id: String,
}

#[derive(Deserialize)]
struct Connections {
    #[serde(default)]
    connections: Vec<Connection>,
}

#[derive(Deserialize)]
struct Connection {
    cid: u64,
}

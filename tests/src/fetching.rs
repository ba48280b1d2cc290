//! A subscriber that fetches over NATS, with nothing but what `subscriber add` printed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_nats::jetstream::consumer::{Consumer, pull};
use async_nats::jetstream::{self, AckKind};
use async_nats::{Client, ConnectOptions, Event};
use futures::StreamExt;
use serde_json::Value;

use crate::eventually::eventually;
use crate::world::World;

/// A subscriber as its client sees the service.
pub struct Fetching {
    /// Its name.
    pub name: String,
    /// What `subscriber add --json` printed.
    pub printed: Value,
}

/// A live connection with a subscriber's credential.
pub struct Line {
    /// The connection.
    pub client: Client,
    complaints: Arc<Mutex<Vec<String>>>,
    consumer: Consumer<pull::Config>,
}

/// What a message tells, beside the means to answer it.
pub struct Got {
    /// The CloudEvent.
    pub event: Value,
    /// The replay for which it was sent.
    pub replay: Option<String>,
    /// The message.
    pub message: jetstream::Message,
}

impl Got {
    /// Its place in the log.
    pub fn position(&self) -> u64 {
        self.event["position"].as_u64().expect("a position")
    }

    /// Its place in its registration.
    pub fn sequence(&self) -> u64 {
        self.event["sequence"].as_u64().expect("a sequence")
    }

    /// Whose event it is.
    pub fn registration(&self) -> &str {
        self.event["subject"].as_str().expect("a registration")
    }

    /// Acknowledges it, and waits until the server has taken that.
    pub async fn acknowledge(&self) {
        self.message.double_ack().await.expect("acknowledged");
    }

    /// Refuses it for good.
    pub async fn refuse(&self) {
        self.message
            .double_ack_with(AckKind::Term)
            .await
            .expect("refused");
    }
}

impl Fetching {
    /// Adds a subscriber by the command.
    pub fn add(world: &World, name: &str, events: &str, more: &[&str]) -> Self {
        let mut arguments = vec!["--json", "subscriber", "add", name, "--events", events];
        arguments.extend(more);
        let output = world.command(&arguments, 0);
        Self {
            name: name.to_owned(),
            printed: serde_json::from_slice(&output.stdout).expect("JSON"),
        }
    }

    /// A member of what was printed.
    pub fn told(&self, member: &str) -> &str {
        self.printed[member]
            .as_str()
            .unwrap_or_else(|| panic!("{member} in {}", self.printed))
    }

    /// Connects with this secret instead of its own.
    pub async fn try_connect_with(&self, secret: &str) -> Result<Client, async_nats::ConnectError> {
        self.connect_listening(secret, Arc::default()).await
    }

    async fn connect_listening(
        &self,
        secret: &str,
        complaints: Arc<Mutex<Vec<String>>>,
    ) -> Result<Client, async_nats::ConnectError> {
        let (_, host) = self.told("nats_url").rsplit_once('@').expect("a credential");
        let options = ConnectOptions::new()
            .user_and_password(self.name.clone(), secret.to_owned())
            .custom_inbox_prefix(self.told("inbox_prefix"))
            .max_reconnects(2)
            .event_callback(move |event| {
                let complaints = complaints.clone();
                async move {
                    match event {
                        Event::ServerError(error) => complaints.lock().unwrap().push(error.to_string()),
                        Event::Closed | Event::Disconnected => {
                            complaints.lock().unwrap().push("closed".to_owned())
                        }
                        _ => {}
                    }
                }
            });
        options.connect(format!("nats://{host}")).await
    }

    /// Connects, and finds its consumer without asking for the stream, which it may not.
    pub async fn connect(&self) -> Line {
        let complaints: Arc<Mutex<Vec<String>>> = Arc::default();
        let client = eventually("the subscriber gets in", async || {
            self.connect_listening(self.told("secret"), complaints.clone())
                .await
                .ok()
        })
        .await;
        let context = jetstream::with_domain(client.clone(), runtime::accounts::DOMAIN);
        // A stream that was lost is made again by the service; its client waits and tries again.
        let consumer = eventually("its consumer is there", async || {
            context
                .get_consumer_from_stream(self.told("consumer"), self.told("stream"))
                .await
                .ok()
        })
        .await;
        complaints.lock().unwrap().clear();
        Line {
            client,
            complaints,
            consumer,
        }
    }
}

impl Line {
    /// What the server complained of so far.
    pub fn complaints(&self) -> Vec<String> {
        self.complaints.lock().unwrap().clone()
    }

    /// Whatever is there, at most so many.
    pub async fn fetch(&self, count: usize) -> Vec<Got> {
        let batch = self
            .consumer
            .batch()
            .max_messages(count)
            .expires(Duration::from_millis(300))
            .messages()
            .await;
        let Ok(mut batch) = batch else {
            return Vec::new();
        };
        let mut got = Vec::new();
        while let Some(Ok(message)) = batch.next().await {
            let header = |name: &str| {
                let headers = message.headers.as_ref()?;
                headers.get(name).map(|value| value.as_str().to_owned())
            };
            got.push(Got {
                event: serde_json::from_slice(&message.payload).expect("JSON"),
                replay: header("Onboarding-Replay"),
                message,
            });
        }
        got
    }

    /// Waits for the next message.
    pub async fn next(&self) -> Got {
        eventually("a message arrives", async || self.fetch(1).await.pop()).await
    }

    /// Waits for so many messages and acknowledges each.
    pub async fn take(&self, count: usize) -> Vec<Got> {
        let mut taken: Vec<Got> = Vec::new();
        eventually(&format!("{count} messages arrive"), async || {
            for got in self.fetch(count - taken.len()).await {
                got.acknowledge().await;
                taken.push(got);
            }
            (taken.len() == count).then_some(())
        })
        .await;
        taken
    }
}

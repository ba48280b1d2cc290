//! Makes the stream again from the log. Subscribers keep their place: it is a position, and positions do not change, save
//! from where the stream tells a history that the log does not, as after restoring a backup. From there on all is new.

use std::time::{Duration, Instant};

use async_nats::jetstream::stream::Config;
use async_nats::jetstream::{self, ErrorCode};
use async_nats::{Client, jetstream::context::DeleteStreamErrorKind};
use domain::message::STREAM;
use serde::Serialize;
use store::Store;

use super::Progress;
use super::plan::{Place, Plan};
use crate::failure::RelayError;
use crate::publisher::Publisher;
use crate::stream;
use crate::watch::Reached;

/// A rival makes a stream or consumer again at its own next try, seconds later: a few tries in a row are more than enough.
const SET_UP_TRIES: u32 = 5;
/// How long to leave a server that removes a stream's files, or a cluster that does not count on all its servers yet.
const PAUSE: Duration = Duration::from_millis(100);
/// How long the stream is tried to be made again: a server that came back is placed on after some seconds.
const MAKING_MAX: Duration = Duration::from_secs(10);

/// What was made again.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rebuilt {
    /// The stream's last sequence, which is the log's last position.
    pub position: u64,
    /// Durable consumers that were set up again where they had been.
    pub consumers: Vec<String>,
    /// The first position that named another event in the old stream than in the log, or none in the log: from there on all
    /// is delivered anew. None when the old stream held nothing but the log's events.
    pub parted_at: Option<u64>,
    /// Those of the consumers that had been beyond that position, and begin at it.
    pub set_back: Vec<String>,
    /// How long it took.
    pub seconds: f64,
}

/// Deletes the stream, makes it, publishes the whole log, and sets durable consumers up again after the last message that
/// they had acknowledged of the history that the log tells. What was acknowledged out of turn beyond that point is delivered
/// once more.
///
/// A relay may be running: both publish, and fencing lets each event in once. It may be killed at any moment and called
/// again: what only the old stream knew is remembered in the database before anything is deleted.
///
/// # Errors
/// When PostgreSQL or NATS is away, or somebody else publishes to the stream. It may be called again.
pub async fn rebuild(store: &Store, client: &Client, progress: Progress<'_>) -> Result<Rebuilt, RelayError> {
    let mut rebuilding = Rebuilding::new(store.clone(), client.clone());
    loop {
        if let Some(rebuilt) = rebuilding.step(progress).await? {
            return Ok(rebuilt);
        }
    }
}

/// A rebuild, step by step. It may be left after any step: the next one goes on.
pub struct Rebuilding {
    store: Store,
    client: Client,
    context: jetstream::Context,
    started: Instant,
    next: Step,
    plan: Plan,
    position: u64,
    consumers: Vec<String>,
}

enum Step {
    Plan,
    Delete,
    Make,
    Publish,
    SetUp(usize),
    Forget,
}

impl Rebuilding {
    /// Nothing has happened yet.
    pub fn new(store: Store, client: Client) -> Self {
        Self {
            context: jetstream::new(client.clone()),
            store,
            client,
            started: Instant::now(),
            next: Step::Plan,
            plan: Plan::default(),
            position: 0,
            consumers: Vec::new(),
        }
    }

    /// Takes one step; answers what was made again after the last one.
    ///
    /// # Errors
    /// As [`rebuild`].
    pub async fn step(&mut self, progress: Progress<'_>) -> Result<Option<Rebuilt>, RelayError> {
        self.next = match self.next {
            Step::Plan => {
                self.plan = Plan::make(&self.store, &self.context).await?;
                Step::Delete
            }
            Step::Delete => {
                delete(&self.context).await?;
                Step::Make
            }
            Step::Make => {
                if let Some(chosen) = &self.plan.chosen {
                    make_again(&self.context, chosen).await?;
                }
                Step::Publish
            }
            Step::Publish => {
                self.publish(progress).await?;
                Step::SetUp(0)
            }
            Step::SetUp(nth) => match self.plan.consumers.get(nth) {
                Some(place) => {
                    set_up_again(&self.context, place, self.position).await?;
                    self.consumers.push(place.name.clone());
                    Step::SetUp(nth + 1)
                }
                None => Step::Forget,
            },
            Step::Forget => {
                self.store.forget_bus_rebuild().await?;
                return Ok(Some(self.rebuilt()));
            }
        };
        Ok(None)
    }

    async fn publish(&mut self, progress: Progress<'_>) -> Result<(), RelayError> {
        let mut publisher = Publisher::new(
            self.store.clone(),
            self.client.clone(),
            self.context.clone(),
            Reached::default(),
        );
        self.position = publisher.tip().await?;
        loop {
            let log = self.store.log_head().await?.position();
            progress(self.position, log);
            if self.position >= log {
                return Ok(());
            }
            match publisher.publish_next().await {
                // A relay at work was quicker; what it published is there all the same.
                Ok(_) | Err(RelayError::Moved) => {}
                Err(error) => return Err(error),
            }
            self.position = publisher.tip().await?;
        }
    }

    fn rebuilt(&self) -> Rebuilt {
        let set_back = self.plan.consumers.iter().filter(|place| place.is_set_back);
        Rebuilt {
            position: self.position,
            consumers: self.consumers.clone(),
            parted_at: self.plan.parted_at,
            set_back: set_back.map(|place| place.name.clone()).collect(),
            seconds: self.started.elapsed().as_secs_f64(),
        }
    }
}

/// A role at work may have made the stream while the server was still removing the files of the one before, and those of the
/// new one with them: such a stream can be neither set nor kept, and gives way like any other fault that passes.
async fn make_again(context: &jetstream::Context, chosen: &Config) -> Result<(), RelayError> {
    let given_up_at = Instant::now() + MAKING_MAX;
    loop {
        match stream::make_as(context, chosen.clone()).await {
            Err(_) if Instant::now() < given_up_at => {
                let _ = context.delete_stream(STREAM).await;
                tokio::time::sleep(PAUSE).await;
            }
            made => return made,
        }
    }
}

async fn delete(context: &jetstream::Context) -> Result<(), RelayError> {
    match context.delete_stream(STREAM).await {
        Ok(_) => Ok(()),
        Err(error) => match error.kind() {
            DeleteStreamErrorKind::JetStream(refusal)
                if refusal.error_code() == ErrorCode::STREAM_NOT_FOUND =>
            {
                Ok(())
            }
            _ => Err(RelayError::bus("deleting the stream", error)),
        },
    }
}

/// A role at work may have made its consumer again meanwhile, from the first message on. Where a consumer begins cannot be
/// changed, so that one gives way; the role finds ours at its next try.
async fn set_up_again(context: &jetstream::Context, place: &Place, last: u64) -> Result<(), RelayError> {
    let config = place.config_on(last);
    let mut tries = SET_UP_TRIES;
    loop {
        tries -= 1;
        match context.create_consumer_on_stream(config.clone(), STREAM).await {
            Ok(_) => return Ok(()),
            Err(error) if tries == 0 => return Err(RelayError::bus("setting a consumer up again", error)),
            // One that went by itself in between is as good as deleted; any other fault comes again at the next try.
            Err(_) => {
                let _ = context.delete_consumer_from_stream(&place.name, STREAM).await;
            }
        }
    }
}

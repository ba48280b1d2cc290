//! Makes the stream again from the log. Subscribers keep their place: it is a position, and positions do not change.

use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::{self, DeliverPolicy};
use async_nats::jetstream::stream::Config;
use async_nats::jetstream::{self, ErrorCode};
use async_nats::{Client, jetstream::context::DeleteStreamErrorKind};
use domain::message::STREAM;
use futures::TryStreamExt;
use serde::Serialize;
use store::Store;

use super::Progress;
use crate::failure::RelayError;
use crate::publish::BATCH_MAX;
use crate::publisher::Publisher;
use crate::stream;
use crate::watch::Reached;

/// A rival makes a stream or consumer again at its own next try, seconds later: a few tries in a row are more than enough.
const SET_UP_TRIES: u32 = 5;
/// How long the server is given to remove a stream's files.
const REMOVAL: Duration = Duration::from_millis(100);

/// What was made again.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rebuilt {
    /// The stream's last sequence, which is the log's last position.
    pub position: u64,
    /// Durable consumers that were set up again where they had been.
    pub consumers: Vec<String>,
    /// How long it took.
    pub seconds: f64,
}

/// Deletes the stream, makes it, publishes the whole log, and sets durable consumers up again after the last message that
/// they had acknowledged. What was acknowledged out of turn beyond that point is delivered once more.
///
/// A relay may be running: both publish, and fencing lets each event in once.
///
/// # Errors
/// When PostgreSQL or NATS is away, or somebody else publishes to the stream. It may be called again.
pub async fn rebuild(store: &Store, client: &Client, progress: Progress<'_>) -> Result<Rebuilt, RelayError> {
    let started = Instant::now();
    let context = jetstream::new(client.clone());
    let (chosen, consumers) = found(&context).await?;
    delete(&context).await?;
    if let Some(chosen) = chosen {
        make_again(&context, &chosen).await?;
    }
    let mut publisher = Publisher::new(store.clone(), client.clone(), context.clone(), Reached::default());
    let mut position = publisher.tip().await?;
    loop {
        let log = store.log_head().await?.position();
        progress(position, log);
        if position >= log {
            break;
        }
        let entries = store.read_log(position + 1, BATCH_MAX as u32).await?;
        match publisher.catch_up(entries).await {
            // A relay at work was quicker; what it published is there all the same.
            Ok(()) | Err(RelayError::Moved) => {}
            Err(error) => return Err(error),
        }
        position = publisher.tip().await?;
    }
    let mut names = Vec::with_capacity(consumers.len());
    for consumer in consumers {
        names.extend(set_up_again(&context, consumer, position).await?);
    }
    Ok(Rebuilt {
        position,
        consumers: names,
        seconds: started.elapsed().as_secs_f64(),
    })
}

/// A role at work may have made the stream while the server was still removing the files of the one before, and those of the
/// new one with them: such a stream can be neither set nor kept, and gives way like any other fault that passes.
async fn make_again(context: &jetstream::Context, chosen: &Config) -> Result<(), RelayError> {
    let mut tries = SET_UP_TRIES;
    loop {
        tries -= 1;
        match stream::make_as(context, chosen.clone()).await {
            Err(_) if tries > 0 => {
                let _ = context.delete_stream(STREAM).await;
                tokio::time::sleep(REMOVAL).await;
            }
            made => return made,
        }
    }
}

/// The stream's settings and its durable consumers; none when there is no stream. Other consumers belong to readers that
/// make them as they need them.
async fn found(context: &jetstream::Context) -> Result<(Option<Config>, Vec<consumer::Info>), RelayError> {
    let stream = match context.get_stream(STREAM).await {
        Ok(stream) => stream,
        Err(error) if runtime::stream::is_missing(&error.kind()) => return Ok((None, Vec::new())),
        Err(error) => return Err(RelayError::bus("asking for the stream", error)),
    };
    let all: Vec<consumer::Info> = stream
        .consumers()
        .try_collect()
        .await
        .map_err(|error| RelayError::bus("listing consumers", error))?;
    let durable = all
        .into_iter()
        .filter(|info| info.config.durable_name.is_some())
        .collect();
    Ok((Some(stream.cached_info().config.clone()), durable))
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

/// A start beyond the stream's end would be taken back to the end by the server, hence the minimum; it is also right
/// when the log is shorter than what the consumer had seen of a stream that is no more.
///
/// A role at work may have made its consumer again meanwhile, from the first message on. Where a consumer begins cannot be
/// changed, so that one gives way; the role finds ours at its next try.
async fn set_up_again(
    context: &jetstream::Context,
    info: consumer::Info,
    last: u64,
) -> Result<Option<String>, RelayError> {
    let start_sequence = info.ack_floor.stream_sequence.min(last) + 1;
    let config = consumer::Config {
        deliver_policy: DeliverPolicy::ByStartSequence { start_sequence },
        ..info.config
    };
    let mut tries = SET_UP_TRIES;
    loop {
        tries -= 1;
        match context.create_consumer_on_stream(config.clone(), STREAM).await {
            Ok(_) => return Ok(Some(info.name)),
            Err(error) if tries == 0 => return Err(RelayError::bus("setting a consumer up again", error)),
            // One that went by itself in between is as good as deleted; any other fault comes again at the next try.
            Err(_) => {
                let _ = context.delete_consumer_from_stream(&info.name, STREAM).await;
            }
        }
    }
}

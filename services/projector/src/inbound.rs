//! Follows what the organisation's system publishes of its establishments, and keeps the directory as it says.
//!
//! Each batch is one transaction, answered for after its commit. What comes again, or late from another projector, is
//! told by its place in the stream and changes nothing. A message that cannot be read is parked with the reason and stands
//! in nobody's way; it is tried once more by whoever starts next, which may be a release that can read it.

mod bus;

use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::consumer::{Consumer, pull};
use async_nats::jetstream::stream::{Info, Stream};
use directory::live::parked::{parked, unpark};
use directory::live::take::{known_up_to, stream_ends_at, take, take_again};
use directory::live::{ParkedMessage, StreamPlace, Taken, message};
use futures::StreamExt;
use runtime::outage::Outage;
use sqlx::PgPool;
use tokio::time::Instant;

use crate::failure::ProjectorError;
use crate::{ProjectorSettings, STANDSTILL_PAUSE};

/// Messages taken in one transaction.
const BATCH: usize = 500;
/// The server says this often that it is there; two missing ones end the session.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// How long one pull request waits at the server.
const PULL_EXPIRES: Duration = Duration::from_secs(30);
/// How often it is looked whether stream and consumer are still those that are followed.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Parked messages that are looked after. More of them are a system that writes another form, not slips.
const PARKED_LOOKED_AT: u32 = 1_000;

/// Follows until `shutdown`. NATS and PostgreSQL may go away and come back.
pub(crate) async fn run(settings: &ProjectorSettings) {
    let mut outage = Outage::of("directory");
    loop {
        let error = tokio::select! {
            biased;
            () = settings.shutdown.cancelled() => return,
            error = follow(settings, &mut outage) => error,
        };
        let pause = outage.failed(&error);
        let pause = if error.is_standstill() {
            STANDSTILL_PAUSE
        } else {
            pause
        };
        tokio::select! {
            () = settings.shutdown.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Never ends well: it follows until something is in the way.
async fn follow(settings: &ProjectorSettings, outage: &mut Outage) -> ProjectorError {
    match try_follow(settings, outage).await {
        Err(error) => error,
        Ok(never) => match never {},
    }
}

async fn try_follow(
    settings: &ProjectorSettings,
    outage: &mut Outage,
) -> Result<std::convert::Infallible, ProjectorError> {
    let context = runtime::nats::jetstream(&settings.client);
    let stream = bus::stream(&context).await?;
    let made = bus::made(&stream);
    begin(&settings.pool, &stream).await?;
    let consumer = consumer(&settings.pool, &stream).await?;
    let mut feed = consumer
        .stream()
        .max_messages_per_batch(BATCH * 2)
        .heartbeat(HEARTBEAT)
        .expires(PULL_EXPIRES)
        .messages()
        .await
        .map_err(|error| ProjectorError::bus("following the organisation's stream", error))?
        .ready_chunks(BATCH);
    // The consumer is of the stream that is there now; that must still be the one whose age is known.
    bus::still(&context, &made).await?;
    outage.over();
    let mut look_at = Instant::now();
    loop {
        tokio::select! {
            messages = feed.next() => {
                let messages = messages.ok_or_else(|| ended("it ended"))?;
                receive(&settings.pool, messages, &made).await?;
            }
            () = tokio::time::sleep_until(look_at) => {
                let stream = bus::still(&context, &made).await?;
                look_after_parked(&settings.pool, &stream, false).await?;
                look_at = Instant::now() + LOOK_EVERY;
            }
        }
    }
}

fn ended(reason: impl std::fmt::Display) -> ProjectorError {
    ProjectorError::bus("following the organisation's stream", reason)
}

/// Before the first message: what was remembered of this stream fits what it is.
async fn begin(pool: &PgPool, stream: &Stream<Info>) -> Result<(), ProjectorError> {
    let last = StreamPlace {
        stream_made: bus::made(stream),
        sequence: signed(stream.cached_info().state.last_sequence),
    };
    let set_back = stream_ends_at(pool, last).await?;
    if set_back > 0 {
        tracing::warn!(
            establishments = set_back,
            "the organisation's stream was put back to an earlier time; its messages from there on are new"
        );
    }
    look_after_parked(pool, stream, true).await
}

/// The consumer, which begins again when it was told of messages as taken that the directory does not know: the database was
/// put back to an earlier time. What the directory does know changes nothing when it comes again.
async fn consumer(pool: &PgPool, stream: &Stream<Info>) -> Result<Consumer<pull::Config>, ProjectorError> {
    let consumer = bus::consumer(stream).await?;
    // Messages are answered for after their commit, so that an honest place, asked for first, is never ahead.
    let answered = signed(consumer.cached_info().ack_floor.stream_sequence);
    let known = known_up_to(pool, bus::made(stream)).await?;
    if answered <= known || !bus::tells_of_establishments(stream, known, answered).await? {
        return Ok(consumer);
    }
    tracing::warn!(
        known,
        answered,
        "the directory is older than what was taken for it; hearing the organisation's stream again"
    );
    bus::begin_again(stream).await?;
    bus::consumer(stream).await
}

/// Takes a batch, and answers for it once it is committed. What was received before an interruption is taken first.
async fn receive(
    pool: &PgPool,
    received: Vec<Result<jetstream::Message, pull::MessagesError>>,
    made: &chrono::DateTime<chrono::Utc>,
) -> Result<(), ProjectorError> {
    let mut messages = Vec::with_capacity(received.len());
    let mut obstacle = None;
    for message in received {
        match message {
            Ok(message) => messages.push(message),
            Err(error) => obstacle = Some(ended(error)),
        }
    }
    let mut batch = Vec::with_capacity(messages.len());
    for message in &messages {
        let place = StreamPlace {
            stream_made: *made,
            sequence: signed(message.info().map_err(ended)?.stream_sequence),
        };
        batch.push((place, message.subject.as_str(), message.payload.as_ref()));
    }
    if !batch.is_empty() {
        count(take(pool, &batch).await?);
    }
    for message in &messages {
        message.ack().await.map_err(ended)?;
    }
    obstacle.map_or(Ok(()), Err)
}

fn count(taken: Taken) {
    let outcomes = [
        ("kept", taken.kept),
        ("deleted", taken.deleted),
        ("parked", taken.parked),
        ("passed_over", taken.passed_over),
    ];
    for (outcome, messages) in outcomes {
        metrics::counter!("onboarding_directory_messages_total", "outcome" => outcome).increment(messages);
    }
}

/// Forgets what is parked and has left the stream; when asked to `read_again`, takes what this release can read.
async fn look_after_parked(
    pool: &PgPool,
    stream: &Stream<Info>,
    read_again: bool,
) -> Result<(), ProjectorError> {
    let found = parked(pool, PARKED_LOOKED_AT).await?;
    metrics::gauge!("onboarding_directory_parked_messages").set(found.count as f64);
    // What is parked of an establishment goes with its next message, of which an odd subject has none.
    let due = found
        .messages
        .iter()
        .filter(|it| read_again || it.siret.is_none());
    for parked in due {
        match in_stream(stream, parked).await? {
            None => unpark(pool, parked).await?,
            Some((subject, body)) if read_again && is_good_now(&subject, &body) => {
                let place = StreamPlace {
                    stream_made: parked.stream_made,
                    sequence: parked.sequence,
                };
                count(take_again(pool, (place, &subject, &body)).await?);
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Subject and body of a parked message, as long as it stands in the stream.
async fn in_stream(
    stream: &Stream<Info>,
    parked: &ParkedMessage,
) -> Result<Option<(String, Vec<u8>)>, ProjectorError> {
    if parked.stream_made != bus::made(stream) {
        return Ok(None);
    }
    match stream.get_raw_message(parked.sequence.unsigned_abs()).await {
        Ok(message) => Ok(Some((message.subject.to_string(), message.payload.to_vec()))),
        Err(error) if error.kind() == jetstream::stream::RawMessageErrorKind::NoMessageFound => Ok(None),
        Err(error) => Err(ProjectorError::bus("reading a parked message", error)),
    }
}

fn is_good_now(subject: &str, body: &[u8]) -> bool {
    message::siret_of(subject).is_some_and(|siret| message::read(&siret, body).is_ok())
}

/// PostgreSQL's integers have a sign; no stream lives to see the difference.
fn signed(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

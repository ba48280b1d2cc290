//! The stream `CRM` and the consumer that the projectors share, and how they must be kept.
//!
//! One message a subject is kept, so that the stream is the state of every establishment, small enough for a new service to
//! read it whole. Replicas, placement and the limit in bytes are the operator's.

use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::consumer::{AckPolicy, Consumer, DeliverPolicy, pull};
use async_nats::jetstream::stream::{
    Config, DiscardPolicy, Info, RawMessageErrorKind, RetentionPolicy, StorageType, Stream,
};
use chrono::{DateTime, SubsecRound, Utc};
use directory::live::message;
use domain::inbound::{STREAM, SUBJECTS};
use runtime::stream::StreamError;

use crate::failure::ProjectorError;

/// The consumer's name.
const CONSUMER: &str = "directory";
/// The largest message, in bytes: an establishment many times over.
const MESSAGE_BYTES_MAX: i32 = 16 * 1024;
/// A message that nobody answers for this long comes again.
const ACK_WAIT: Duration = Duration::from_secs(30);
/// Messages that may be under way to the projectors.
const MAX_ACK_PENDING: i64 = 5_000;

/// The stream, made or mended where needed.
pub async fn stream(context: &jetstream::Context) -> Result<Stream<Info>, ProjectorError> {
    runtime::stream::ensure(context, &wanted())
        .await
        .map_err(|error| match error {
            StreamError::Configuration { setting, .. } => ProjectorError::InboundConfiguration { setting },
            away @ StreamError::Bus { .. } => {
                ProjectorError::bus("following the organisation's stream", away)
            }
        })
}

/// When the stream was made, as precisely as PostgreSQL keeps it. It tells a stream from one made anew.
pub fn made(stream: &Stream<Info>) -> DateTime<Utc> {
    stream.cached_info().created.trunc_subsecs(6)
}

/// The stream as it is now, if it is the one that was made then and the consumer is there.
pub async fn still(
    context: &jetstream::Context,
    made_then: &DateTime<Utc>,
) -> Result<Stream<Info>, ProjectorError> {
    let stream = context.get_stream(STREAM).await.map_err(asking)?;
    if made(&stream) != *made_then {
        return Err(ProjectorError::bus(
            "following the organisation's stream",
            "it was made anew",
        ));
    }
    let consumer = stream.get_consumer::<pull::Config>(CONSUMER).await;
    consumer.map_err(|error| ProjectorError::bus("following the organisation's stream", error))?;
    Ok(stream)
}

/// The consumer, found or made.
pub async fn consumer(stream: &Stream<Info>) -> Result<Consumer<pull::Config>, ProjectorError> {
    let wanted = pull::Config {
        durable_name: Some(CONSUMER.to_owned()),
        description: Some("Establishments for the directory".to_owned()),
        deliver_policy: DeliverPolicy::All,
        ack_policy: AckPolicy::Explicit,
        ack_wait: ACK_WAIT,
        max_deliver: -1,
        max_ack_pending: MAX_ACK_PENDING,
        filter_subject: SUBJECTS.to_owned(),
        ..pull::Config::default()
    };
    let consumer = stream
        .create_consumer(wanted.clone())
        .await
        .map_err(|error| ProjectorError::bus("making the directory's consumer", error))?;
    let made = &consumer.cached_info().config;
    let settings = [
        ("filter_subject", made.filter_subject == wanted.filter_subject),
        ("deliver_policy", made.deliver_policy == wanted.deliver_policy),
        ("ack_policy", made.ack_policy == wanted.ack_policy),
        ("ack_wait", made.ack_wait == wanted.ack_wait),
        ("max_deliver", made.max_deliver < 1),
        ("max_ack_pending", made.max_ack_pending == wanted.max_ack_pending),
    ];
    match settings.into_iter().find(|(_, same)| !same) {
        Some((setting, _)) => Err(ProjectorError::InboundConfiguration { setting }),
        None => Ok(consumer),
    }
}

/// Whether the stream holds a message about an establishment after `known` and up to `answered`.
pub async fn tells_of_establishments(
    stream: &Stream<Info>,
    known: i64,
    answered: i64,
) -> Result<bool, ProjectorError> {
    let mut from = known.unsigned_abs() + 1;
    while from <= answered.unsigned_abs() {
        let next = match stream.get_first_raw_message_by_subject(SUBJECTS, from).await {
            Ok(message) => message,
            Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => return Ok(false),
            Err(error) => return Err(asking(error)),
        };
        // An empty message on a subject that is no SIRET leaves no trace in the directory.
        if next.sequence <= answered.unsigned_abs() && message::siret_of(&next.subject).is_some() {
            return Ok(true);
        }
        from = next.sequence + 1;
    }
    Ok(false)
}

/// Forgets how far the projectors have come: the consumer is made again by whoever follows next.
pub async fn begin_again(stream: &Stream<Info>) -> Result<(), ProjectorError> {
    stream.delete_consumer(CONSUMER).await.map(drop).map_err(asking)
}

fn wanted() -> Config {
    Config {
        name: STREAM.to_owned(),
        description: Some("The latest state of every establishment of the organisation's.".to_owned()),
        subjects: vec![SUBJECTS.to_owned()],
        storage: StorageType::File,
        retention: RetentionPolicy::Limits,
        // A full stream refuses a new message; discarding the oldest would forget another establishment.
        discard: DiscardPolicy::New,
        max_messages: -1,
        max_messages_per_subject: 1,
        max_bytes: -1,
        max_age: Duration::ZERO,
        max_message_size: MESSAGE_BYTES_MAX,
        num_replicas: 1,
        allow_direct: true,
        ..Config::default()
    }
}

fn asking(error: impl std::fmt::Display) -> ProjectorError {
    ProjectorError::bus("asking for the organisation's stream", error)
}

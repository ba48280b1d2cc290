//! A subscriber's own stream and the durable consumer in it: how they must be, made when missing.
//!
//! The stream is a hand-over, not an archive: what is acknowledged leaves it, and PostgreSQL knows what was in it. So it
//! is kept without waiting for the disk, on one server, and is filled anew from the lanes when it was lost. One message a
//! subject, and one subject a registration, lets the server itself refuse a second event of a registration that has one
//! under way.

use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::stream::{
    Config, DiscardPolicy, Info, PersistenceMode, RetentionPolicy, StorageType, Stream,
};

use crate::{SubscriberError, SubscriberName};

/// A message that nobody answers for this long is delivered again.
pub const ACK_WAIT: Duration = Duration::from_secs(30);
/// A message that was delivered so often without an acknowledgement parks its registration.
pub const DELIVERIES_MAX: i64 = 8;
/// How many messages may be delivered and not answered at a time; no more than the live and the replay window together.
const ACK_PENDING_MAX: i64 = 2_000;
/// The largest message, in bytes, as in the feed.
const MESSAGE_BYTES_MAX: i32 = 256 * 1024;
/// How long the server remembers ids of messages, against doubles. The expected sequence alone prevents them.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(120);
/// Every acknowledgement is told, not a sample.
const EVERY: u8 = 100;

fn stream_wanted(name: &SubscriberName, first_sequence: Option<u64>) -> Config {
    Config {
        name: name.stream(),
        description: Some(format!(
            "What is under way to the subscriber {name}; filled by the service."
        )),
        subjects: vec![name.subjects()],
        storage: StorageType::File,
        retention: RetentionPolicy::WorkQueue,
        discard: DiscardPolicy::New,
        discard_new_per_subject: true,
        max_messages: -1,
        max_messages_per_subject: 1,
        max_bytes: -1,
        max_message_size: MESSAGE_BYTES_MAX,
        max_consumers: 1,
        num_replicas: 1,
        duplicate_window: DUPLICATE_WINDOW,
        persist_mode: Some(PersistenceMode::Async),
        first_sequence,
        ..Config::default()
    }
}

fn consumer_wanted(name: &SubscriberName) -> pull::Config {
    pull::Config {
        durable_name: Some(name.consumer().to_owned()),
        description: Some("Pulled by the subscriber; each message acknowledged by itself.".to_owned()),
        deliver_policy: DeliverPolicy::All,
        ack_policy: AckPolicy::Explicit,
        ack_wait: ACK_WAIT,
        max_deliver: DELIVERIES_MAX,
        max_ack_pending: ACK_PENDING_MAX,
        sample_frequency: EVERY,
        ..pull::Config::default()
    }
}

/// The subject that an event of this registration goes to.
pub(crate) fn subject(name: &SubscriberName, registration: domain::values::RegistrationId) -> String {
    format!("{}.{name}.{registration}", crate::SUBJECT_PREFIX)
}

/// The stream with its consumer, made where missing. Settings that drifted are mended, and those that the server does not
/// take are an error: a subscriber must not see more, nor less, than it was promised.
pub(crate) async fn ensure(
    context: &jetstream::Context,
    name: &SubscriberName,
    first_sequence: Option<u64>,
) -> Result<Stream<Info>, SubscriberError> {
    let stream = runtime::stream::ensure(context, &stream_wanted(name, first_sequence)).await?;
    let wanted = consumer_wanted(name);
    let consumer = stream
        .create_consumer(wanted.clone())
        .await
        .map_err(|error| SubscriberError::bus("making a subscriber's consumer", error))?;
    let made = &consumer.cached_info().config;
    let settings = [
        ("ack_policy", made.ack_policy == wanted.ack_policy),
        ("ack_wait", made.ack_wait == wanted.ack_wait),
        ("max_deliver", made.max_deliver == wanted.max_deliver),
        ("sample_freq", made.sample_frequency == wanted.sample_frequency),
        ("filter_subject", made.filter_subject.is_empty()),
    ];
    match settings.into_iter().find(|(_, same)| !same) {
        Some((setting, _)) => Err(SubscriberError::Configuration {
            stream: name.stream(),
            setting,
        }),
        None => Ok(stream),
    }
}

/// Makes a subscriber's stream and consumer, so that its client may begin before the distributor has looked.
///
/// # Errors
/// [`SubscriberError::Bus`], [`SubscriberError::Configuration`].
pub async fn make_stream(context: &jetstream::Context, name: &SubscriberName) -> Result<(), SubscriberError> {
    ensure(context, name, None).await.map(|_| ())
}

/// Removes a subscriber's stream with its consumer; fine when it is not there.
///
/// # Errors
/// [`SubscriberError::Bus`].
pub async fn remove_stream(
    context: &jetstream::Context,
    name: &SubscriberName,
) -> Result<(), SubscriberError> {
    match context.delete_stream(name.stream()).await {
        Ok(_) => Ok(()),
        Err(error) => match context.get_stream(name.stream()).await {
            Err(missing) if runtime::stream::is_missing(&missing.kind()) => Ok(()),
            _ => Err(SubscriberError::bus("removing a subscriber's stream", error)),
        },
    }
}

/// Empties the stream and has it go on after sequence `base`, which is not below its last. The consumer stays.
pub(crate) async fn begin_anew(
    context: &jetstream::Context,
    name: &SubscriberName,
    stream: &Stream<Info>,
    base: u64,
) -> Result<(), SubscriberError> {
    stream
        .purge()
        .sequence(base + 1)
        .await
        .map_err(|error| SubscriberError::bus("emptying a subscriber's stream", error))?;
    let state = stream
        .get_info()
        .await
        .map_err(|error| SubscriberError::bus("asking for a subscriber's stream", error))?
        .state;
    if state.last_sequence == base && state.messages == 0 {
        return Ok(());
    }
    remove_stream(context, name).await?;
    ensure(context, name, Some(base + 1)).await.map(|_| ())
}

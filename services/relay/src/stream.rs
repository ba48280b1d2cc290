//! The stream `ONBOARDING`, and how it must be kept.

use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::stream::{Config, DiscardPolicy, Info, RetentionPolicy, StorageType, Stream};
use domain::message::{STREAM, SUBJECTS};

use crate::failure::RelayError;

/// The largest message, in bytes. Events are a hundred times smaller; a larger one is a bug that must not fill the disk.
pub const MESSAGE_BYTES_MAX: i32 = 256 * 1024;

/// How long the server remembers ids of messages, against doubles. Fencing alone prevents them; this is the second belt.
const DUPLICATE_WINDOW: Duration = Duration::from_secs(120);

/// The settings that the feed's promises rest on.
pub fn wanted() -> Config {
    Config {
        name: STREAM.to_owned(),
        description: Some("Every event of every registration, once, in the order of the log.".to_owned()),
        subjects: vec![SUBJECTS.to_owned()],
        storage: StorageType::File,
        retention: RetentionPolicy::Limits,
        // A full stream makes the relay wait; discarding the oldest would break the promise to subscribers.
        discard: DiscardPolicy::New,
        max_messages: -1,
        max_messages_per_subject: -1,
        max_bytes: -1,
        max_age: Duration::ZERO,
        max_message_size: MESSAGE_BYTES_MAX,
        num_replicas: 1,
        duplicate_window: DUPLICATE_WINDOW,
        allow_atomic_publish: true,
        allow_direct: true,
        // Deleting and purging are for the administrator's account, whom permissions tell apart, and for `bus rebuild`.
        deny_delete: false,
        deny_purge: false,
        ..Config::default()
    }
}

/// The stream, made or mended where needed, with its state as the leader tells it.
///
/// # Errors
/// [`Standstill::Configuration`](crate::Standstill::Configuration) when the server keeps another setting than asked for;
/// [`RelayError::Bus`].
pub async fn ensure(context: &jetstream::Context) -> Result<Stream<Info>, RelayError> {
    Ok(runtime::stream::ensure(context, &wanted()).await?)
}

/// Makes the stream with what the operator had chosen for the one before: replicas, placement, the limit in bytes. A relay at
/// work may have made it meanwhile as it needs it; then that one is given what had been chosen.
pub(crate) async fn make_as(context: &jetstream::Context, before: Config) -> Result<(), RelayError> {
    let chosen = runtime::stream::mended(before, &wanted());
    let Err(error) = context.create_stream(chosen.clone()).await else {
        return Ok(());
    };
    if context.get_stream(STREAM).await.is_err() {
        return Err(RelayError::bus("making the stream", error));
    }
    context
        .update_stream(&chosen)
        .await
        .map(drop)
        .map_err(|error| RelayError::bus("giving the stream back what was chosen for it", error))
}

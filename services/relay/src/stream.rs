//! The stream `ONBOARDING`: how it must be kept, made when it is missing, mended when it drifted.
//!
//! Older servers drop settings that they do not know without a word, so what the server answers is compared with what
//! was asked. Replicas, placement, the limit in bytes and the description are the operator's and stay as they are.

use std::time::Duration;

use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::stream::{Config, DiscardPolicy, Info, RetentionPolicy, StorageType, Stream};
use async_nats::jetstream::{self, ErrorCode};
use domain::message::{STREAM, SUBJECTS};

use crate::failure::{RelayError, Standstill};

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
/// [`Standstill::Configuration`] when the server keeps another setting than asked for; [`RelayError::Bus`].
pub async fn ensure(context: &jetstream::Context) -> Result<Stream<Info>, RelayError> {
    let mut stream = match context.get_stream(STREAM).await {
        Ok(stream) => stream,
        Err(error) if is_missing(&error.kind()) => {
            tracing::info!(stream = STREAM, "making the stream");
            context
                .create_stream(wanted())
                .await
                .map_err(|error| RelayError::bus("making the stream", error))?
        }
        Err(error) => return Err(RelayError::bus("asking for the stream", error)),
    };
    if let Some(setting) = first_difference(&stream.cached_info().config) {
        tracing::warn!(
            stream = STREAM,
            setting,
            "the stream's settings are not the relay's; mending them"
        );
        let mended = mended(stream.cached_info().config.clone());
        context
            .update_stream(&mended)
            .await
            .map_err(|_| Standstill::Configuration { setting })?;
        stream
            .info()
            .await
            .map_err(|error| RelayError::bus("asking for the stream", error))?;
    }
    match first_difference(&stream.cached_info().config) {
        Some(setting) => Err(Standstill::Configuration { setting }.into()),
        None => Ok(stream),
    }
}

/// Makes the stream with what the operator had chosen for the one before: replicas, placement, the limit in bytes. One
/// that somebody else has made meanwhile is left to [`ensure`].
pub(crate) async fn make_as(context: &jetstream::Context, before: Config) -> Result<(), RelayError> {
    match context.create_stream(mended(before)).await {
        Ok(_) => Ok(()),
        Err(error) => match context.get_stream(STREAM).await {
            Ok(_) => Ok(()),
            Err(_) => Err(RelayError::bus("making the stream", error)),
        },
    }
}

/// Whether this error says that there is no such stream.
pub(crate) fn is_missing(kind: &GetStreamErrorKind) -> bool {
    matches!(kind, GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

/// The relay's settings over what the operator may choose.
fn mended(found: Config) -> Config {
    Config {
        description: found.description,
        max_bytes: found.max_bytes,
        num_replicas: found.num_replicas,
        placement: found.placement,
        metadata: found.metadata,
        compression: found.compression,
        first_sequence: found.first_sequence,
        ..wanted()
    }
}

/// The first setting in which a stream is not as needed.
fn first_difference(found: &Config) -> Option<&'static str> {
    let wanted = wanted();
    let settings = [
        ("subjects", found.subjects == wanted.subjects),
        ("storage", found.storage == wanted.storage),
        ("retention", found.retention == wanted.retention),
        ("discard", found.discard == wanted.discard),
        ("max_msgs", found.max_messages <= 0),
        ("max_msgs_per_subject", found.max_messages_per_subject <= 0),
        ("max_age", found.max_age.is_zero()),
        ("max_msg_size", found.max_message_size == wanted.max_message_size),
        (
            "duplicate_window",
            found.duplicate_window == wanted.duplicate_window,
        ),
        ("allow_atomic", found.allow_atomic_publish),
        ("allow_direct", found.allow_direct),
        ("allow_rollup_hdrs", !found.allow_rollup),
        ("no_ack", !found.no_ack),
        ("sealed", !found.sealed),
        ("allow_msg_ttl", !found.allow_message_ttl),
        ("subject_transform", found.subject_transform.is_none()),
        ("mirror", found.mirror.is_none()),
        ("sources", found.sources.as_ref().is_none_or(Vec::is_empty)),
        ("persist_mode", found.persist_mode == wanted.persist_mode),
    ];
    settings
        .into_iter()
        .find(|(_, same)| !same)
        .map(|(setting, _)| setting)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operator_may_choose_replicas_and_bytes_and_nothing_else() {
        let chosen = Config {
            num_replicas: 3,
            max_bytes: 1 << 30,
            ..wanted()
        };
        assert_eq!(first_difference(&chosen), None);
        assert_eq!(mended(chosen.clone()), chosen);
        let shortened = Config {
            max_age: Duration::from_secs(60),
            ..wanted()
        };
        assert_eq!(first_difference(&shortened), Some("max_age"));
        assert_eq!(first_difference(&mended(shortened)), None);
    }

    #[test]
    fn a_setting_that_an_old_server_dropped_is_named() {
        let dropped = Config {
            allow_atomic_publish: false,
            ..wanted()
        };
        assert_eq!(first_difference(&dropped), Some("allow_atomic"));
    }
}

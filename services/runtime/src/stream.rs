//! JetStream streams as the service needs them: made when missing, mended when they drifted, refused when the server does
//! not keep what was asked for.
//!
//! Older servers drop settings that they do not know without a word, so what the server answers is compared with what
//! was asked. Replicas, placement, the limit in bytes, compression and the description are the operator's and stay as
//! they are.

use async_nats::jetstream::context::{CreateStreamErrorKind, GetStreamErrorKind};
use async_nats::jetstream::stream::{Config, Info, Stream};
use async_nats::jetstream::{self, ErrorCode};

/// Why there is no stream as it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// The server keeps the stream with another setting, and does not change it.
    #[error("the stream {stream} has another {setting} than the service needs, and it cannot be changed")]
    Configuration {
        /// The stream.
        stream: String,
        /// The setting, as in the server's interface.
        setting: &'static str,
    },
    /// NATS is away, or refused.
    #[error("{attempted} the stream {stream}: {reason}")]
    Bus {
        /// What was attempted.
        attempted: &'static str,
        /// The stream.
        stream: String,
        /// What NATS or its client said.
        reason: String,
    },
}

/// The stream, made or mended where needed, with its state as the leader tells it.
///
/// # Errors
/// [`StreamError`].
pub async fn ensure(context: &jetstream::Context, wanted: &Config) -> Result<Stream<Info>, StreamError> {
    let failed = |attempted, reason: &dyn std::fmt::Display| StreamError::Bus {
        attempted,
        stream: wanted.name.clone(),
        reason: reason.to_string(),
    };
    let mut stream = match context.get_stream(&wanted.name).await {
        Ok(stream) => stream,
        Err(error) if is_missing(&error.kind()) => {
            tracing::info!(stream = wanted.name, "making the stream");
            context
                .create_stream(wanted.clone())
                .await
                .map_err(|error| failed("making", &error))?
        }
        Err(error) => return Err(failed("asking for", &error)),
    };
    let refused = |setting| StreamError::Configuration {
        stream: wanted.name.clone(),
        setting,
    };
    if let Some(setting) = first_difference(&stream.cached_info().config, wanted) {
        tracing::warn!(
            stream = wanted.name,
            setting,
            "the stream has other settings than the service needs; mending them"
        );
        let mended = mended(stream.cached_info().config.clone(), wanted);
        context
            .update_stream(&mended)
            .await
            .map_err(|error| match error.kind() {
                CreateStreamErrorKind::JetStream(_) => refused(setting),
                _ => failed("mending", &error),
            })?;
        stream
            .info()
            .await
            .map_err(|error| failed("asking for", &error))?;
    }
    match first_difference(&stream.cached_info().config, wanted) {
        Some(setting) => Err(refused(setting)),
        None => Ok(stream),
    }
}

/// Whether this error says that there is no such stream.
pub fn is_missing(kind: &GetStreamErrorKind) -> bool {
    matches!(kind, GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

/// The service's settings over what the operator may choose.
pub fn mended(found: Config, wanted: &Config) -> Config {
    Config {
        description: found.description,
        max_bytes: found.max_bytes,
        num_replicas: found.num_replicas,
        placement: found.placement,
        metadata: found.metadata,
        compression: found.compression,
        first_sequence: found.first_sequence,
        duplicate_window: if wanted.duplicate_window.is_zero() {
            found.duplicate_window
        } else {
            wanted.duplicate_window
        },
        ..wanted.clone()
    }
}

/// The first setting in which a stream is not as asked for. What `wanted` leaves to the server may be anything.
fn first_difference(found: &Config, wanted: &Config) -> Option<&'static str> {
    let settings = [
        ("subjects", found.subjects == wanted.subjects),
        ("storage", found.storage == wanted.storage),
        ("retention", found.retention == wanted.retention),
        ("discard", found.discard == wanted.discard),
        (
            "discard_new_per_subject",
            found.discard_new_per_subject == wanted.discard_new_per_subject,
        ),
        (
            "max_msgs",
            no_more_than(found.max_messages) == no_more_than(wanted.max_messages),
        ),
        (
            "max_msgs_per_subject",
            no_more_than(found.max_messages_per_subject) == no_more_than(wanted.max_messages_per_subject),
        ),
        ("max_age", found.max_age == wanted.max_age),
        (
            "max_msg_size",
            no_more_than(found.max_message_size.into()) == no_more_than(wanted.max_message_size.into()),
        ),
        (
            "duplicate_window",
            wanted.duplicate_window.is_zero() || found.duplicate_window == wanted.duplicate_window,
        ),
        (
            "allow_atomic",
            found.allow_atomic_publish || !wanted.allow_atomic_publish,
        ),
        ("allow_direct", found.allow_direct || !wanted.allow_direct),
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

/// A limit, if there is one: the server writes -1, or 0, for none.
fn no_more_than(limit: i64) -> Option<i64> {
    (limit > 0).then_some(limit)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn wanted() -> Config {
        Config {
            name: "S".to_owned(),
            subjects: vec!["s.>".to_owned()],
            max_messages_per_subject: 1,
            max_message_size: 1024,
            allow_atomic_publish: true,
            ..Config::default()
        }
    }

    #[test]
    fn the_operator_may_choose_replicas_and_bytes_and_nothing_else() {
        let chosen = Config {
            num_replicas: 3,
            max_bytes: 1 << 30,
            max_messages: -1,
            duplicate_window: Duration::from_secs(120),
            ..wanted()
        };
        assert_eq!(first_difference(&chosen, &wanted()), None);
        assert_eq!(mended(chosen.clone(), &wanted()).num_replicas, 3);
        for (drifted, setting) in [
            (
                Config {
                    max_age: Duration::from_secs(60),
                    ..wanted()
                },
                "max_age",
            ),
            (
                Config {
                    max_messages_per_subject: -1,
                    ..wanted()
                },
                "max_msgs_per_subject",
            ),
            (
                Config {
                    max_messages: 5,
                    ..wanted()
                },
                "max_msgs",
            ),
        ] {
            assert_eq!(first_difference(&drifted, &wanted()), Some(setting));
            assert_eq!(first_difference(&mended(drifted, &wanted()), &wanted()), None);
        }
    }

    #[test]
    fn a_setting_that_an_old_server_dropped_is_named() {
        let dropped = Config {
            allow_atomic_publish: false,
            ..wanted()
        };
        assert_eq!(first_difference(&dropped, &wanted()), Some("allow_atomic"));
    }
}

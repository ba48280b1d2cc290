//! The stream `CRM` and the consumer that the projectors share: made when missing, compared with what was asked for.
//!
//! One message a subject is kept, so that the stream is the state of every establishment, small enough for a new service to
//! read it whole. Replicas, placement and the limit in bytes are the operator's.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, Consumer, DeliverPolicy, pull};
use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::stream::{Config, DiscardPolicy, Info, RetentionPolicy, StorageType, Stream};
use async_nats::jetstream::{self, ErrorCode};
use chrono::{DateTime, SubsecRound, Utc};
use domain::inbound::{STREAM, SUBJECTS};

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
    let mut stream = match context.get_stream(STREAM).await {
        Ok(stream) => stream,
        Err(error) if is_missing(&error.kind()) => {
            tracing::info!(stream = STREAM, "making the stream");
            context
                .create_stream(wanted())
                .await
                .map_err(|error| ProjectorError::bus("making the organisation's stream", error))?
        }
        Err(error) => return Err(asking(error)),
    };
    if let Some(setting) = first_difference(&stream.cached_info().config) {
        tracing::warn!(
            stream = STREAM,
            setting,
            "the stream's settings are not the service's; mending them"
        );
        let mended = mended(stream.cached_info().config.clone());
        let refused = |_| ProjectorError::InboundConfiguration { setting };
        context.update_stream(&mended).await.map_err(refused)?;
        stream.info().await.map_err(asking)?;
    }
    match first_difference(&stream.cached_info().config) {
        Some(setting) => Err(ProjectorError::InboundConfiguration { setting }),
        None => Ok(stream),
    }
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

/// The service's settings over what the operator may choose.
fn mended(found: Config) -> Config {
    Config {
        description: found.description,
        max_bytes: found.max_bytes,
        num_replicas: found.num_replicas,
        placement: found.placement,
        metadata: found.metadata,
        compression: found.compression,
        duplicate_window: found.duplicate_window,
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
        ("max_msgs_per_subject", found.max_messages_per_subject == 1),
        ("discard_new_per_subject", !found.discard_new_per_subject),
        ("max_age", found.max_age.is_zero()),
        ("max_msg_size", found.max_message_size == wanted.max_message_size),
        ("no_ack", !found.no_ack),
        ("sealed", !found.sealed),
        ("allow_msg_ttl", !found.allow_message_ttl),
        ("subject_transform", found.subject_transform.is_none()),
        ("mirror", found.mirror.is_none()),
        ("sources", found.sources.as_ref().is_none_or(Vec::is_empty)),
    ];
    settings
        .into_iter()
        .find(|(_, same)| !same)
        .map(|(setting, _)| setting)
}

fn is_missing(kind: &GetStreamErrorKind) -> bool {
    matches!(kind, GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

fn asking(error: impl std::fmt::Display) -> ProjectorError {
    ProjectorError::bus("asking for the organisation's stream", error)
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
        let history = Config {
            max_messages_per_subject: 5,
            ..wanted()
        };
        assert_eq!(first_difference(&history), Some("max_msgs_per_subject"));
        assert_eq!(first_difference(&mended(history)), None);
    }
}

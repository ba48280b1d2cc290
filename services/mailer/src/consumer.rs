//! The mailer's place in the feed: a durable consumer that two mailers share.
//!
//! It has no limit on deliveries. Whether to try again, and when, is the ledger's business; the bus only reminds.

use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, Consumer, DeliverPolicy, pull};
use async_nats::jetstream::{self, ErrorCode};
use domain::message::{STREAM, SUBJECT_PREFIX};

use crate::errand::EVENTS;

/// The consumer's name.
pub const NAME: &str = "mailer";
/// A message that nobody answers for this long comes again; a mail under way asks for more time.
pub const ACK_WAIT: Duration = Duration::from_secs(30);
/// Messages that may be waiting for their next try, some for hours. More mails than this behind a server that is away wait in
/// the stream.
const MAX_ACK_PENDING: i64 = 5_000;

/// Why there is no consumer.
#[derive(Debug, thiserror::Error)]
pub enum ConsumerError {
    /// The relay has not made the stream yet.
    #[error("there is no stream {STREAM} yet")]
    NoStream,
    /// The bus does not answer.
    #[error("the bus does not answer")]
    Bus(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The server made another consumer than asked for, as servers do that are too old to know a setting.
    #[error("the server made another consumer than asked for: {0} differs")]
    Differs(&'static str),
}

/// The configuration that is asked for.
fn wanted() -> pull::Config {
    pull::Config {
        durable_name: Some(NAME.to_owned()),
        description: Some("Mails that were asked for".to_owned()),
        deliver_policy: DeliverPolicy::All,
        ack_policy: AckPolicy::Explicit,
        ack_wait: ACK_WAIT,
        max_deliver: -1,
        max_ack_pending: MAX_ACK_PENDING,
        filter_subjects: EVENTS
            .iter()
            .map(|event| format!("{SUBJECT_PREFIX}.*.{event}"))
            .collect(),
        ..pull::Config::default()
    }
}

/// Finds the consumer or makes it, and compares it with what was asked for.
///
/// # Errors
/// [`ConsumerError`]; all but a difference are worth another try.
pub async fn open(context: &jetstream::Context) -> Result<Consumer<pull::Config>, ConsumerError> {
    let stream = context
        .get_stream(STREAM)
        .await
        .map_err(|error| match error.kind() {
            jetstream::context::GetStreamErrorKind::JetStream(cause)
                if cause.error_code() == ErrorCode::STREAM_NOT_FOUND =>
            {
                ConsumerError::NoStream
            }
            _ => ConsumerError::Bus(error.into()),
        })?;
    let mut wanted = wanted();
    // Where a consumer began cannot be changed, and need not be: after `bus rebuild` it begins where it had come to.
    if let Ok(found) = stream.get_consumer::<pull::Config>(NAME).await {
        wanted.deliver_policy = found.cached_info().config.deliver_policy;
    }
    let consumer = stream
        .create_consumer(wanted.clone())
        .await
        .map_err(|error| ConsumerError::Bus(error.into()))?;
    match difference(&wanted, &consumer.cached_info().config) {
        None => Ok(consumer),
        Some(what) => Err(ConsumerError::Differs(what)),
    }
}

fn difference(wanted: &pull::Config, made: &jetstream::consumer::Config) -> Option<&'static str> {
    let sorted = |subjects: &[String]| {
        let mut subjects = subjects.to_vec();
        subjects.sort_unstable();
        subjects
    };
    let checks = [
        (
            "filter_subjects",
            sorted(&wanted.filter_subjects) == sorted(&made.filter_subjects),
        ),
        ("ack_policy", wanted.ack_policy == made.ack_policy),
        ("ack_wait", wanted.ack_wait == made.ack_wait),
        ("max_deliver", made.max_deliver < 1),
        ("max_ack_pending", wanted.max_ack_pending == made.max_ack_pending),
        ("deliver_policy", wanted.deliver_policy == made.deliver_policy),
    ];
    checks
        .into_iter()
        .find_map(|(name, is_same)| (!is_same).then_some(name))
}

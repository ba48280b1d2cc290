//! What becomes of messages in subscribers' own streams, as the server tells it: acknowledged, refused for good, or
//! delivered as often as allowed without an answer.
//!
//! The server publishes this as advisories that nobody keeps; a stream of the service's keeps them until the distributor
//! has settled them. One that is lost all the same, as by a power failure between the acknowledgement and its advisory,
//! leaves a ticket of which nothing is known: the distributor finds it and hands the event over again.

use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, Consumer, pull};
use async_nats::jetstream::stream::{Config, DiscardPolicy, PersistenceMode, RetentionPolicy, StorageType};
use async_nats::jetstream::{self, Message};
use serde::Deserialize;

use crate::lanes::Outcome;
use crate::{SubscriberError, SubscriberName};

/// The stream that keeps them.
pub const STREAM: &str = "FEED_OUTCOMES";
const CONSUMER: &str = "distributor";
const ACKNOWLEDGED: &str = "$JS.EVENT.METRIC.CONSUMER.ACK";
const TERMINATED: &str = "$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED";
const EXHAUSTED: &str = "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES";
/// Longer than any outage of the distributor that an operator would leave be. What falls out is delivered again.
const KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 3_600);
const BYTES_MAX: i64 = 1 << 30;
const ACK_PENDING_MAX: i64 = 20_000;
/// What a distributor had heard when it died is told to the next one after this long. Settling takes far less.
const ACK_WAIT: Duration = Duration::from_secs(10);

/// The stream and its consumer, made where missing.
pub(crate) async fn consumer(
    context: &jetstream::Context,
) -> Result<Consumer<pull::Config>, SubscriberError> {
    let failed = |error: &dyn std::fmt::Display| SubscriberError::bus("making the stream of outcomes", error);
    let config = Config {
        name: STREAM.to_owned(),
        description: Some("What became of messages to subscribers, until it is settled.".to_owned()),
        subjects: [ACKNOWLEDGED, TERMINATED, EXHAUSTED]
            .map(|kind| format!("{kind}.*.*"))
            .to_vec(),
        storage: StorageType::File,
        retention: RetentionPolicy::WorkQueue,
        discard: DiscardPolicy::Old,
        max_age: KEPT_FOR,
        max_bytes: BYTES_MAX,
        max_consumers: 1,
        num_replicas: 1,
        persist_mode: Some(PersistenceMode::Async),
        ..Config::default()
    };
    runtime::stream::ensure(context, &config).await?;
    let config = pull::Config {
        durable_name: Some(CONSUMER.to_owned()),
        ack_policy: AckPolicy::Explicit,
        ack_wait: ACK_WAIT,
        max_deliver: -1,
        max_ack_pending: ACK_PENDING_MAX,
        ..pull::Config::default()
    };
    context
        .create_consumer_on_stream(config, STREAM)
        .await
        .map_err(|error| failed(&error))
}

/// Outcomes by subscriber, and the messages of own streams that are to be removed, since the server only removes what
/// was answered.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub outcomes: BTreeMap<SubscriberName, Vec<(u64, Outcome)>>,
    pub exhausted: Vec<(SubscriberName, u64)>,
}

impl Heard {
    /// Takes note of a message and answers whom it is about. Those about other streams than subscribers' are passed over.
    pub fn note(&mut self, message: &Message) -> Option<SubscriberName> {
        let (kind, name) = told_by(&message.subject)?;
        let told: Told = serde_json::from_slice(&message.payload).ok()?;
        let outcome = match kind {
            ACKNOWLEDGED => Outcome::Acknowledged,
            TERMINATED => Outcome::Refused {
                reason: kept(&told.reason),
                deliveries: told.deliveries,
            },
            _ => {
                self.exhausted.push((name.clone(), told.stream_seq));
                Outcome::Refused {
                    reason: format!("not acknowledged after {} deliveries", told.deliveries),
                    deliveries: told.deliveries,
                }
            }
        };
        self.outcomes
            .entry(name.clone())
            .or_default()
            .push((told.stream_seq, outcome));
        Some(name)
    }
}

/// The kind of outcome and the subscriber that a subject names.
fn told_by(subject: &str) -> Option<(&'static str, SubscriberName)> {
    let kind = [ACKNOWLEDGED, TERMINATED, EXHAUSTED]
        .into_iter()
        .find(|kind| subject.starts_with(kind))?;
    let (stream, consumer) = subject[kind.len()..].strip_prefix('.')?.split_once('.')?;
    let name = SubscriberName::of_stream(stream)?;
    (name.consumer() == consumer).then_some((kind, name))
}

/// A subscriber's reason as it is kept and shown. An address in it would outlive its person.
fn kept(reason: &str) -> String {
    match reason {
        "" => "refused by the subscriber, without a reason".to_owned(),
        reason if reason.contains('@') => {
            "refused by the subscriber; its reason holds an address and is not kept".to_owned()
        }
        reason => reason.to_owned(),
    }
}

#[derive(Deserialize)]
struct Told {
    stream_seq: u64,
    #[serde(default)]
    deliveries: u32,
    #[serde(default)]
    reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_kept_unless_it_holds_an_address() {
        assert_eq!(kept("no such branch"), "no such branch");
        assert!(kept("").contains("without a reason"));
        assert!(!kept("unknown: jean@example.org").contains("jean"));
    }

    #[test]
    fn only_subscribers_streams_are_listened_to() {
        let name: SubscriberName = "crm-2".parse().unwrap();
        let subject = format!("{TERMINATED}.SUBSCRIBER_CRM-2.crm-2");
        assert_eq!(told_by(&subject), Some((TERMINATED, name)));
        assert_eq!(told_by(&format!("{TERMINATED}.SUBSCRIBER_CRM.other")), None);
        assert_eq!(told_by(&format!("{ACKNOWLEDGED}.ONBOARDING.mailer")), None);
    }
}

//! What becomes of messages in subscribers' own streams, as the server tells it: acknowledged, refused for good, or
//! delivered as often as allowed without an answer.
//!
//! The server publishes this as advisories that nobody keeps; a stream of the service's keeps them until the distributor
//! has settled them. One that is lost all the same, as by a power failure between the acknowledgement and its advisory,
//! leaves a ticket of which nothing is known: the distributor finds it and hands the event over again.

use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, Consumer, pull};
use async_nats::jetstream::stream::{
    Config, DiscardPolicy, Info, PersistenceMode, RetentionPolicy, StorageType,
};
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
    let wanted = wanted(kept_from_now_on(context).await?);
    runtime::stream::ensure(context, &wanted).await?;
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

/// On how many servers the stream is kept, and how they wait for the disk.
type Kept = (usize, Option<PersistenceMode>);

/// On one server without waiting for the disk, which servers offer for a single copy only: what is lost with it is found out.
fn kept_on(copies: usize) -> Kept {
    (copies, (copies == 1).then_some(PersistenceMode::Async))
}

fn kept_now(info: &Info) -> Kept {
    (info.config.num_replicas, info.config.persist_mode)
}

fn wanted((num_replicas, persist_mode): Kept) -> Config {
    Config {
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
        num_replicas,
        persist_mode,
        ..Config::default()
    }
}

/// How it is kept from now on: on as many servers as the feed. It is made anew for that, since a server does not change how it
/// waits for the disk; only while nothing in it is unsettled, and while all those servers are there.
async fn kept_from_now_on(context: &jetstream::Context) -> Result<Kept, SubscriberError> {
    let found = match context.get_stream(STREAM).await {
        Ok(stream) => Some(stream),
        Err(error) if runtime::stream::is_missing(&error.kind()) => None,
        Err(error) => return Err(SubscriberError::bus("asking for the stream of outcomes", error)),
    };
    let (copies, all_there) = of_the_feed(context).await?;
    let Some(found) = found else {
        return Ok(kept_on(if all_there { copies } else { 1 }));
    };
    let info = found.cached_info();
    if kept_now(info) == kept_on(copies) || !all_there || info.state.messages > 0 {
        return Ok(kept_now(info));
    }
    tracing::info!(
        copies,
        "the stream of outcomes is made anew, to be kept as often as the feed"
    );
    context
        .delete_stream(STREAM)
        .await
        .map_err(|error| SubscriberError::bus("removing the stream of outcomes", error))?;
    Ok(kept_on(copies))
}

/// Whether it is to be kept in another way than it is, and can be.
pub(crate) async fn is_out_of_step(context: &jetstream::Context) -> Result<bool, SubscriberError> {
    let found = context
        .get_stream(STREAM)
        .await
        .map_err(|error| SubscriberError::bus("asking for the stream of outcomes", error))?;
    let info = found.cached_info();
    let (copies, all_there) = of_the_feed(context).await?;
    Ok(all_there && info.state.messages == 0 && kept_now(info) != kept_on(copies))
}

/// How many servers keep the feed, and whether all of them are there.
async fn of_the_feed(context: &jetstream::Context) -> Result<(usize, bool), SubscriberError> {
    match context.get_stream(domain::message::STREAM).await {
        Ok(feed) => {
            let info = feed.cached_info();
            let mut peers = info.cluster.iter().flat_map(|it| &it.replicas);
            Ok((
                info.config.num_replicas,
                peers.all(|peer| !peer.offline && peer.current),
            ))
        }
        Err(error) if runtime::stream::is_missing(&error.kind()) => Ok((1, true)),
        Err(error) => Err(SubscriberError::bus("asking for the feed", error)),
    }
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

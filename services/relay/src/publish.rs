//! Publishing: a few messages as a chain, many as one atomic batch (ADR-50 of the NATS project).
//!
//! In a chain each message names the sequence before it, and none waits for an answer. A rival's messages are the same
//! events at the same positions, so whatever the server stores of two chains is the log.
//!
//! nats-server (2.15.1) assembles each atomic batch in a file store that it makes for it and removes again, with flushes of
//! the disk of its own: a chain of two takes it a third of the time, one of sixteen as long (`findings/nats-small-atomic-batches.sh`).
//! async-nats has no batch publisher; a batch is three headers. Only its first message may name the expected last
//! sequence; only the answer to its last one, the commit, says that anything was stored.

use std::time::{Duration, Instant};

use async_nats::header::{
    HeaderMap, NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL, NATS_BATCH_ID, NATS_BATCH_SEQUENCE,
    NATS_EXPECTED_LAST_SEQUENCE,
};
use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::publish::PublishAck;
use async_nats::jetstream::response::Response;
use async_nats::{Client, Request};
use domain::message::STREAM;
use futures::future::try_join_all;
use uuid::Uuid;

use crate::failure::RelayError;
use crate::outgoing::Outgoing;

/// The largest atomic batch that servers take.
pub(crate) const BATCH_MAX: usize = 1_000;
/// So many messages are still published as a chain.
pub(crate) const CHAIN_MAX: usize = 16;
/// Batches are cut at this many bytes, far below what a server buffers for one stream (128 MB).
const BATCH_BYTES_MAX: usize = 8 << 20;
/// How long a batch may take. Longer means that NATS is away; the batch may still be stored, which the next look tells.
const BATCH_MAX_TIME: Duration = Duration::from_secs(5);
/// The same of a chain, which takes milliseconds: a group without a leader never answers, and is asked again when it has one.
const CHAIN_MAX_TIME: Duration = Duration::from_secs(2);

/// "atomic publish batch contains duplicate message id", which async-nats has no name for.
const DUPLICATE_IN_BATCH: ErrorCode = ErrorCode(10201);

/// How many of these messages, from the first, make one batch.
pub(crate) fn batch_length(messages: &[Outgoing]) -> usize {
    let mut bytes = 0;
    let fitting = messages.iter().take(BATCH_MAX).take_while(|message| {
        bytes += message.payload.len();
        bytes <= BATCH_BYTES_MAX
    });
    fitting.count().max(1).min(messages.len())
}

/// Publishes these messages right after the stream's message `tip`. After an error the stream may have some of the first of
/// them: its last sequence tells.
pub(crate) async fn publish(client: &Client, messages: &[Outgoing], tip: u64) -> Result<(), RelayError> {
    let started = Instant::now();
    let is_chain = messages.len() <= CHAIN_MAX;
    let published = async {
        match is_chain {
            true => chain(client, messages, tip).await,
            false => batch(client, messages, tip).await,
        }
    };
    let patience = match is_chain {
        true => CHAIN_MAX_TIME,
        false => BATCH_MAX_TIME,
    };
    tokio::time::timeout(patience, published)
        .await
        .map_err(|_| RelayError::bus("publishing", "no answer in time"))??;
    metrics::histogram!("onboarding_relay_publish_seconds").record(started.elapsed());
    metrics::counter!("onboarding_relay_published_total").increment(messages.len() as u64);
    Ok(())
}

/// One by one, all under way at once, in order.
async fn chain(client: &Client, messages: &[Outgoing], tip: u64) -> Result<(), RelayError> {
    let requests = messages.iter().zip(tip..).map(|(message, before)| {
        let mut headers = message.headers.clone();
        headers.insert(NATS_EXPECTED_LAST_SEQUENCE, before.to_string());
        request(client, message, headers, before + 1)
    });
    try_join_all(requests).await.map(drop)
}

/// All of them or none.
async fn batch(client: &Client, messages: &[Outgoing], tip: u64) -> Result<(), RelayError> {
    let Some((last, others)) = messages.split_last() else {
        return Ok(());
    };
    let id = Uuid::new_v4().simple().to_string();
    for (index, message) in others.iter().enumerate() {
        let headers = in_batch(message, &id, index, tip);
        client
            .publish_with_headers(message.subject.clone(), headers, message.payload.clone())
            .await
            .map_err(|error| RelayError::bus("publishing", error))?;
    }
    let mut headers = in_batch(last, &id, others.len(), tip);
    headers.insert(NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL);
    request(client, last, headers, tip + messages.len() as u64).await
}

/// Publishes a message and waits until the stream's last sequence is this.
async fn request(
    client: &Client,
    message: &Outgoing,
    headers: HeaderMap,
    sequence: u64,
) -> Result<(), RelayError> {
    let request = Request::new()
        .headers(headers)
        .payload(message.payload.clone())
        .timeout(Some(BATCH_MAX_TIME));
    let answer = client
        .send_request(message.subject.clone(), request)
        .await
        .map_err(|error| RelayError::bus("publishing", error))?;
    let answer: Response<PublishAck> = serde_json::from_slice(&answer.payload)
        .map_err(|error| RelayError::bus("reading the answer to a message", error))?;
    match answer {
        Response::Ok(ack) if ack.stream == STREAM && ack.sequence == sequence && !ack.duplicate => Ok(()),
        Response::Ok(_) => Err(RelayError::Moved),
        // A duplicate is an event that is there already, or, where several servers keep the stream, on its way there by a rival:
        // the stream is not where it was either.
        Response::Err { error } => match error.error_code() {
            ErrorCode::STREAM_WRONG_LAST_SEQUENCE
            | ErrorCode::STREAM_WRONG_LAST_SEQUENCE_CONSTANT
            | ErrorCode::STREAM_DUPLICATE_MESSAGE_CONFLICT
            | DUPLICATE_IN_BATCH => Err(RelayError::Moved),
            _ => Err(RelayError::bus("publishing", error)),
        },
    }
}

fn in_batch(message: &Outgoing, batch: &str, index: usize, tip: u64) -> HeaderMap {
    let mut headers = message.headers.clone();
    if index == 0 {
        headers.insert(NATS_EXPECTED_LAST_SEQUENCE, tip.to_string());
    }
    headers.insert(NATS_BATCH_ID, batch);
    headers.insert(NATS_BATCH_SEQUENCE, (index + 1).to_string());
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: usize) -> Outgoing {
        Outgoing {
            subject: "s".to_owned(),
            headers: HeaderMap::new(),
            payload: vec![0; bytes].into(),
        }
    }

    #[test]
    fn batches_are_cut_by_number_and_by_size_and_are_never_empty() {
        assert_eq!(batch_length(&vec![message(1); 1_500]), BATCH_MAX);
        assert_eq!(batch_length(&[message(BATCH_BYTES_MAX), message(1)]), 1);
        assert_eq!(batch_length(&[message(BATCH_BYTES_MAX + 1), message(1)]), 1);
        assert_eq!(batch_length(&[]), 0);
    }

    #[test]
    fn a_batch_names_its_predecessor_once_and_counts_its_messages() {
        let first = in_batch(&message(1), "b", 0, 41);
        let second = in_batch(&message(1), "b", 1, 41);
        let value = |headers: &HeaderMap, name| headers.get(name).map(ToString::to_string);
        assert_eq!(value(&first, NATS_EXPECTED_LAST_SEQUENCE).as_deref(), Some("41"));
        assert_eq!(value(&second, NATS_EXPECTED_LAST_SEQUENCE), None);
        assert_eq!(value(&second, NATS_BATCH_SEQUENCE).as_deref(), Some("2"));
    }
}

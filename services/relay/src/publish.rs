//! Publishing: a single message plainly, several as one atomic batch (ADR-50 of the NATS project).
//!
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
use uuid::Uuid;

use crate::failure::RelayError;
use crate::outgoing::Outgoing;

/// The largest atomic batch that servers take.
pub(crate) const BATCH_MAX: usize = 1_000;
/// Batches are cut at this many bytes, far below what a server buffers for one stream (128 MB).
const BATCH_BYTES_MAX: usize = 8 << 20;
/// How long a batch may take. Longer means that NATS is away; the batch may still be stored, which the next look tells.
const TIMEOUT: Duration = Duration::from_secs(5);

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

/// Publishes these messages right after the stream's message `tip`: all of them or none.
pub(crate) async fn publish(client: &Client, messages: &[Outgoing], tip: u64) -> Result<(), RelayError> {
    let started = Instant::now();
    let answer = tokio::time::timeout(TIMEOUT, send(client, messages, tip))
        .await
        .map_err(|_| RelayError::bus("publishing", "no answer in time"))??;
    let expected = tip + messages.len() as u64;
    match answer {
        Response::Ok(ack) if ack.stream == STREAM && ack.sequence == expected && !ack.duplicate => {
            metrics::histogram!("onboarding_relay_publish_seconds").record(started.elapsed());
            metrics::counter!("onboarding_relay_published_total").increment(messages.len() as u64);
            Ok(())
        }
        Response::Ok(_) => Err(RelayError::Moved),
        // A duplicate is an event that is there already, so the stream is not where it was either.
        Response::Err { error } => match error.error_code() {
            ErrorCode::STREAM_WRONG_LAST_SEQUENCE
            | ErrorCode::STREAM_WRONG_LAST_SEQUENCE_CONSTANT
            | DUPLICATE_IN_BATCH => Err(RelayError::Moved),
            _ => Err(RelayError::bus("publishing", error)),
        },
    }
}

/// Sends all messages and waits for the answer to the last.
async fn send(client: &Client, messages: &[Outgoing], tip: u64) -> Result<Response<PublishAck>, RelayError> {
    let Some((last, others)) = messages.split_last() else {
        return Err(RelayError::Moved);
    };
    let batch = (!others.is_empty()).then(|| Uuid::new_v4().simple().to_string());
    for (index, message) in others.iter().enumerate() {
        let headers = headers_of(message, batch.as_deref(), index, tip);
        client
            .publish_with_headers(message.subject.clone(), headers, message.payload.clone().into())
            .await
            .map_err(|error| RelayError::bus("publishing", error))?;
    }
    let mut headers = headers_of(last, batch.as_deref(), others.len(), tip);
    if batch.is_some() {
        headers.insert(NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL);
    }
    let request = Request::new()
        .headers(headers)
        .payload(last.payload.clone().into())
        .timeout(Some(TIMEOUT));
    let answer = client
        .send_request(last.subject.clone(), request)
        .await
        .map_err(|error| RelayError::bus("publishing", error))?;
    serde_json::from_slice(&answer.payload)
        .map_err(|error| RelayError::bus("reading the answer to a batch", error))
}

fn headers_of(message: &Outgoing, batch: Option<&str>, index: usize, tip: u64) -> HeaderMap {
    let mut headers = message.headers.clone();
    if index == 0 {
        headers.insert(NATS_EXPECTED_LAST_SEQUENCE, tip.to_string());
    }
    if let Some(batch) = batch {
        headers.insert(NATS_BATCH_ID, batch);
        headers.insert(NATS_BATCH_SEQUENCE, (index + 1).to_string());
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: usize) -> Outgoing {
        Outgoing {
            subject: "s".to_owned(),
            headers: HeaderMap::new(),
            payload: vec![0; bytes],
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
        let first = headers_of(&message(1), Some("b"), 0, 41);
        let second = headers_of(&message(1), Some("b"), 1, 41);
        let value = |headers: &HeaderMap, name| headers.get(name).map(ToString::to_string);
        assert_eq!(value(&first, NATS_EXPECTED_LAST_SEQUENCE).as_deref(), Some("41"));
        assert_eq!(value(&second, NATS_EXPECTED_LAST_SEQUENCE), None);
        assert_eq!(value(&second, NATS_BATCH_SEQUENCE).as_deref(), Some("2"));
        assert_eq!(value(&headers_of(&message(1), None, 0, 0), NATS_BATCH_ID), None);
    }
}

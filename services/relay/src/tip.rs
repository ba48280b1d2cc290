//! Where the stream ends, and whether its end is one that may be published after.

use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream;
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{Info, RawMessageErrorKind, Stream};
use domain::message::POSITION_HEADER;
use store::Store;

use crate::failure::{RelayError, Standstill};
use crate::stream;

/// The sequence of the stream's last message, 0 for an empty stream. The stream is made when it is missing.
///
/// The last message must be the event that the log has at this place: neither a stranger's nor one that a restored
/// database no longer knows. Earlier messages were last ones once; `bus verify` looks at them all.
pub(crate) async fn read(context: &jetstream::Context, store: &Store) -> Result<u64, RelayError> {
    let stream = stream::ensure(context).await?;
    let sequence = stream.cached_info().state.last_sequence;
    if sequence == 0 {
        return Ok(0);
    }
    let last = last_message(&stream, sequence).await?;
    let header = |name: &str| last.headers.get(name).map(|value| value.as_str().to_owned());
    if header(POSITION_HEADER) != Some(sequence.to_string()) {
        return Err(Standstill::Foreign { sequence }.into());
    }
    // Asked after the stream: events reach the log before the stream, so that an honest stream is never ahead here.
    let entries = store.read_log(sequence, 1).await?;
    let Some(entry) = entries.first().filter(|entry| entry.position == sequence) else {
        let log = store.log_head().await?.position();
        return Err(Standstill::Ahead {
            stream: sequence,
            log,
        }
        .into());
    };
    if header(NATS_MESSAGE_ID.as_ref()) != Some(entry.event_id.to_string()) {
        return Err(Standstill::Diverged { position: sequence }.into());
    }
    Ok(sequence)
}

/// Read from the stream's leader; a direct read might be answered by a replica that is behind.
async fn last_message(stream: &Stream<Info>, sequence: u64) -> Result<StreamMessage, RelayError> {
    stream
        .get_raw_message(sequence)
        .await
        .map_err(|error| match error.kind() {
            RawMessageErrorKind::NoMessageFound => Standstill::LastMessageGone { sequence }.into(),
            _ => RelayError::bus("reading the stream's last message", error),
        })
}

//! Where the stream and the log part: the first position that does not hold the same event in both.

use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::stream::{Info, RawMessageErrorKind, Stream};
use store::Store;

use crate::failure::RelayError;

/// The first position at which the stream has another message than the log has an event; none when all that the stream
/// has is the log's.
///
/// Two histories of one database share what was there when they parted and nothing after it, so the place is found by
/// halves: some thirty messages are looked at, however long the stream is. A message that is gone counts as another one,
/// which may answer too early a position, never too late a one.
///
/// # Errors
/// When PostgreSQL or NATS cannot be asked.
pub(super) async fn parting(store: &Store, stream: &Stream<Info>) -> Result<Option<u64>, RelayError> {
    let last = stream.cached_info().state.last_sequence;
    let log = store.log_head().await?.position();
    let common = last.min(log);
    if common == 0 || is_same(store, stream, common).await? {
        return Ok((last > log).then_some(log + 1));
    }
    let (mut low, mut high) = (1, common);
    while low < high {
        let middle = low + (high - low) / 2;
        if is_same(store, stream, middle).await? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(Some(low))
}

async fn is_same(store: &Store, stream: &Stream<Info>, position: u64) -> Result<bool, RelayError> {
    let message = match stream.get_raw_message(position).await {
        Ok(message) => message,
        Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => return Ok(false),
        Err(error) => return Err(RelayError::bus("comparing the stream with the log", error)),
    };
    let found = message
        .headers
        .get(NATS_MESSAGE_ID)
        .map(|id| id.as_str().to_owned());
    let entries = store.read_log(position, 1).await?;
    let entry = entries.first().filter(|entry| entry.position == position);
    Ok(entry.is_some_and(|entry| found == Some(entry.event_id.to_string())))
}

//! Compares every position of the log with the stream's message there, on every server that keeps a copy of the stream.

use std::collections::VecDeque;
use std::time::Duration;

use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::consumer::{AckPolicy, Consumer, DeliverPolicy, pull};
use async_nats::jetstream::stream::{Info, Stream};
use async_nats::jetstream::{self, Message};
use domain::EventMessage;
use domain::message::{POSITION_HEADER, STREAM, subject_of};
use futures::StreamExt;
use runtime::stream::is_missing;
use serde::Serialize;
use store::{LogEntry, Store};

use super::{Progress, replicas};
use crate::failure::RelayError;

/// How long a relay at work may take to publish what was in the log when the comparison began.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait for the next message before giving up.
const SILENCE: Duration = Duration::from_secs(10);
/// How many entries and messages are fetched at once.
const PAGE: u32 = 500;

/// A position whose message is not there.
const MISSING: &str = "the stream does not have this event";

/// What a comparison found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// The log's last position when the comparison began.
    pub log_position: u64,
    /// The stream's last sequence.
    pub stream_sequence: u64,
    /// How many positions were found equal everywhere, from the first.
    pub equal: u64,
    /// The first difference.
    pub difference: Option<Difference>,
    /// In a cluster, each server's copy by itself: servers do not compare their copies with each other, and a reader is
    /// answered from any of them.
    pub replicas: Vec<Replica>,
}

impl Verified {
    /// Servers whose copy could not be read: offline, behind, or never chosen by the cluster.
    pub fn unread(&self) -> impl Iterator<Item = &str> {
        let unread = self.replicas.iter().filter(|replica| !replica.compared);
        unread.map(|replica| replica.server.as_str())
    }
}

/// One server's copy of the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Replica {
    /// The server's name.
    pub server: String,
    /// Whether its copy was read.
    pub compared: bool,
    /// How many positions were found equal, from the first.
    pub equal: u64,
    /// The first difference.
    pub difference: Option<Difference>,
}

/// Where the stream is not the log's copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The position.
    pub position: u64,
    /// What differs there; no payload is quoted.
    pub what: &'static str,
}

/// Compares position, id, subject, type, time and payload bytes of every event with the stream, from the first on, and
/// stops at the first difference.
///
/// # Errors
/// When PostgreSQL or NATS cannot be asked. A difference is no error.
pub async fn verify(
    store: &Store,
    context: &jetstream::Context,
    progress: Progress<'_>,
) -> Result<Verified, RelayError> {
    let log_position = store.log_head().await?.position();
    let Some(stream) = caught_up_stream(context, log_position).await? else {
        let difference = Some(Difference {
            position: 1,
            what: "the stream is missing",
        });
        return Ok(Verified {
            log_position,
            stream_sequence: 0,
            equal: 0,
            difference,
            replicas: Vec::new(),
        });
    };
    let stream_sequence = stream.cached_info().state.last_sequence;
    let copies = match replicas::servers(&stream) {
        servers if servers.len() < 2 => Vec::new(),
        servers => replicas::compare_each(store, &stream, servers, log_position, progress).await?,
    };
    let compared = match first_in_doubt(&copies) {
        Some(copy) => Compared {
            equal: copy.equal,
            difference: copy.difference.clone(),
        },
        None => {
            let reader = make_reader(&stream).await?;
            compare(store, &stream, &reader, log_position, progress).await?
        }
    };
    let mut difference = compared.difference;
    // The log may have grown meanwhile; only what it does not know even now is too much.
    if difference.is_none() && stream_sequence > store.log_head().await?.position() {
        let what = "the stream has a message here, and the log has no event";
        difference = Some(Difference {
            position: log_position + 1,
            what,
        });
    }
    Ok(Verified {
        log_position,
        stream_sequence,
        equal: compared.equal,
        difference,
        replicas: copies,
    })
}

/// The copy that differs first; one that is whole when none differs; none when no copy was read by itself.
fn first_in_doubt(copies: &[Replica]) -> Option<&Replica> {
    let compared = copies.iter().filter(|copy| copy.compared);
    compared.min_by_key(|copy| (copy.difference.is_none(), copy.equal))
}

/// The stream, once it is as long as the log was, or after waiting in vain; none when there is none.
async fn caught_up_stream(
    context: &jetstream::Context,
    position: u64,
) -> Result<Option<Stream<Info>>, RelayError> {
    let patience = tokio::time::Instant::now() + PATIENCE;
    loop {
        let stream = match context.get_stream(STREAM).await {
            Ok(stream) => Some(stream),
            Err(error) if is_missing(&error.kind()) => None,
            Err(error) => return Err(RelayError::bus("asking for the stream", error)),
        };
        let long_enough = stream
            .as_ref()
            .is_some_and(|it| it.cached_info().state.last_sequence >= position);
        if long_enough || tokio::time::Instant::now() >= patience {
            return Ok(stream);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// What comparing one copy came to.
pub(super) struct Compared {
    pub equal: u64,
    pub difference: Option<Difference>,
}

/// Compares a copy of the stream up to `last`, as this reader is handed it.
pub(super) async fn compare(
    store: &Store,
    stream: &Stream<Info>,
    reader: &Consumer<pull::Config>,
    last: u64,
    progress: Progress<'_>,
) -> Result<Compared, RelayError> {
    let mut comparison = Comparison {
        store,
        due: 1,
        page: VecDeque::new(),
    };
    let mut difference = None;
    if last > 0 && stream.cached_info().state.messages > 0 {
        difference = comparison.go_along(reader, last, progress).await?;
    }
    let equal = comparison.due - 1;
    if difference.is_none() && equal < last {
        difference = Some(Difference {
            position: comparison.due,
            what: MISSING,
        });
    }
    Ok(Compared { equal, difference })
}

struct Comparison<'a> {
    store: &'a Store,
    /// The position that is compared next.
    due: u64,
    page: VecDeque<LogEntry>,
}

impl Comparison<'_> {
    /// Compares messages in order until one differs, the stream ends, or `last` is done.
    async fn go_along(
        &mut self,
        reader: &Consumer<pull::Config>,
        last: u64,
        progress: Progress<'_>,
    ) -> Result<Option<Difference>, RelayError> {
        if reader.cached_info().num_pending == 0 {
            return Ok(None);
        }
        let mut messages = reader
            .stream()
            .max_messages_per_batch(PAGE as usize)
            .messages()
            .await
            .map_err(reading)?;
        loop {
            let message = tokio::time::timeout(SILENCE, messages.next())
                .await
                .map_err(|_| reading("no message in time"))?
                .ok_or_else(|| reading("the subscription ended"))?
                .map_err(reading)?;
            let info = message.info().map_err(reading)?;
            if info.stream_sequence > last {
                return Ok(None);
            }
            if info.stream_sequence > self.due {
                return Ok(Some(self.here(MISSING)));
            }
            let Some(entry) = self.entry().await? else {
                return Ok(None);
            };
            if let Some(what) = first_difference(&entry, &message) {
                return Ok(Some(self.here(what)));
            }
            if self.due.is_multiple_of(u64::from(PAGE)) || self.due == last {
                progress(self.due, last);
            }
            self.due += 1;
            if info.pending == 0 || self.due > last {
                return Ok(None);
            }
        }
    }

    fn here(&self, what: &'static str) -> Difference {
        Difference {
            position: self.due,
            what,
        }
    }

    /// The log's entry at `due`.
    async fn entry(&mut self) -> Result<Option<LogEntry>, RelayError> {
        if self.page.is_empty() {
            self.page = self.store.read_log(self.due, PAGE).await?.into();
        }
        Ok(self.page.pop_front().filter(|entry| entry.position == self.due))
    }
}

/// A failure of NATS while the stream is read.
pub(super) fn reading(error: impl std::fmt::Display) -> RelayError {
    RelayError::bus("reading the stream", error)
}

/// A reader that leaves no trace on the server. It has one replica: in a cluster, one server's copy answers it.
pub(super) async fn make_reader(stream: &Stream<Info>) -> Result<Consumer<pull::Config>, RelayError> {
    stream.create_consumer(reader()).await.map_err(reading)
}

fn reader() -> pull::Config {
    pull::Config {
        deliver_policy: DeliverPolicy::All,
        ack_policy: AckPolicy::None,
        memory_storage: true,
        num_replicas: 1,
        inactive_threshold: Duration::from_secs(60),
        ..pull::Config::default()
    }
}

/// What differs between an event and the message in its place.
fn first_difference(entry: &LogEntry, message: &Message) -> Option<&'static str> {
    let header = |name: &str| {
        message
            .headers
            .as_ref()
            .and_then(|it| it.get(name))
            .map(|it| it.as_str().to_owned())
    };
    let Ok(found) = EventMessage::from_bytes(&message.payload) else {
        return Some("the stream's message is not one of this service");
    };
    let Ok(wanted) = EventMessage::of(entry.as_logged()) else {
        return Some("the stored payload is not JSON");
    };
    let members = [
        ("the position differs", found.position == wanted.position),
        (
            "the position's header differs",
            header(POSITION_HEADER) == Some(wanted.position.to_string()),
        ),
        ("the id differs", found.id == wanted.id),
        (
            "the id's header differs",
            header(NATS_MESSAGE_ID.as_ref()) == Some(wanted.id.to_string()),
        ),
        ("the registration differs", found.subject == wanted.subject),
        ("the sequence differs", found.sequence == wanted.sequence),
        (
            "the subject differs",
            message.subject.as_str() == subject_of(entry.registration_id, &entry.event_type),
        ),
        ("the type differs", found.event_type == wanted.event_type),
        ("the time differs", found.time == wanted.time),
        ("the payload differs", found.data.get() == wanted.data.get()),
    ];
    members.into_iter().find(|(_, same)| !same).map(|(what, _)| what)
}

//! The connection to NATS, refused when the server is too old to keep the feed's promises.
//!
//! Old servers ignore settings they do not know without a word: one of 2.9 hands a subscriber every event although its
//! consumer asked for a few. Hence the floor here, and the comparison of returned configurations where they are made.

use std::time::Duration;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::{AccountErrorKind, PublishError, PublishErrorKind};
use async_nats::{Client, ConnectOptions, Event, ServerAddr, jetstream};
use percent_encoding::percent_decode_str;

use crate::config::Secret;

/// The oldest server that keeps atomic batches and refuses unknown fields.
pub const FLOOR: Version = Version {
    major: 2,
    minor: 12,
    patch: 8,
};

/// The oldest server that writes a whole batch with one flush; older ones are slow when durable.
pub const RECOMMENDED: Version = Version {
    major: 2,
    minor: 15,
    patch: 0,
};

/// The JetStream API level that brings atomic batches (ADR-44 and ADR-50 of the NATS project).
const API_LEVEL: usize = 2;

/// JetStream answers within milliseconds, or not at all: a group of servers that is electing its leader drops questions without a
/// word, so that who waits longer for an answer waits for nothing, while the leader may be there.
const ANSWER_MAX: Duration = Duration::from_secs(2);

/// A dead peer is noticed after about two of these.
const PING_INTERVAL: Duration = Duration::from_secs(10);

/// A NATS server's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// Changes what clients must know.
    pub major: u64,
    /// Brings features.
    pub minor: u64,
    /// Mends.
    pub patch: u64,
}

impl Version {
    /// Reads `2.15.1`, `v2.15.1` or `2.15.1-beta`.
    pub fn parse(text: &str) -> Option<Self> {
        let numbers = text.trim().trim_start_matches('v').split(['-', '+']).next()?;
        let mut numbers = numbers.split('.').map(str::parse);
        Some(Self {
            major: numbers.next()?.ok()?,
            minor: numbers.next()?.ok()?,
            patch: numbers.next()?.ok()?,
        })
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Why there is no connection to NATS.
#[derive(Debug, thiserror::Error)]
pub enum NatsError {
    /// The URL is none.
    #[error("the URL of NATS cannot be read")]
    Address(#[source] std::io::Error),
    /// Nobody there, or wrong credentials.
    #[error("NATS cannot be reached")]
    Connect(#[from] async_nats::ConnectError),
    /// The server is older than [`FLOOR`].
    #[error("nats-server {found} is too old: {FLOOR} or later is needed, {RECOMMENDED} recommended")]
    TooOld {
        /// What the server calls itself.
        found: String,
    },
    /// The server runs without JetStream, or the account may not use it.
    #[error("JetStream does not answer on this NATS server; is it switched on for this account?")]
    NoJetStream(#[source] jetstream::context::AccountError),
    /// JetStream answers, with an API older than atomic batches.
    #[error("JetStream's API level is {found}; {API_LEVEL} or more is needed")]
    ApiLevel {
        /// The level that the server reports.
        found: usize,
    },
}

impl NatsError {
    /// Whether it passes by itself: a server that is away, or a cluster that is electing its leader.
    pub fn passes(&self) -> bool {
        match self {
            Self::Connect(_) => true,
            Self::NoJetStream(error) => match error.kind() {
                AccountErrorKind::TimedOut => true,
                AccountErrorKind::JetStream(error) => error.error_code() == ErrorCode::CLUSTER_NOT_AVAILABLE,
                AccountErrorKind::JetStreamUnavailable | AccountErrorKind::Other => false,
            },
            Self::Address(_) | Self::TooOld { .. } | Self::ApiLevel { .. } => false,
        }
    }
}

/// Connects, checks the server, and from then on reconnects for ever. A first connection that fails is an error, so that
/// a wrong URL is told at once.
///
/// # Errors
/// [`NatsError`]: no server, one that is too old, or one without JetStream.
pub async fn connect(url: &Secret, name: &str) -> Result<Client, NatsError> {
    let addresses = addresses(url)?;
    let client = with_credentials(ConnectOptions::new(), &addresses)
        .name(name)
        .ping_interval(PING_INTERVAL)
        .event_callback(|event| async move { tell(&event) })
        .connect(addresses)
        .await?;
    check(&client).await?;
    Ok(client)
}

/// Connects without asking for JetStream, which the system account does not have.
///
/// # Errors
/// [`NatsError`]: no server, or wrong credentials.
pub async fn connect_plainly(url: &Secret, name: &str) -> Result<Client, NatsError> {
    let addresses = addresses(url)?;
    Ok(with_credentials(ConnectOptions::new(), &addresses)
        .name(name)
        .connect(addresses)
        .await?)
}

/// The addresses of a URL, or of several with commas between, as a cluster has.
pub(crate) fn addresses(url: &Secret) -> Result<Vec<ServerAddr>, NatsError> {
    url.expose()
        .split(',')
        .map(|address| address.trim().parse().map_err(NatsError::Address))
        .collect()
}

/// The credentials of the URL, `user:password@` or `token@`, which the client library reads past.
pub(crate) fn with_credentials(options: ConnectOptions, addresses: &[ServerAddr]) -> ConnectOptions {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let found = addresses
        .iter()
        .find_map(|address| Some((address.username()?, address.password())));
    match found {
        Some((user, Some(password))) => options.user_and_password(decode(user), decode(password)),
        Some((token, None)) => options.token(decode(token)),
        None => options,
    }
}

/// JetStream, for whoever asks again when no answer comes: loops, and commands that change little.
pub fn jetstream(client: &Client) -> jetstream::Context {
    jetstream::ContextBuilder::new()
        .timeout(ANSWER_MAX)
        .ack_timeout(ANSWER_MAX)
        .build(client.clone())
}

/// Whether JetStream answers a real call; a server whose disk was full keeps its connections and answers nothing.
///
/// # Errors
/// When it does not.
pub async fn answers(client: &Client) -> Result<(), jetstream::context::AccountError> {
    jetstream(client).query_account().await.map(|_| ())
}

/// Whether JetStream stores what is published, which it does not when its disk is full, while it still answers.
///
/// # Errors
/// When it does not.
pub async fn stores(client: &Client, role: &str) -> Result<(), StoresError> {
    let context = jetstream(client);
    let subject = format!("{READINESS_SUBJECT}.{role}");
    let stored = async |message: &'static [u8]| {
        let published = async { context.publish(subject.clone(), message.into()).await?.await };
        let answered = tokio::time::timeout(STORE_TIMEOUT, published).await;
        answered.unwrap_or_else(|_| Err(PublishError::new(PublishErrorKind::TimedOut)))
    };
    if stored(&READINESS_ROOM[..READINESS_BYTES]).await.is_ok() {
        return Ok(());
    }
    // Perhaps there is no stream yet. Or it met a full disk: nats-server 2.15.1 never writes to such a stream again until it
    // is restarted, though there is room; this one holds nothing and is made anew. An error here shows again right below.
    let _ = context.delete_stream(READINESS).await;
    // In a cluster it is kept as often as the feed, to be no weaker.
    let feed = context.get_stream(domain::message::STREAM).await;
    let copies = feed.map_or(1, |feed| feed.cached_info().config.num_replicas);
    let stream = crate::stream::ensure(&context, &readiness_stream(copies)).await?;
    // More than went with the old one, which on a full disk would be room enough for a message, time and again.
    for _ in 0..3 {
        stored(&READINESS_ROOM).await?;
    }
    stream.purge().await?;
    Ok(())
}

/// Why JetStream did not store a message.
#[derive(Debug, thiserror::Error)]
pub enum StoresError {
    /// There is no stream to store it in.
    #[error(transparent)]
    Stream(#[from] crate::stream::StreamError),
    /// It was refused, or not answered.
    #[error("a message is not stored: {0}")]
    Publish(#[from] PublishError),
    /// Room that was taken for a moment is not given back.
    #[error("a stream is not emptied: {0}")]
    Purge(#[from] jetstream::stream::PurgeError),
}

/// A message that is not stored within this time is not stored.
const STORE_TIMEOUT: Duration = Duration::from_millis(700);

const READINESS: &str = "READINESS";

/// Where the readiness check publishes; the stream keeps the last message of each role.
const READINESS_SUBJECT: &str = "onboarding.readiness.v1";

/// What is published into a stream that was made anew: half of what it keeps at most.
static READINESS_ROOM: [u8; 512 << 10] = [b' '; 512 << 10];

/// What is published otherwise: as long as some blocks of a disk, so that one without room is met.
const READINESS_BYTES: usize = 16 << 10;

fn readiness_stream(copies: usize) -> jetstream::stream::Config {
    jetstream::stream::Config {
        name: READINESS.to_owned(),
        description: Some("The last readiness check of each role: nothing to read.".to_owned()),
        subjects: vec![format!("{READINESS_SUBJECT}.*")],
        storage: jetstream::stream::StorageType::File,
        discard: jetstream::stream::DiscardPolicy::Old,
        max_messages_per_subject: 1,
        num_replicas: copies,
        // One that may be kept makes the server cut its files small.
        max_bytes: 1 << 20,
        ..Default::default()
    }
}

async fn check(client: &Client) -> Result<(), NatsError> {
    let found = client.server_info().version;
    let version = Version::parse(&found).filter(|version| *version >= FLOOR);
    let Some(version) = version else {
        return Err(NatsError::TooOld { found });
    };
    if version < RECOMMENDED {
        tracing::warn!(%version, recommended = %RECOMMENDED, "this nats-server is slow when every message is made durable");
    }
    let account = jetstream(client)
        .query_account()
        .await
        .map_err(NatsError::NoJetStream)?;
    match account.requests.level {
        found if found < API_LEVEL => Err(NatsError::ApiLevel { found }),
        _ => Ok(()),
    }
}

fn tell(event: &Event) {
    match event {
        Event::Connected => tracing::info!("connected to NATS"),
        Event::Disconnected => {
            metrics::counter!("onboarding_nats_disconnections_total").increment(1);
            tracing::warn!("connection to NATS lost; trying again until it is back");
        }
        Event::SlowConsumer(subscription) => {
            metrics::counter!("onboarding_nats_slow_consumers_total").increment(1);
            tracing::warn!(
                subscription,
                "messages were dropped: a subscription is read too slowly"
            );
        }
        Event::ServerError(error) => tracing::warn!(%error, "NATS answered with an error"),
        Event::ClientError(error) => tracing::warn!(%error, "NATS client error"),
        Event::LameDuckMode | Event::Draining | Event::Closed => tracing::info!(%event, "NATS connection"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_compared_as_numbers() {
        assert_eq!(
            Version::parse("v2.15.1"),
            Some(Version {
                major: 2,
                minor: 15,
                patch: 1
            })
        );
        assert!(Version::parse("2.12.8-beta.1") == Some(FLOOR));
        assert!(Version::parse("2.9.10") < Some(FLOOR));
        assert!(Version::parse("2.100.0") > Some(RECOMMENDED));
        assert_eq!(Version::parse("nats"), None);
    }
}

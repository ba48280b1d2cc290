//! Why something asked about a subscriber was not done.

use store::StoreError;

use crate::SubscriberName;

/// Why something asked about a subscriber was not done.
#[derive(Debug, thiserror::Error)]
pub enum SubscriberError {
    /// The name cannot stand in a subject and in a stream's name.
    #[error(
        "a subscriber's name has 1 to 31 characters: a lower-case letter, then lower-case letters, digits and hyphens"
    )]
    Name,
    /// Events that do not exist.
    #[error("there is no event {}; there are: {known}", unknown.join(", "))]
    UnknownEvents {
        /// Those asked for that do not exist.
        unknown: Vec<String>,
        /// Those that exist.
        known: String,
    },
    /// No event was asked for.
    #[error("name at least one event; there are: {known}")]
    NoEvents {
        /// Those that exist.
        known: String,
    },
    /// The name is taken, or was: what was recorded under it stays that one's.
    #[error("there is a subscriber {0} already, or there was one: choose another name")]
    NameTaken(SubscriberName),
    /// Nobody of this name.
    #[error("there is no subscriber {0}")]
    Unknown(String),
    /// The position lies beyond the end of the log.
    #[error("the log ends at position {end}; {asked} lies beyond it")]
    BeyondTheLog {
        /// The position asked for.
        asked: u64,
        /// The log's last position.
        end: u64,
    },
    /// A webhook's URL may not be called; the text says why.
    #[error("the webhook's URL is refused: {0}")]
    Url(&'static str),
    /// The key of a webhook cannot be sealed or opened.
    #[error("the key of a webhook's signatures cannot be used")]
    Key(#[from] keyring::KeyringError),
    /// TLS cannot be used.
    #[error("the system's certificates cannot be used")]
    NoCertificates,
    /// The system has no randomness for a secret.
    #[error("the operating system gives no random bytes")]
    NoRandomness,
    /// A replay that cannot be.
    #[error("{0}")]
    Replay(String),
    /// So many replays of the subscriber wait or are under way that no more are taken.
    #[error("{0} replays are waiting or under way already")]
    ReplaysWaiting(i64),
    /// The key of a replay was used to ask for another one.
    #[error("the key was used to ask for another replay")]
    KeyReused,
    /// An event of the log cannot be made into a message. It is not skipped.
    #[error("the event at position {0} cannot be made into a message")]
    Unwritable(u64),
    /// A subscriber's stream is not where it should be: somebody else published, or it was lost.
    #[error("the stream of the subscriber {0} is not where it should be")]
    Moved(SubscriberName),
    /// The server keeps another setting than asked for.
    #[error(
        "the stream {stream} or its consumer has another {setting} than it needs, and it cannot be changed"
    )]
    Configuration {
        /// The stream.
        stream: String,
        /// The setting, as NATS names it.
        setting: &'static str,
    },
    /// The log could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// PostgreSQL refused or did not answer.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// NATS is away, or refused.
    #[error("{attempted}: {reason}")]
    Bus {
        /// What was attempted.
        attempted: &'static str,
        /// What NATS or its client said.
        reason: String,
    },
}

impl SubscriberError {
    /// A failure of NATS.
    pub(crate) fn bus(attempted: &'static str, reason: impl std::fmt::Display) -> Self {
        Self::Bus {
            attempted,
            reason: reason.to_string(),
        }
    }
}

impl From<runtime::stream::StreamError> for SubscriberError {
    fn from(error: runtime::stream::StreamError) -> Self {
        match error {
            runtime::stream::StreamError::Configuration { stream, setting } => {
                Self::Configuration { stream, setting }
            }
            away => Self::bus("seeing to a stream", away),
        }
    }
}

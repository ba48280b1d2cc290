//! Why the relay cannot go on: for a moment, or until somebody looks.

use store::StoreError;

/// The stream is not the copy of the log that it should be. Publishing more would bury the evidence, so the relay
/// stands still until somebody has looked; the log itself goes on growing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Standstill {
    /// The last message was not published by a relay.
    #[error(
        "message {sequence} of the stream does not carry position {sequence}: somebody else publishes there. \
         Run `onboarding bus verify`, withdraw that right, then `onboarding bus rebuild`"
    )]
    Foreign {
        /// The message's sequence in the stream.
        sequence: u64,
    },
    /// The stream has more than the log.
    #[error(
        "the stream ends at {stream}, the log at {log}: the database is older than the stream, as after restoring a \
         backup. Run `onboarding bus verify`; if the database is right, `onboarding bus rebuild`"
    )]
    Ahead {
        /// The stream's last sequence.
        stream: u64,
        /// The log's last position.
        log: u64,
    },
    /// The stream's last message is another event than the log has there.
    #[error(
        "position {position} holds one event in the stream and another in the log, as after restoring a backup. \
         Run `onboarding bus verify`; if the database is right, `onboarding bus rebuild`"
    )]
    Diverged {
        /// The position.
        position: u64,
    },
    /// The stream's last message is gone.
    #[error(
        "message {sequence}, the stream's last, is gone. Run `onboarding bus verify`, then `onboarding bus rebuild`"
    )]
    LastMessageGone {
        /// Its sequence in the stream.
        sequence: u64,
    },
    /// The server keeps the stream with other settings than asked for.
    #[error(
        "the stream's setting `{setting}` is not what the relay needs, and the server does not change it"
    )]
    Configuration {
        /// The setting, as in the server's interface.
        setting: &'static str,
    },
}

impl Standstill {
    /// Short and stable, for the label of a metric.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Foreign { .. } => "foreign_message",
            Self::Ahead { .. } => "stream_ahead",
            Self::Diverged { .. } => "diverged",
            Self::LastMessageGone { .. } => "last_message_gone",
            Self::Configuration { .. } => "configuration",
        }
    }
}

/// Why the stream could not be brought up to the log.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// Somebody has to look.
    #[error(transparent)]
    Standstill(#[from] Standstill),
    /// Another relay was quicker, or the stream is not where it was.
    #[error("the stream is not where it was")]
    Moved,
    /// PostgreSQL is away.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// NATS is away, or refused.
    #[error("{attempted}: {reason}")]
    Bus {
        /// What was attempted.
        attempted: &'static str,
        /// What NATS or its client said.
        reason: String,
    },
    /// What is remembered of a rebuild that was begun is not as this release writes it.
    #[error(
        "what is remembered of an unfinished rebuild cannot be read or written: finish it with the release that began it"
    )]
    Plan(#[source] serde_json::Error),
    /// A stored event cannot be written as a message.
    #[error("position {position} cannot be written as a message")]
    Unwritable {
        /// The event's place in the log.
        position: u64,
        /// Why.
        source: serde_json::Error,
    },
}

impl RelayError {
    /// A failure of NATS.
    pub(crate) fn bus(attempted: &'static str, reason: impl std::fmt::Display) -> Self {
        Self::Bus {
            attempted,
            reason: reason.to_string(),
        }
    }
}

impl From<runtime::stream::StreamError> for RelayError {
    fn from(error: runtime::stream::StreamError) -> Self {
        match error {
            runtime::stream::StreamError::Configuration { setting, .. } => {
                Standstill::Configuration { setting }.into()
            }
            away => Self::bus("seeing to a stream", away),
        }
    }
}

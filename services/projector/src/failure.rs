//! Why the projector cannot go on: for a moment, or until somebody looks.

use projections::ProjectionError;
use store::StoreError;

/// Why the read models could not be brought forward or compared.
#[derive(Debug, thiserror::Error)]
pub enum ProjectorError {
    /// An event cannot be read. It is not skipped.
    #[error("the event after position {after} cannot be read; the projector waits for a release that can")]
    Unreadable {
        /// The last position that is folded in.
        after: u64,
        /// Why.
        source: serde_json::Error,
    },
    /// The read models have come further than the log.
    #[error(
        "the read models stand at position {position}, the log ends at {log}: run `onboarding projections rebuild`"
    )]
    AheadOfLog {
        /// The read models' position.
        position: u64,
        /// The log's last position.
        log: u64,
    },
    /// Another release keeps the read models, in a form that this one does not know.
    #[error("the read models are kept by a later release (fold {found}); this one knows fold {known}")]
    LaterRelease {
        /// The form found.
        found: i32,
        /// The form known.
        known: i32,
    },
    /// Another projector has moved the checkpoint meanwhile. Nothing of the batch was applied.
    #[error("another projector has moved on")]
    Overtaken,
    /// Another rebuild or comparison is under way.
    #[error("another rebuild or comparison is under way")]
    Busy,
    /// There is no read model of this name.
    #[error("no read model of this name; there are: {known}")]
    UnknownModel {
        /// The names that there are.
        known: String,
    },
    /// A fold or its tables refused.
    #[error(transparent)]
    Projection(#[from] ProjectionError),
    /// The log could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// PostgreSQL refused or did not answer.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The directory could not be written.
    #[error(transparent)]
    Directory(#[from] directory::DirectoryError),
    /// The server keeps another setting of the organisation's stream or its consumer than asked for.
    #[error(
        "the stream CRM or its consumer has another {setting} than the service needs, and it cannot be changed"
    )]
    InboundConfiguration {
        /// The setting, as NATS names it.
        setting: &'static str,
    },
    /// NATS is away, or refused.
    #[error("{attempted}: {reason}")]
    Bus {
        /// What was attempted.
        attempted: &'static str,
        /// What NATS or its client said.
        reason: String,
    },
}

impl ProjectorError {
    /// A failure of NATS.
    pub(crate) fn bus(attempted: &'static str, reason: impl std::fmt::Display) -> Self {
        Self::Bus {
            attempted,
            reason: reason.to_string(),
        }
    }

    /// Whether trying again changes nothing until somebody has looked.
    pub fn is_standstill(&self) -> bool {
        match self {
            Self::Unreadable { .. }
            | Self::AheadOfLog { .. }
            | Self::LaterRelease { .. }
            | Self::InboundConfiguration { .. } => true,
            Self::Projection(ProjectionError::Database(_)) => false,
            Self::Projection(_) => true,
            _ => false,
        }
    }
}

//! What can keep an audit from being done. A difference that an audit finds is a result, not an error.

use cqrs_es::persist::PersistenceError;
use store::StoreError;

/// An audit could not be brought to its end. The texts carry no stored value.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database could not be asked.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// A replay came to a place where the log has no event, and stopped rather than pass over it.
    #[error("the log has no event at position {position}: `onboarding audit verify` says what is wrong")]
    Gap {
        /// The place.
        position: u64,
    },
    /// A registration's events do not follow each other 1, 2, 3.
    #[error(
        "the registration has no event of sequence {sequence}: `onboarding audit verify` says what is wrong"
    )]
    MissingEvent {
        /// The sequence that is missing.
        sequence: u64,
    },
    /// A stored payload is not JSON.
    #[error("the event at position {position} cannot be written as a message")]
    Unwritable {
        /// The event's place.
        position: u64,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A registration could not be read by one of the two readers.
    #[error("reading through {reader} failed")]
    Reader {
        /// `postgres-es` or `our store`.
        reader: &'static str,
        /// Why.
        #[source]
        source: PersistenceError,
    },
    /// Whoever takes the lines does not take them any more.
    #[error("the output failed: {0}")]
    Output(#[from] std::io::Error),
    /// A file of an exported folder cannot be read.
    #[error("{file}")]
    File {
        /// The file.
        file: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A key is not one.
    #[error("{file}")]
    Key {
        /// Where it was read.
        file: String,
        /// Why.
        #[source]
        source: tlog::NoteError,
    },
    /// The events do not fold.
    #[error(transparent)]
    Fold(#[from] projections::ProjectionError),
    /// Nothing was signed yet, so nothing could be proven.
    #[error("no checkpoint is signed yet under this log's name: start the relay, which signs")]
    NothingSigned,
    /// The folder is there already.
    #[error("{0} is there already: name another folder")]
    Exists(String),
}

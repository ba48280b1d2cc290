//! Read models: what the log looks like to somebody with a question.
//!
//! Each model has a folder with three files: `fold` says, without I/O, what a registration's memory means to the
//! model; `store.sql` writes it; `ask` holds the questions that others put to it.
//!
//! | model | one row | who asks |
//! | --- | --- | --- |
//! | [`registrations`] | a registration | expiry, reminders, register checks, the console |
//! | [`people`] | an account | the console |
//! | [`funnel`] | a day, a journey, a step | the console |
//!
//! One [`Memory`] a registration is folded once and feeds all three, so they advance together and share a
//! checkpoint. The fold depends on the events and their order alone: made again from the log, the tables come out
//! row for row the same, which is what `onboarding projections verify` checks. The projector decides what is
//! applied and when; this crate never reads the log or the stream.

pub mod apply;
pub mod funnel;
pub mod happened;
pub mod memory;
pub mod models;
pub mod people;
pub mod registrations;

pub use apply::{Schema, apply, enter};
pub use happened::Happened;
pub use memory::{Journey, Memory};
pub use models::{MODELS, Model, Table};

/// The release of the fold. Raise it whenever the same events would give other rows or another memory: the projector
/// then makes the tables again from the log before it goes on.
pub const FOLD_VERSION: i32 = 2;

/// Why a model could not be brought forward or asked.
#[derive(Debug, thiserror::Error)]
pub enum ProjectionError {
    /// An event came out of turn: its registration was at another sequence.
    #[error("position {position}: sequence {found} of a registration came where {expected} was due")]
    OutOfTurn {
        /// The event's place in the log.
        position: u64,
        /// The sequence that was due.
        expected: u64,
        /// The sequence that came.
        found: u64,
    },
    /// A remembered registration cannot be read; the tables must be made again.
    #[error("the memory of a registration cannot be read: run `onboarding projections rebuild`")]
    Memory(#[source] serde_json::Error),
    /// Rows cannot be written as JSON.
    #[error("rows cannot be written")]
    Rows(#[source] serde_json::Error),
    /// The database refused or did not answer.
    #[error("the database did not answer as expected")]
    Database(#[from] sqlx::Error),
}

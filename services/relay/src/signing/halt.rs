//! Why a log gets no signature.

use store::StoreError;

/// The log is not a continuation of what was signed, or does not hold what it says. Signing it would attest to it, so
/// nothing is signed until somebody has looked; registrations go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Halt {
    /// The log is shorter than what was signed.
    #[error(
        "the log ends at {log}, and {signed} entries were signed: the database is older than the signature, as after restoring a backup"
    )]
    Shorter {
        /// How many entries were signed.
        signed: u64,
        /// The log's last position.
        log: u64,
    },
    /// What was signed is not what stands there.
    #[error("the log's first {size} entries are not those that were signed")]
    Rewritten {
        /// How many entries the signature covers.
        size: u64,
    },
    /// A new entry does not have the hash that the log holds for it.
    #[error("the entry at position {position} is not the one that the log's hash was made of")]
    Changed {
        /// Its place.
        position: u64,
    },
    /// A new entry is missing.
    #[error("the log has no entry at position {position}")]
    Gap {
        /// The place.
        position: u64,
    },
    /// The log's own tree is not the tree over its hashes.
    #[error("the log's head has another tree than the log's {size} hashes")]
    Head {
        /// The log's size.
        size: u64,
    },
    /// A remembered checkpoint is not one that this key signed.
    #[error("what is remembered as signed ({place}) was not signed with this key")]
    Foreign {
        /// Where it was found: `file`, `database` or `bus`.
        place: &'static str,
    },
}

impl Halt {
    /// What to do, whatever the reason.
    pub const WAY_OUT: &str = "Run `onboarding audit verify`. Bring back the database that was signed; or, if this one \
        is to go on, set another `log_origin`: a new log begins under that name, and the runbook says whom to tell";

    /// Short and stable, for the label of a metric.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Shorter { .. } => "shorter",
            Self::Rewritten { .. } => "rewritten",
            Self::Changed { .. } => "changed",
            Self::Gap { .. } => "gap",
            Self::Head { .. } => "head",
            Self::Foreign { .. } => "foreign",
        }
    }
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// Somebody has to look.
    #[error(transparent)]
    Halt(#[from] Halt),
    /// PostgreSQL is away.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The memory cannot be read or written.
    #[error("the memory of what was signed fails: {0}")]
    Memory(#[from] std::io::Error),
    /// The log's name cannot be a key's name.
    #[error(transparent)]
    Name(#[from] tlog::NoteError),
}

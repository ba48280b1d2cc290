//! How far each mail has come (`mailer.ledger`, migration 0030). Every time in it is PostgreSQL's.
//!
//! A try asks for its [`Ledger::claim`] when the server has agreed to take the mail and before it gets it: the row is
//! `sending` from then on, and its lease is renewed however long the server takes. Its end is committed with the event that
//! tells of it, or noted by [`Ledger::settle`] when it is not over yet. A mailer that dies in between leaves `sending`
//! behind: once the lease is over another may claim the row, and knows that the mail may go out twice.
//!
//! A row says how far a mail has come, never whether it is wanted: that is for the registration's events to say, so that
//! nothing written here can make a wanted mail disappear. A lease that was lost says nothing of the mail at all.

mod row;
mod table;

use std::time::Duration;

use domain::registration::event::FailureReason;
use domain::values::RegistrationId;
use usecases::MailEnd;
use uuid::Uuid;

use crate::transport::failure::Trouble;
use crate::transport::reply::Reply;

pub use table::Ledger;

/// PostgreSQL does not answer, or the table is not as this release knows it.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// From the database.
    #[error("the ledger of mails cannot be read or written")]
    Database(#[from] sqlx::Error),
    /// A row says what no release of ours writes.
    #[error("the ledger of mails holds the unknown word {0:?}")]
    UnknownWord(String),
}

/// Identifies a mail in the ledger.
#[derive(Clone, Debug)]
pub struct MailKey {
    /// The request's id, or registration, sequence and notice.
    pub key: String,
    /// The registration that it belongs to.
    pub registration: RegistrationId,
    /// Message-ID, without angle brackets.
    pub message_id: String,
}

/// How a mail ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// A server has it.
    Sent {
        /// The server's answer; 0 for a file. None when nobody heard it: a try was cut short after the mail was handed over,
        /// and then the mail was no longer wanted, or its link too old, so that no other try could tell.
        code: Option<u16>,
    },
    /// Given up.
    Failed {
        /// Why.
        reason: FailureReason,
        /// The server's last answer, where there was one.
        reply: Option<Reply>,
    },
}

/// A mail that has ended, as the ledger tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// How.
    pub end: End,
    /// Tries begun.
    pub attempts: u32,
    /// Whether a try before ended without a known outcome.
    pub possibly_twice: bool,
    /// Whether the registration's events tell it already.
    pub is_recorded: bool,
}

/// What the ledger says when asked about a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody is at it: whoever finds that it is wanted may [`Ledger::claim`] it.
    Open {
        /// Tries so far.
        attempts: u32,
    },
    /// Another try is under way, or it is too early for the next one.
    Later(Duration),
    /// It is over.
    Ended(Ended),
}

/// The right to hand one mail over until the lease ends.
#[derive(Clone, Debug)]
pub struct Claim {
    key: String,
    lease: Uuid,
    /// Tries begun, this one included.
    pub attempts: u32,
    /// Whether a try before ended without a known outcome.
    pub possibly_twice: bool,
    /// The sequence of the registration's last event when it was claimed; 0 when there is none.
    pub version: u64,
    /// Whether so much of the lease was over when it was got that nothing should be handed over any more.
    pub is_late: bool,
}

impl Claim {
    /// How the mail's row ends, to be committed with the event that tells of it.
    pub fn ending(&self, end: End) -> MailEnd {
        let (failure, code, enhanced) = match end {
            End::Sent { code } => (None, code, None),
            End::Failed { reason, reply } => (
                Some(failure_word(reason)),
                reply.map(|it| it.code),
                reply.and_then(|it| it.enhanced),
            ),
        };
        MailEnd {
            key: self.key.clone(),
            lease: self.lease,
            failure,
            server_code: code,
            enhanced_code: enhanced.map(String::from),
        }
    }
}

/// What became of a row that was to be settled, given up or withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It is over, which the registration's events are to tell next.
    Ended(Ended),
    /// It waits for its next try.
    Waiting,
    /// It is closed, and surely nothing was sent.
    Withdrawn,
    /// Another has the row, or has ended it: the mail is to come again, and to be looked at afresh.
    NotOurs,
}

/// How a try leaves its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// It is over.
    Ended(End),
    /// Surely not sent; again after this long.
    Again {
        /// How long to wait.
        after: Duration,
        /// Why, where it was the server or the way to it.
        trouble: Option<Trouble>,
    },
    /// Perhaps sent; again after this long.
    Unknown {
        /// How long to wait.
        after: Duration,
    },
    /// No longer wanted.
    Withdrawn,
}

/// The word for a reason, the same as in the event.
pub fn failure_word(reason: FailureReason) -> &'static str {
    match reason {
        FailureReason::Refused => "refused",
        FailureReason::Expired => "expired",
        FailureReason::Unsendable => "unsendable",
    }
}

//! What a source says, or why it says nothing.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use domain::values::{Idcc, Siret};

/// An answer of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it says.
    pub outcome: Outcome,
    /// When what it says was true; absent when that is now.
    pub as_of: Option<DateTime<Utc>>,
}

/// Where an establishment stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Active, whether or not its unit lets its name be shown.
    Active {
        /// Agreements that the source names for it, best first.
        suggested: Vec<Idcc>,
    },
    /// Closed, its legal unit ceased, or a duplicate of another.
    Closed {
        /// Since when.
        closed_on: Option<NaiveDate>,
        /// Which establishment stands in its place.
        successor: Option<Siret>,
    },
    /// No such establishment.
    NotFound,
}

impl Outcome {
    /// For metrics.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Active { .. } => "active",
            Self::Closed { .. } => "closed",
            Self::NotFound => "not_found",
        }
    }

    /// An answer that is true now.
    pub fn now(self) -> Finding {
        Finding {
            outcome: self,
            as_of: None,
        }
    }
}

/// INSEE writes the first of January 1900 where a date is unknown.
pub fn is_known(date: &NaiveDate) -> bool {
    NaiveDate::from_ymd_opt(1900, 1, 1).is_some_and(|unknown| *date > unknown)
}

/// Why a source says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// It did not finish in its share of the time.
    Timeout,
    /// It cannot be reached, or the connection broke.
    Connection,
    /// It answered with a status that is no answer, or that makes no sense.
    Status(u16),
    /// It says that we ask too often (429), and perhaps for how long to leave it alone.
    TooMany(Option<Duration>),
    /// It answered, and not with what it should.
    Body,
    /// It will not speak of this establishment (403): the source itself is well.
    Undisclosed,
    /// It does not hold this establishment, which says nothing of the establishment.
    Unlisted,
    /// It was not asked: our own calls of this minute are spent.
    BudgetSpent,
    /// It was not asked: it failed too often a moment ago.
    BreakerOpen,
    /// It was not asked: our own count of its calls cannot be kept.
    Uncounted,
}

impl Silence {
    /// For metrics and logs.
    pub fn label(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Connection => "connection",
            Self::TooMany(_) => "too_many_requests",
            Self::Status(401 | 407) => "key_refused",
            Self::Status(500..) => "server_error",
            Self::Status(_) => "status",
            Self::Body => "body",
            Self::Undisclosed => "undisclosed",
            Self::Unlisted => "unlisted",
            Self::BudgetSpent => "budget_spent",
            Self::BreakerOpen => "breaker_open",
            Self::Uncounted => "uncounted",
        }
    }

    /// The HTTP status, where that is the reason.
    pub fn status(self) -> Option<u16> {
        match self {
            Self::Status(status) => Some(status),
            Self::TooMany(_) => Some(429),
            _ => None,
        }
    }

    /// Whether the source is at fault.
    pub fn is_fault(self) -> bool {
        matches!(
            self,
            Self::Timeout | Self::Connection | Self::Status(_) | Self::TooMany(_) | Self::Body
        )
    }

    /// Whether the source was left alone, so that this says nothing of it.
    pub fn was_not_asked(self) -> bool {
        matches!(self, Self::BudgetSpent | Self::BreakerOpen | Self::Uncounted)
    }
}

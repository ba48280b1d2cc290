//! "The database is not there": one judgement of every error of PostgreSQL and of the way to it.
//!
//! Whoever asks again later may be answered, so a client hears 503 with `Retry-After` and a loop tries again. Everything
//! else is a fault of the question, which asking again does not mend. What an append has come to is unknown when its
//! connection ends early: an error is never an assurance that nothing was written.

use std::error::Error;
use std::sync::Arc;

/// Why the database does not do its work for the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// Nobody there, or not yet, or no longer: stopped, starting, recovering, cut off.
    Away,
    /// A standby, or a server that was set to read only: the primary is elsewhere.
    ReadOnly,
    /// Out of disk, memory or connections.
    Full,
    /// In the way of others: a lock, a conflict, or a statement that took too long.
    Busy,
}

impl Unavailable {
    /// Judges an error; nothing when it is a fault of what was asked.
    pub fn of(error: &sqlx::Error) -> Option<Self> {
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            // What no PostgreSQL says: a balancer that accepts and closes, for want of a server behind it.
            | sqlx::Error::Protocol(_)
            // The connection's state is not known: it is given up, and another one may do.
            | sqlx::Error::BeginFailed => Some(Self::Away),
            sqlx::Error::Database(refusal) => Self::of_code(&refusal.code()?),
            _ => None,
        }
    }

    /// Judges an error by the first error of the database in its chain of causes.
    pub fn within(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            // An append's error belongs to every command of its commit.
            let shared = error.downcast_ref::<Arc<sqlx::Error>>().map(AsRef::as_ref);
            if let Some(error) = shared.or_else(|| error.downcast_ref()) {
                return Self::of(error);
            }
            cause = error.source();
        }
        None
    }

    /// Judges a SQLSTATE, as PostgreSQL's appendix A lists them.
    fn of_code(code: &str) -> Option<Self> {
        match code {
            // A standby; `default_transaction_read_only`.
            "25006" => Some(Self::ReadOnly),
            // The session was ended because its transaction rested: this process had been stopped.
            "25P03" => Some(Self::Away),
            // A time limit of a transaction; a lock not had in time; a statement cancelled or over its time.
            "25P04" | "55P03" | "57014" => Some(Self::Busy),
            // The database was dropped: it will not come back by itself.
            "57P04" => None,
            // A constraint, judged at the end of the transaction: the question is wrong.
            "40002" => None,
            // The connection ended before the server could say what came of the transaction.
            "40003" => Some(Self::Away),
            _ => match code.get(..2)? {
                // 08: the connection, and what poolers say. 57: stopped, crashed, starting, too long idle.
                // 58: the server's own disk or files fail.
                "08" | "57" | "58" => Some(Self::Away),
                // Disk, memory, connections, a configured limit.
                "53" => Some(Self::Full),
                // Serialisation failures and deadlocks.
                "40" => Some(Self::Busy),
                _ => None,
            },
        }
    }

    /// Short and stable, for the label of a metric.
    pub fn name(self) -> &'static str {
        match self {
            Self::Away => "away",
            Self::ReadOnly => "read_only",
            Self::Full => "full",
            Self::Busy => "busy",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_judgement() {
        use Unavailable::{Away, Busy, Full, ReadOnly};
        for (code, judgement) in [
            ("08006", Some(Away)),
            ("08P01", Some(Away)),
            ("57P01", Some(Away)),
            ("57P02", Some(Away)),
            ("57P03", Some(Away)),
            ("57P05", Some(Away)),
            ("58030", Some(Away)),
            ("25P03", Some(Away)),
            ("40003", Some(Away)),
            ("25006", Some(ReadOnly)),
            ("53000", Some(Full)),
            ("53100", Some(Full)),
            ("53200", Some(Full)),
            ("53300", Some(Full)),
            ("40001", Some(Busy)),
            ("40P01", Some(Busy)),
            ("55P03", Some(Busy)),
            ("57014", Some(Busy)),
            ("40002", None),
            ("57P04", None),
            ("28P01", None),
            ("3D000", None),
            ("42501", None),
            ("42P01", None),
            ("23505", None),
            ("ES001", None),
            ("XX001", None),
            ("", None),
        ] {
            assert_eq!(Unavailable::of_code(code), judgement, "{code}");
        }
    }

    #[test]
    fn the_cause_is_found_however_deep_it_lies() {
        let error = crate::StoreError::from(sqlx::Error::PoolTimedOut);
        let told = std::io::Error::other(error);
        assert_eq!(Unavailable::within(&told), Some(Unavailable::Away));
        let unfit = crate::StoreError::from(sqlx::Error::RowNotFound);
        assert_eq!(Unavailable::within(&unfit), None);
    }
}

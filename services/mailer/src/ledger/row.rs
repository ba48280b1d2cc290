//! The ledger's words and numbers as types, and back.

use std::time::Duration;

use domain::registration::event::FailureReason;
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::{End, Ended, LedgerError, Settled, Settlement, failure_word};

/// A settlement as the row's columns.
pub(super) struct Marks {
    pub state: &'static str,
    pub code: Option<u16>,
    pub failure: Option<&'static str>,
    pub is_uncertain: bool,
    pub wait: Duration,
}

impl Marks {
    pub fn of(settlement: Settlement) -> Self {
        let over = Self {
            state: "sent",
            code: None,
            failure: None,
            is_uncertain: false,
            wait: Duration::ZERO,
        };
        match settlement {
            Settlement::Ended(End::Sent { code }) => Self { code, ..over },
            Settlement::Ended(End::Failed { reason, code }) => Self {
                state: "failed",
                code,
                failure: Some(failure_word(reason)),
                ..over
            },
            Settlement::Again { after, code } => Self {
                state: "waiting",
                code,
                wait: after,
                ..over
            },
            Settlement::Unknown { after } => Self {
                state: "waiting",
                is_uncertain: true,
                wait: after,
                ..over
            },
            Settlement::Withdrawn => Self {
                state: "withdrawn",
                ..over
            },
        }
    }
}

/// What a statement left behind in the row; nothing when it found none that it may change.
///
/// # Errors
/// [`LedgerError`].
pub(super) fn settled_of(row: Option<&PgRow>) -> Result<Settled, LedgerError> {
    let Some(row) = row else {
        return Ok(Settled::NotOurs);
    };
    let state: &str = row.try_get("state")?;
    Ok(match state {
        "waiting" => Settled::Waiting,
        "withdrawn" => Settled::Withdrawn,
        state => Settled::Ended(ended_of(state, row)?),
    })
}

/// The mail of a row that is over: its columns state, failure, server_code, attempts, possibly_twice and is_recorded.
///
/// # Errors
/// [`LedgerError`].
pub(super) fn ended_of(state: &str, row: &PgRow) -> Result<Ended, LedgerError> {
    Ok(Ended {
        end: end_of(state, row.try_get("failure")?, row.try_get("server_code")?)?,
        attempts: attempts_of(row.try_get("attempts")?),
        possibly_twice: row.try_get("possibly_twice")?,
        is_recorded: row.try_get("is_recorded")?,
    })
}

fn end_of(state: &str, failure: Option<String>, code: Option<i16>) -> Result<End, LedgerError> {
    let code = code.and_then(|code| u16::try_from(code).ok());
    let reason = match failure.as_deref() {
        None if state == "sent" => return Ok(End::Sent { code }),
        Some("refused") => FailureReason::Refused,
        Some("expired") => FailureReason::Expired,
        Some("unsendable") => FailureReason::Unsendable,
        other => return Err(LedgerError::UnknownWord(other.unwrap_or(state).to_owned())),
    };
    Ok(End::Failed { reason, code })
}

/// The column's check keeps it from 0 upwards.
pub(super) fn attempts_of(attempts: i32) -> u32 {
    attempts.unsigned_abs()
}

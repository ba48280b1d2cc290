//! The ledger's words and numbers as types, and back.

use std::time::Duration;

use domain::registration::event::FailureReason;
use domain::values::EnhancedCode;
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::{End, Ended, LedgerError, Settled, Settlement, failure_word};
use crate::transport::cause::Cause;
use crate::transport::reply::Reply;

/// A settlement as the row's columns.
pub(super) struct Marks {
    pub state: &'static str,
    pub code: Option<u16>,
    pub enhanced: Option<String>,
    pub cause: Option<&'static str>,
    pub command: Option<&'static str>,
    pub failure: Option<&'static str>,
    pub is_uncertain: bool,
    pub wait: Duration,
}

impl Marks {
    pub fn of(settlement: Settlement) -> Self {
        let over = Self {
            state: "sent",
            code: None,
            enhanced: None,
            cause: None,
            command: None,
            failure: None,
            is_uncertain: false,
            wait: Duration::ZERO,
        };
        match settlement {
            Settlement::Ended(End::Sent { code }) => Self { code, ..over },
            Settlement::Ended(End::Failed { reason, reply }) => Self {
                state: "failed",
                code: reply.map(|it| it.code),
                enhanced: reply.and_then(|it| it.enhanced).map(String::from),
                failure: Some(failure_word(reason)),
                ..over
            },
            Settlement::Again { after, trouble } => {
                let reply = trouble.and_then(|it| it.reply);
                Self {
                    state: "waiting",
                    code: reply.map(|it| it.code),
                    enhanced: reply.and_then(|it| it.enhanced).map(String::from),
                    cause: trouble.map(|it| it.cause.code()),
                    command: trouble.and_then(|it| it.command).map(|it| it.code()),
                    wait: after,
                    ..over
                }
            }
            Settlement::Unknown { after } => Self {
                state: "waiting",
                cause: Some(Cause::Unknown.code()),
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

/// The mail of a row that is over: its columns state, failure, server_code, enhanced_code, attempts, possibly_twice and is_recorded.
///
/// # Errors
/// [`LedgerError`].
pub(super) fn ended_of(state: &str, row: &PgRow) -> Result<Ended, LedgerError> {
    Ok(Ended {
        end: end_of(state, row.try_get("failure")?, reply_of(row)?)?,
        attempts: attempts_of(row.try_get("attempts")?),
        possibly_twice: row.try_get("possibly_twice")?,
        is_recorded: row.try_get("is_recorded")?,
    })
}

/// The server's latest answer: its columns server_code and enhanced_code.
fn reply_of(row: &PgRow) -> Result<Option<Reply>, LedgerError> {
    let code: Option<i16> = row.try_get("server_code")?;
    let enhanced: Option<String> = row.try_get("enhanced_code")?;
    let Some(code) = code.and_then(|code| u16::try_from(code).ok()) else {
        return Ok(None);
    };
    let enhanced = enhanced.and_then(|text| EnhancedCode::parse(&text).ok());
    Ok(Some(Reply { code, enhanced }))
}

fn end_of(state: &str, failure: Option<String>, reply: Option<Reply>) -> Result<End, LedgerError> {
    let reason = match failure.as_deref() {
        None if state == "sent" => {
            return Ok(End::Sent {
                code: reply.map(|it| it.code),
            });
        }
        Some("refused") => FailureReason::Refused,
        Some("expired") => FailureReason::Expired,
        Some("unsendable") => FailureReason::Unsendable,
        other => return Err(LedgerError::UnknownWord(other.unwrap_or(state).to_owned())),
    };
    Ok(End::Failed { reason, reply })
}

/// The column's check keeps it from 0 upwards.
pub(super) fn attempts_of(attempts: i32) -> u32 {
    attempts.unsigned_abs()
}

//! The ledger's statements, one a step of a mail.

use std::time::Duration;

use chrono::TimeDelta;
use domain::registration::event::FailureReason;
use sqlx::{PgPool, Row};
use uuid::Uuid;

use super::{Claim, End, Ended, LedgerError, MailKey, Settlement, Standing, failure_word};
use crate::transport::SEND_TIMEOUT;

/// How long a try has its mail to itself: the longest dialogue, and room for the look-ups around it.
const LEASE: Duration = SEND_TIMEOUT.saturating_add(Duration::from_secs(25));

/// The table.
#[derive(Clone, Debug)]
pub struct Ledger {
    pool: PgPool,
}

impl Ledger {
    /// The ledger in this database.
    pub fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// Where a mail stands.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn standing(&self, mail: &MailKey) -> Result<Standing, LedgerError> {
        let row = sqlx::query(
            "SELECT clock_timestamp() AS now, state, server_code, failure, attempts, possibly_twice,
                    recorded_at IS NOT NULL AS is_recorded,
                    extract(epoch FROM greatest(lease_until, nullif(not_before, '-infinity')) - clock_timestamp())::float8 AS wait
               FROM (SELECT) AS always LEFT JOIN mailer.ledger ON mail_key = $1",
        )
        .bind(&mail.key)
        .fetch_one(&self.pool)
        .await?;
        let state: Option<String> = row.try_get("state")?;
        let wait: Option<f64> = row.try_get("wait")?;
        Ok(match state.as_deref() {
            None => Standing::Open {
                now: row.try_get("now")?,
            },
            Some("waiting" | "sending") => match wait {
                Some(seconds) if seconds > 0.0 => Standing::Later(Duration::from_secs_f64(seconds)),
                _ => Standing::Open {
                    now: row.try_get("now")?,
                },
            },
            Some("withdrawn") => Standing::Withdrawn,
            Some(state @ ("sent" | "failed")) => Standing::Ended(Ended {
                end: end_of(state, row.try_get("failure")?, row.try_get("server_code")?)?,
                attempts: attempts_of(row.try_get("attempts")?),
                possibly_twice: row.try_get("possibly_twice")?,
                is_recorded: row.try_get("is_recorded")?,
            }),
            Some(other) => return Err(LedgerError::UnknownWord(other.to_owned())),
        })
    }

    /// Begins a try; nothing when somebody else was quicker.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn claim(&self, mail: &MailKey) -> Result<Option<Claim>, LedgerError> {
        let lease = Uuid::now_v7();
        let row = sqlx::query(
            "INSERT INTO mailer.ledger AS l (mail_key, registration_id, message_id, state, attempts, lease, lease_until)
             VALUES ($1, $2, $3, 'sending', 1, $4, clock_timestamp() + $5 * interval '1 second')
             ON CONFLICT (mail_key) DO UPDATE
                SET possibly_twice = l.possibly_twice OR l.state = 'sending', state = 'sending',
                    attempts = l.attempts + 1, lease = excluded.lease, lease_until = excluded.lease_until
              WHERE (l.state = 'waiting' AND l.not_before <= clock_timestamp())
                 OR (l.state = 'sending' AND l.lease_until <= clock_timestamp())
             RETURNING attempts",
        )
        .bind(&mail.key)
        .bind(mail.registration.0)
        .bind(&mail.message_id)
        .bind(lease)
        .bind(LEASE.as_secs_f64())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Claim {
            key: mail.key.clone(),
            lease,
            attempts: attempts_of(row.try_get("attempts")?),
        }))
    }

    /// Whether the try still has its mail to itself, with time for a whole dialogue left. A mailer that was stopped for a
    /// while finds out here that another has taken over.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn still_holds(&self, claim: &Claim) -> Result<bool, LedgerError> {
        let row = sqlx::query(
            "SELECT EXISTS (SELECT FROM mailer.ledger WHERE mail_key = $1 AND lease = $2
                               AND lease_until > clock_timestamp()) AS holds",
        )
        .bind(&claim.key)
        .bind(claim.lease)
        .fetch_one(&self.pool)
        .await?;
        Ok(row.try_get("holds")?)
    }

    /// Ends a try; nothing when the row has gone to another meanwhile, which then tells the mail's story.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn settle(&self, claim: &Claim, settlement: Settlement) -> Result<Option<Ended>, LedgerError> {
        let marks = Marks::of(settlement);
        let row = sqlx::query(
            "UPDATE mailer.ledger
                SET state = $3, server_code = coalesce($4, server_code), failure = $5,
                    possibly_twice = possibly_twice OR $6,
                    not_before = clock_timestamp() + $7 * interval '1 second',
                    finished_at = CASE WHEN $3 = 'waiting' THEN NULL ELSE clock_timestamp() END,
                    recorded_at = CASE WHEN $3 = 'withdrawn' THEN clock_timestamp() END,
                    lease = NULL, lease_until = NULL
              WHERE mail_key = $1 AND lease = $2
              RETURNING attempts, possibly_twice",
        )
        .bind(&claim.key)
        .bind(claim.lease)
        .bind(marks.state)
        .bind(marks.code.map(i32::from))
        .bind(marks.failure)
        .bind(marks.is_uncertain)
        .bind(marks.wait.as_secs_f64())
        .fetch_optional(&self.pool)
        .await?;
        let (Some(row), Settlement::Ended(end)) = (row, settlement) else {
            return Ok(None);
        };
        Ok(Some(Ended {
            end,
            attempts: attempts_of(row.try_get("attempts")?),
            possibly_twice: row.try_get("possibly_twice")?,
            is_recorded: false,
        }))
    }

    /// Gives a mail up without a try, unless one is under way, which then tells the mail's story.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn give_up(&self, mail: &MailKey, reason: FailureReason) -> Result<Option<Ended>, LedgerError> {
        let row = sqlx::query(
            "INSERT INTO mailer.ledger AS l
                    (mail_key, registration_id, message_id, state, failure, attempts, finished_at)
             VALUES ($1, $2, $3, 'failed', $4, 0, clock_timestamp())
             ON CONFLICT (mail_key) DO UPDATE
                SET possibly_twice = l.possibly_twice OR l.state = 'sending', state = 'failed', failure = excluded.failure,
                    finished_at = clock_timestamp(), lease = NULL, lease_until = NULL
              WHERE l.state = 'waiting' OR (l.state = 'sending' AND l.lease_until <= clock_timestamp())
             RETURNING attempts, possibly_twice, server_code",
        )
        .bind(&mail.key)
        .bind(mail.registration.0)
        .bind(&mail.message_id)
        .bind(failure_word(reason))
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let code = row
            .try_get::<Option<i16>, _>("server_code")?
            .and_then(|code| u16::try_from(code).ok());
        Ok(Some(Ended {
            end: End::Failed { reason, code },
            attempts: attempts_of(row.try_get("attempts")?),
            possibly_twice: row.try_get("possibly_twice")?,
            is_recorded: false,
        }))
    }

    /// Closes the row of a mail that is no longer wanted, where there is one and nobody is at it.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn withdraw(&self, mail: &MailKey) -> Result<(), LedgerError> {
        sqlx::query(
            "UPDATE mailer.ledger
                SET state = 'withdrawn', finished_at = clock_timestamp(), recorded_at = clock_timestamp(),
                    possibly_twice = possibly_twice OR state = 'sending', lease = NULL, lease_until = NULL
              WHERE mail_key = $1
                AND (state = 'waiting' OR (state = 'sending' AND lease_until <= clock_timestamp()))",
        )
        .bind(&mail.key)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Notes that the registration's events tell how the mail ended.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn recorded(&self, mail: &MailKey) -> Result<(), LedgerError> {
        sqlx::query("UPDATE mailer.ledger SET recorded_at = clock_timestamp() WHERE mail_key = $1 AND recorded_at IS NULL")
            .bind(&mail.key)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Sweeps rows whose outcome was recorded longer ago than this: the events then tell of the mail, and the row is of no
    /// more use. Answers how many.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn sweep(&self, kept: TimeDelta) -> Result<u64, LedgerError> {
        let swept = sqlx::query(
            "DELETE FROM mailer.ledger WHERE recorded_at < clock_timestamp() - $1 * interval '1 second'",
        )
        .bind(kept.num_seconds())
        .execute(&self.pool)
        .await?;
        Ok(swept.rows_affected())
    }
}

/// A settlement as the row's columns.
struct Marks {
    state: &'static str,
    code: Option<u16>,
    failure: Option<&'static str>,
    is_uncertain: bool,
    wait: Duration,
}

impl Marks {
    fn of(settlement: Settlement) -> Self {
        let over = Self {
            state: "sent",
            code: None,
            failure: None,
            is_uncertain: false,
            wait: Duration::ZERO,
        };
        match settlement {
            Settlement::Ended(End::Sent { code }) => Self {
                code: Some(code),
                ..over
            },
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

fn end_of(state: &str, failure: Option<String>, code: Option<i16>) -> Result<End, LedgerError> {
    let code = code.and_then(|code| u16::try_from(code).ok());
    let reason = match failure.as_deref() {
        None if state == "sent" => {
            return Ok(End::Sent {
                code: code.unwrap_or_default(),
            });
        }
        Some("refused") => FailureReason::Refused,
        Some("expired") => FailureReason::Expired,
        Some("unsendable") => FailureReason::Unsendable,
        other => return Err(LedgerError::UnknownWord(other.unwrap_or(state).to_owned())),
    };
    Ok(End::Failed { reason, code })
}

/// The column's check keeps it from 0 upwards.
fn attempts_of(attempts: i32) -> u32 {
    attempts.unsigned_abs()
}

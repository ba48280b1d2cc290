//! The ledger's statements, one a step of a mail.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use domain::registration::event::FailureReason;
use sqlx::{PgPool, Row};
use uuid::Uuid;

use super::row::{Marks, attempts_of, ended_of, settled_of};
use super::{Claim, LedgerError, MailKey, Settled, Settlement, Standing, failure_word};

/// How long a try has its mail to itself unless it renews the lease: as long as a mail waits whose mailer has died.
const LEASE: Duration = Duration::from_secs(45);
/// Columns that tell what a statement left behind.
macro_rules! left_behind {
    () => {
        " RETURNING state, failure, server_code, enhanced_code, attempts, possibly_twice, recorded_at IS NOT NULL AS is_recorded"
    };
}

/// The table.
#[derive(Clone, Debug)]
pub struct Ledger {
    pool: PgPool,
    lease: Duration,
}

impl Ledger {
    /// The ledger in this database.
    pub fn new(pool: PgPool) -> Self {
        Self { pool, lease: LEASE }
    }

    /// The same with another lease.
    #[must_use]
    pub fn with_lease(self, lease: Duration) -> Self {
        Self { lease, ..self }
    }

    /// How long a lease is; a try that takes longer renews it before.
    pub fn lease(&self) -> Duration {
        self.lease
    }

    /// Where a mail stands, by the database's clock.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn standing(&self, mail: &MailKey) -> Result<Standing, LedgerError> {
        let row = sqlx::query(
            "SELECT state, server_code, enhanced_code, failure, attempts, possibly_twice,
                    recorded_at IS NOT NULL AS is_recorded,
                    extract(epoch FROM greatest(lease_until, nullif(not_before, '-infinity')) - clock_timestamp())::float8 AS wait
               FROM (SELECT) AS always LEFT JOIN mailer.ledger ON mail_key = $1",
        )
        .bind(&mail.key)
        .fetch_one(&self.pool)
        .await?;
        let state: Option<String> = row.try_get("state")?;
        let wait: Option<f64> = row.try_get("wait")?;
        let open = || -> Result<Standing, LedgerError> {
            Ok(Standing::Open {
                attempts: attempts_of(row.try_get::<Option<i32>, _>("attempts")?.unwrap_or(0)),
            })
        };
        match state.as_deref() {
            // What no longer was wanted and is wanted all the same was withdrawn by mistake.
            None | Some("withdrawn") => open(),
            Some("waiting" | "sending") => match wait {
                Some(seconds) if seconds > 0.0 => Ok(Standing::Later(Duration::from_secs_f64(seconds))),
                _ => open(),
            },
            Some(state @ ("sent" | "failed")) => Ok(Standing::Ended(ended_of(state, &row)?)),
            Some(other) => Err(LedgerError::UnknownWord(other.to_owned())),
        }
    }

    /// The right to hand a mail over, asked for right before; nothing when another has it, or the mail is over. From its
    /// commit on nobody else knows whether the server has the mail, until it is settled.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn claim(&self, mail: &MailKey) -> Result<Option<Claim>, LedgerError> {
        let lease = Uuid::now_v7();
        let begun = Instant::now();
        let row = sqlx::query(
            "INSERT INTO mailer.ledger AS l (mail_key, registration_id, message_id, state, attempts, lease, lease_until)
             VALUES ($1, $2, $3, 'sending', 1, $4, clock_timestamp() + $5 * interval '1 second')
             ON CONFLICT (mail_key) DO UPDATE
                SET possibly_twice = l.possibly_twice OR l.state = 'sending',
                    state = 'sending', attempts = l.attempts + 1, lease = excluded.lease,
                    lease_until = excluded.lease_until,
                    finished_at = NULL, recorded_at = NULL
              WHERE l.state = 'withdrawn' OR (l.state = 'waiting' AND l.not_before <= clock_timestamp())
                 OR (l.state = 'sending' AND l.lease_until <= clock_timestamp())
             RETURNING attempts, possibly_twice,
               (SELECT max(e.sequence) FROM public.events e
                 WHERE e.aggregate_type = 'registration' AND e.aggregate_id = $6) AS version",
        )
        .bind(&mail.key)
        .bind(mail.registration.0)
        .bind(&mail.message_id)
        .bind(lease)
        .bind(self.lease.as_secs_f64())
        .bind(mail.registration.to_string())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Claim {
            key: mail.key.clone(),
            lease,
            attempts: attempts_of(row.try_get("attempts")?),
            possibly_twice: row.try_get("possibly_twice")?,
            version: row
                .try_get::<Option<i64>, _>("version")?
                .map_or(0, i64::unsigned_abs),
            // The lease runs from before the commit, which may have taken longer than the lease.
            is_late: begun.elapsed() >= self.lease / 2,
        }))
    }

    /// Keeps the mail for another lease, where no other has taken it over.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn renew(&self, claim: &Claim) -> Result<(), LedgerError> {
        sqlx::query(
            "UPDATE mailer.ledger SET lease_until = clock_timestamp() + $3 * interval '1 second'
              WHERE mail_key = $1 AND lease = $2 AND lease_until > clock_timestamp()",
        )
        .bind(&claim.key)
        .bind(claim.lease)
        .bind(self.lease.as_secs_f64())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Notes what became of a try, with its claim where it came that far. A try that has lost its claim, or never had one,
    /// speaks where nobody is at the mail: whoever is knows already that it may go out twice. A mail that is no longer
    /// wanted, though a try before was cut short and may have sent it, is over as sent: the events tell the doubt.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn settle(
        &self,
        mail: &MailKey,
        claim: Option<&Claim>,
        settlement: Settlement,
    ) -> Result<Settled, LedgerError> {
        let marks = Marks::of(settlement);
        let row = sqlx::query(concat!(
            "INSERT INTO mailer.ledger AS l
                    (mail_key, registration_id, message_id, state, attempts, server_code, enhanced_code, cause, command, failure,
                     not_before, finished_at)
             VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, clock_timestamp() + $10 * interval '1 second',
                     CASE WHEN $4 <> 'waiting' THEN clock_timestamp() END)
             ON CONFLICT (mail_key) DO UPDATE
                SET possibly_twice = l.possibly_twice OR $11 OR (l.state = 'sending' AND l.lease IS DISTINCT FROM $12),
                    state = CASE WHEN $4 = 'withdrawn' AND l.possibly_twice THEN 'sent' ELSE $4 END,
                    server_code = CASE WHEN $4 = 'withdrawn' AND l.possibly_twice THEN NULL
                                       ELSE coalesce(excluded.server_code, l.server_code) END,
                    enhanced_code = CASE WHEN $4 = 'withdrawn' AND l.possibly_twice THEN NULL
                                         WHEN excluded.server_code IS NULL THEN l.enhanced_code ELSE excluded.enhanced_code END,
                    cause = excluded.cause, command = excluded.command, failure = excluded.failure,
                    attempts = l.attempts + CASE WHEN $12 IS NULL THEN 1 ELSE 0 END,
                    not_before = excluded.not_before, finished_at = excluded.finished_at,
                    recorded_at = CASE WHEN $4 = 'withdrawn' AND NOT l.possibly_twice THEN clock_timestamp() END,
                    lease = NULL, lease_until = NULL
              WHERE l.lease = $12 OR l.state IN ('waiting', 'withdrawn')
                 OR (l.state = 'sending' AND l.lease_until <= clock_timestamp())",
            left_behind!()
        ))
        .bind(&mail.key)
        .bind(mail.registration.0)
        .bind(&mail.message_id)
        .bind(marks.state)
        .bind(marks.code.map(i32::from))
        .bind(marks.enhanced)
        .bind(marks.cause)
        .bind(marks.command)
        .bind(marks.failure)
        .bind(marks.wait.as_secs_f64())
        .bind(marks.is_uncertain)
        .bind(claim.map(|it| it.lease))
        .fetch_optional(&self.pool)
        .await?;
        settled_of(row.as_ref())
    }

    /// Gives a mail up without a try, unless one is under way. One that was cut short may have sent a mail whose time is
    /// over by now: then it is over as sent, in doubt.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn give_up(&self, mail: &MailKey, reason: FailureReason) -> Result<Settled, LedgerError> {
        let row = sqlx::query(concat!(
            "INSERT INTO mailer.ledger AS l
                    (mail_key, registration_id, message_id, state, failure, attempts, finished_at)
             VALUES ($1, $2, $3, 'failed', $4, 0, clock_timestamp())
             ON CONFLICT (mail_key) DO UPDATE
                SET possibly_twice = l.possibly_twice OR l.state = 'sending',
                    state = CASE WHEN (l.possibly_twice OR l.state = 'sending') AND $4 = 'expired' THEN 'sent' ELSE 'failed' END,
                    failure = CASE WHEN (l.possibly_twice OR l.state = 'sending') AND $4 = 'expired' THEN NULL ELSE $4 END,
                    server_code = CASE WHEN (l.possibly_twice OR l.state = 'sending') AND $4 = 'expired' THEN NULL
                                       ELSE l.server_code END,
                    cause = NULL, command = NULL, finished_at = clock_timestamp(), recorded_at = NULL, lease = NULL, lease_until = NULL
              WHERE l.state IN ('waiting', 'withdrawn') OR (l.state = 'sending' AND l.lease_until <= clock_timestamp())",
            left_behind!()
        ))
        .bind(&mail.key)
        .bind(mail.registration.0)
        .bind(&mail.message_id)
        .bind(failure_word(reason))
        .fetch_optional(&self.pool)
        .await?;
        settled_of(row.as_ref())
    }

    /// Closes the row of a mail that is no longer wanted, unless a try is under way. A mail that was never begun needs
    /// none. One that was cut short may have sent it: then it is over as sent, and the events tell the doubt.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn withdraw(&self, mail: &MailKey) -> Result<Settled, LedgerError> {
        let row = sqlx::query(concat!(
            "UPDATE mailer.ledger
                SET state = CASE WHEN possibly_twice OR state = 'sending' THEN 'sent' ELSE 'withdrawn' END,
                    server_code = CASE WHEN possibly_twice OR state = 'sending' THEN NULL ELSE server_code END,
                    possibly_twice = possibly_twice OR state = 'sending',
                    recorded_at = CASE WHEN NOT (possibly_twice OR state = 'sending') THEN clock_timestamp() END,
                    cause = NULL, command = NULL, finished_at = clock_timestamp(), lease = NULL, lease_until = NULL
              WHERE mail_key = $1
                AND (state = 'waiting' OR (state = 'sending' AND lease_until <= clock_timestamp()))",
            left_behind!()
        ))
        .bind(&mail.key)
        .fetch_optional(&self.pool)
        .await?;
        match settled_of(row.as_ref())? {
            Settled::NotOurs => self.closed_or_never_begun(mail).await,
            settled => Ok(settled),
        }
    }

    async fn closed_or_never_begun(&self, mail: &MailKey) -> Result<Settled, LedgerError> {
        let is_open: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM mailer.ledger WHERE mail_key = $1 AND state <> 'withdrawn')",
        )
        .bind(&mail.key)
        .fetch_one(&self.pool)
        .await?;
        Ok(match is_open {
            true => Settled::NotOurs,
            false => Settled::Withdrawn,
        })
    }

    /// Notes that the registration's events tell how the mail ended.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn recorded(&self, mail: &MailKey) -> Result<(), LedgerError> {
        sqlx::query(
            "UPDATE mailer.ledger SET recorded_at = clock_timestamp()
              WHERE mail_key = $1 AND recorded_at IS NULL AND state IN ('sent', 'failed')",
        )
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

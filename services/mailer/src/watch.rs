//! Whether every mail that was asked for has an outcome, or a try that is under way or planned.
//!
//! What is asked for stands in `mailer.wanted`, kept by the events themselves, so that the answer is right whoever is away:
//! the relay, the mailer, the stream or the read models.

use std::time::Duration;

use sqlx::{FromRow, PgPool};
use tokio_util::sync::CancellationToken;

use crate::patience::with_jitter;
use crate::transport::cause::Cause;

/// Between looks.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// A mail is overdue when it was asked for five minutes ago and nobody is at it, nor will be: no try is under way, and none
/// is planned. A try that should have begun or ended two minutes ago is none.
macro_rules! overdue {
    () => {
        "w.asked_at < clock_timestamp() - interval '5 minutes'
         AND NOT EXISTS (SELECT FROM mailer.ledger l
                          WHERE l.mail_key = w.mail_key
                            AND (l.state = 'waiting' AND l.not_before > clock_timestamp() - interval '2 minutes'
                                 OR l.state = 'sending' AND l.lease_until > clock_timestamp() - interval '2 minutes'))"
    };
}
pub(crate) use overdue;

/// Mails without an outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, FromRow)]
pub struct OpenMails {
    /// How many were asked for and have no outcome yet.
    pub waiting: i64,
    /// How long ago the oldest of them was asked for, in seconds; 0 when there is none.
    pub oldest_seconds: f64,
    /// How many of them are more than five minutes old, without a try that is under way or planned.
    pub overdue: i64,
    /// How long ago the oldest of those was asked for, in seconds; 0 when there is none.
    pub oldest_overdue_seconds: f64,
}

/// Looks. Reads as many rows as there are open mails.
///
/// # Errors
/// When PostgreSQL is away.
pub async fn look(pool: &PgPool) -> Result<OpenMails, sqlx::Error> {
    sqlx::query_as(concat!(
        "SELECT count(*) AS waiting,
                coalesce(extract(epoch FROM clock_timestamp() - min(asked_at)), 0)::float8 AS oldest_seconds,
                count(*) FILTER (WHERE is_overdue) AS overdue,
                coalesce(extract(epoch FROM clock_timestamp() - min(asked_at) FILTER (WHERE is_overdue)), 0)::float8
                  AS oldest_overdue_seconds
           FROM (SELECT w.asked_at, ",
        overdue!(),
        " AS is_overdue FROM mailer.wanted w) AS mails"
    ))
    .fetch_one(pool)
    .await
}

/// Mails that wait for their next try, by what the server said at the last.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct Held {
    /// A word of [`Cause`].
    pub cause: String,
    /// The command that was answered, or at which there was no answer.
    pub command: Option<String>,
    /// The server's three digits.
    pub server_code: Option<i16>,
    /// Its enhanced code.
    pub enhanced_code: Option<String>,
    /// How many.
    pub mails: i64,
    /// How long ago the oldest was first tried, in seconds.
    pub oldest_seconds: f64,
}

impl Held {
    /// Why.
    pub fn cause(&self) -> Option<Cause> {
        Cause::parse(&self.cause)
    }
}

/// Mails that wait by why, most first.
///
/// # Errors
/// When PostgreSQL is away.
pub async fn held(pool: &PgPool) -> Result<Vec<Held>, sqlx::Error> {
    sqlx::query_as(
        "SELECT cause, command, server_code, enhanced_code, count(*) AS mails,
                extract(epoch FROM clock_timestamp() - min(started_at))::float8 AS oldest_seconds
           FROM mailer.ledger WHERE state = 'waiting' AND cause IS NOT NULL
          GROUP BY cause, command, server_code, enhanced_code ORDER BY mails DESC LIMIT 50",
    )
    .fetch_all(pool)
    .await
}

/// Tells operators until told to stop. Each role does, since the one that is away cannot.
///
/// # Errors
/// None: a database that is away is told by everybody else, and the gauges keep their last values.
pub async fn run(pool: PgPool, stop: CancellationToken) -> anyhow::Result<()> {
    loop {
        if let Ok(open) = look(&pool).await {
            metrics::gauge!("onboarding_mails_waiting").set(open.waiting as f64);
            metrics::gauge!("onboarding_mails_waiting_oldest_seconds").set(open.oldest_seconds);
            metrics::gauge!("onboarding_mails_overdue").set(open.overdue as f64);
            metrics::gauge!("onboarding_mails_overdue_oldest_seconds").set(open.oldest_overdue_seconds);
        }
        if let Ok(held) = held(&pool).await {
            for cause in Cause::ALL {
                let alike = held.iter().filter(|it| it.cause() == Some(cause));
                let mails: i64 = alike.map(|it| it.mails).sum();
                metrics::gauge!("onboarding_mails_held", "cause" => cause.code()).set(mails as f64);
            }
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(with_jitter(LOOK_EVERY)) => {}
        }
    }
}

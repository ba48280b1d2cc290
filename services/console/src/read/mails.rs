//! What became of the mails, from the events that tell of it.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use mailer::watch::{self, Held, OpenMails};
use sqlx::PgPool;
use uuid::Uuid;

/// Events that end a mail.
const OUTCOMES: [&str; 6] = [
    "VerificationMailSent",
    "VerificationMailFailed",
    "NoticeMailSent",
    "NoticeMailFailed",
    "InactivityMailSent",
    "InactivityMailFailed",
];

/// What became of the mails of some days.
pub struct Mails {
    /// Sent and failed by day, each day once.
    pub by_day: Vec<(NaiveDate, i64, i64)>,
    /// Sent and failed in as many days before.
    pub before: (i64, i64),
    /// The latest that failed.
    pub failed: Vec<Failed>,
    /// Why mails failed: the reason, the server's codes, how many.
    pub failures: Vec<Failure>,
    /// Mails under way or waiting for their next try, by state.
    pub under_way: Vec<(String, i64)>,
    /// Why mails wait.
    pub held: Vec<Held>,
    /// Mails without an outcome.
    pub open: OpenMails,
}

/// Mails that failed alike.
#[derive(sqlx::FromRow)]
pub struct Failure {
    /// `refused`, `expired` or `unsendable`.
    pub failure: String,
    /// The server's last answer, where there was one.
    pub server_code: Option<i32>,
    /// Its enhanced code.
    pub enhanced_code: Option<String>,
    /// How many.
    pub mails: i64,
}

/// A mail that failed.
#[derive(sqlx::FromRow)]
pub struct Failed {
    /// Whose.
    pub registration_id: Uuid,
    /// The event that tells of it.
    pub event_type: String,
    /// When.
    pub recorded_at: DateTime<Utc>,
    /// `refused`, `expired` or `unsendable`.
    pub failure: String,
    /// The server's last answer, where there was one.
    pub server_code: Option<i32>,
    /// Its enhanced code.
    pub enhanced_code: Option<String>,
    /// Where the registration stands now.
    pub stage: String,
}

/// The most failed mails that a page lists.
const FAILED_MAX: i64 = 50;

/// Looks at the mails that ended on these days (Europe/Paris).
///
/// # Errors
/// When PostgreSQL is away.
pub async fn look(pool: &PgPool, first: NaiveDate, last: NaiveDate) -> Result<Mails, sqlx::Error> {
    let from = first_of(pool, first).await?;
    let by_day: Vec<(NaiveDate, i64, i64)> = sqlx::query_as(
        "SELECT d::date, count(e.*) FILTER (WHERE e.event_type LIKE '%Sent'), count(e.*) FILTER (WHERE e.event_type LIKE '%Failed')
           FROM generate_series($1::date, $2::date, interval '1 day') d
           LEFT JOIN (SELECT event_type, (recorded_at AT TIME ZONE 'Europe/Paris')::date AS day FROM public.events
                       WHERE position >= $3 AND event_type = ANY($4)) e ON e.day = d::date
          GROUP BY d ORDER BY d",
    )
    .bind(first)
    .bind(last)
    .bind(from)
    .bind(&OUTCOMES[..])
    .fetch_all(pool)
    .await?;
    let length = last - first + TimeDelta::days(1);
    let earlier = first - length;
    let before = sqlx::query_as(
        "SELECT count(*) FILTER (WHERE event_type LIKE '%Sent'), count(*) FILTER (WHERE event_type LIKE '%Failed')
           FROM public.events
          WHERE position BETWEEN $1 AND $2 AND event_type = ANY($3)
            AND recorded_at >= $4::timestamp AT TIME ZONE 'Europe/Paris' AND recorded_at < $5::timestamp AT TIME ZONE 'Europe/Paris'",
    )
    .bind(first_of(pool, earlier).await?)
    .bind(first_of(pool, first + TimeDelta::days(1)).await?)
    .bind(&OUTCOMES[..])
    .bind(earlier)
    .bind(first)
    .fetch_one(pool)
    .await?;
    let failed = sqlx::query_as(
        "SELECT r.registration_id, e.event_type, e.recorded_at, e.payload->>'reason' AS failure,
                (e.payload->>'server_code')::int AS server_code, e.payload->>'enhanced_code' AS enhanced_code, r.stage
           FROM public.events e JOIN read.registrations r ON r.registration_id = e.aggregate_id::uuid
          WHERE e.position >= $1 AND e.event_type IN ('VerificationMailFailed', 'NoticeMailFailed', 'InactivityMailFailed')
            AND (e.recorded_at AT TIME ZONE 'Europe/Paris')::date BETWEEN $2 AND $3
          ORDER BY e.position DESC LIMIT $4",
    )
    .bind(from)
    .bind(first)
    .bind(last)
    .bind(FAILED_MAX)
    .fetch_all(pool)
    .await?;
    let failures = sqlx::query_as(
        "SELECT payload->>'reason' AS failure, (payload->>'server_code')::int AS server_code, payload->>'enhanced_code' AS enhanced_code,
                count(*) AS mails
           FROM public.events
          WHERE position >= $1 AND event_type IN ('VerificationMailFailed', 'NoticeMailFailed', 'InactivityMailFailed')
            AND (recorded_at AT TIME ZONE 'Europe/Paris')::date BETWEEN $2 AND $3
          GROUP BY 1, 2, 3 ORDER BY 4 DESC",
    )
    .bind(from)
    .bind(first)
    .bind(last)
    .fetch_all(pool)
    .await?;
    let under_way = sqlx::query_as(
        "SELECT state, count(*) FROM mailer.ledger WHERE recorded_at IS NULL AND state <> 'withdrawn' GROUP BY state ORDER BY state",
    )
    .fetch_all(pool)
    .await?;
    Ok(Mails {
        by_day,
        before,
        failed,
        failures,
        under_way,
        held: watch::held(pool).await?,
        open: watch::look(pool).await?,
    })
}

/// A position before which no event of this day stands, found by halves: events have no index by time, and a page must not
/// read ten million of them. Events of earlier releases may stand a little out of the order of their times, so an hour is
/// left as a margin.
async fn first_of(pool: &PgPool, day: NaiveDate) -> Result<i64, sqlx::Error> {
    let (mut low, mut high): (i64, i64) =
        sqlx::query_as("SELECT coalesce(min(position), 0), coalesce(max(position), 0) FROM public.events")
            .fetch_one(pool)
            .await?;
    while low < high {
        let middle = low + (high - low) / 2;
        let before: Option<bool> = sqlx::query_scalar(
            "SELECT recorded_at < ($2::date)::timestamp AT TIME ZONE 'Europe/Paris' - interval '1 hour'
               FROM public.events WHERE position >= $1 ORDER BY position LIMIT 1",
        )
        .bind(middle)
        .bind(day)
        .fetch_optional(pool)
        .await?;
        match before {
            Some(true) => low = middle + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

//! How far the log, its copies and its readers are: numbers. Whether that is well, [`crate::health`] says.

use auditor::Latest;
use chrono::{DateTime, Utc};
use mailer::watch::{self, OpenMails};
use sqlx::PgPool;
use store::{Store, StoreError};

/// The service in numbers.
pub struct Numbers {
    /// The last position.
    pub positions: i64,
    /// The latest signed checkpoint: its size, and when it was signed.
    pub checkpoint: Option<(i64, DateTime<Utc>)>,
    /// Whether the last events are as they were written.
    pub latest: Latest,
    /// Where the read models stand.
    pub read_models_at: i64,
    /// Mails without an outcome.
    pub mails: OpenMails,
    /// Registrations by stage.
    pub stages: Vec<(String, i64)>,
    /// Entries of the access log.
    pub accesses: i64,
    /// The database's clock.
    pub now: DateTime<Utc>,
}

/// Looks.
///
/// # Errors
/// When PostgreSQL is away.
pub async fn look(pool: &PgPool, store: &Store, origin: &str) -> Result<Numbers, StoreError> {
    let head = store.log_head().await?;
    let size = i64::try_from(head.position()).unwrap_or(i64::MAX);
    let latest = auditor::latest(store, origin).await?;
    let checkpoint = store.latest_checkpoint(origin).await?;
    let mails = watch::look(pool).await?;
    let (read_models_at, accesses, now) = sqlx::query_as(
        "SELECT (SELECT min(position) FROM read.checkpoints),
                (SELECT size FROM public.access_log_head), clock_timestamp()",
    )
    .fetch_one(pool)
    .await?;
    let stages = sqlx::query_as(
        "SELECT stage, count(*) FROM read.registrations GROUP BY stage ORDER BY count(*) DESC, stage",
    )
    .fetch_all(pool)
    .await?;
    Ok(Numbers {
        positions: size,
        checkpoint: checkpoint.map(|it| (i64::try_from(it.size).unwrap_or(i64::MAX), it.signed_at)),
        latest,
        read_models_at,
        mails,
        stages,
        accesses,
        now,
    })
}

//! How the log, its copies and its readers are doing.

use chrono::{DateTime, Utc};
use mailer::watch::{self, OpenMails};
use sqlx::PgPool;
use store::{Store, StoreError};

/// How many of the last events are computed again for the page: a few milliseconds' work.
const RECOMPUTED: u32 = 1_000;

/// The log's health at a glance.
pub struct Health {
    /// The last position.
    pub positions: i64,
    /// The latest signed checkpoint: its size, and when it was signed.
    pub checkpoint: Option<(i64, DateTime<Utc>)>,
    /// Positions among the last thousand whose event is not the one that the log's hash was made of; and one more when the
    /// checkpoint of the log's whole size has another root.
    pub divergence: i64,
    /// How many positions were computed again.
    pub recomputed: i64,
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
pub async fn look(pool: &PgPool, store: &Store, origin: &str) -> Result<Health, StoreError> {
    let head = store.log_head().await?;
    let size = i64::try_from(head.position()).unwrap_or(i64::MAX);
    let first = head.position().saturating_sub(u64::from(RECOMPUTED)) + 1;
    let last = store.read_log(first, RECOMPUTED).await?;
    let rewritten = last.iter().filter(|it| it.recomputed_leaf_hash() != it.leaf_hash);
    let mut divergence = i64::try_from(rewritten.count()).unwrap_or(i64::MAX);
    let checkpoint = store.latest_checkpoint(origin).await?;
    if checkpoint
        .as_ref()
        .is_some_and(|it| it.size == head.position() && it.root != head.tree.root())
    {
        divergence += 1;
    }
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
    Ok(Health {
        positions: size,
        checkpoint: checkpoint.map(|it| (i64::try_from(it.size).unwrap_or(i64::MAX), it.signed_at)),
        divergence,
        recomputed: i64::try_from(last.len()).unwrap_or(i64::MAX),
        read_models_at,
        mails,
        stages,
        accesses,
        now,
    })
}

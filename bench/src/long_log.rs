//! A long log in short time: registrations put straight into the table of events, as no client could.

use std::time::{Duration, Instant};

use sqlx::PgPool;

/// Events of one registration.
pub const EVENTS_EACH: u64 = 5;
/// Registrations inserted at once.
const BATCH: u64 = 20_000;

/// A short path, each event about as large as a real one: what is sealed takes most of it.
const INSERT: &str = r#"
INSERT INTO public.events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata)
SELECT 'registration', r.id, e.n, e.name, '1', e.payload::json, '{"actor":"person","request":"0198f000-0000-7000-8000-000000000001"}'
  FROM (SELECT gen_random_uuid()::text AS id FROM generate_series(1, $1::bigint)) r,
  (VALUES
    (1, 'IdentitySubmitted', '{"type":"IdentitySubmitted","profile":"membre","locale":"fr","flow":"guide","new_address":true,"sealed":{"v":1,"key":"00000000-0000-0000-0000-000000000001","nonce":"AAAAAAAAAAAAAAAA","ciphertext":"' || repeat('A', 344) || '"}}'),
    (2, 'ContactNotMatched', '{"type":"ContactNotMatched"}'),
    (3, 'TopicsChosen', '{"type":"TopicsChosen","topics":["training_contributions","payments"]}'),
    (4, 'EstablishmentDeclared', '{"type":"EstablishmentDeclared","siret":"00000000000018","known":true,"suggested_idcc":[]}'),
    (5, 'MemberNumberRefused', '{"type":"MemberNumberRefused","siret":"00000000000018","at":"2026-01-01T00:00:00Z"}')
  ) AS e(n, name, payload)
 ORDER BY r.id, e.n"#;

/// Inserts registrations to a log of `before` events, and waits until a checkpoint covers all of them. Answers how long that
/// took from the last insert's commit on.
///
/// # Errors
/// When PostgreSQL refuses, or somebody else writes to the log.
pub async fn grow(pool: &PgPool, registrations: u64, before: u64) -> anyhow::Result<Duration> {
    let mut left = registrations;
    while left > 0 {
        let now = left.min(BATCH);
        sqlx::query(INSERT)
            .bind(i64::try_from(now)?)
            .execute(pool)
            .await?;
        left -= now;
    }
    let begun = Instant::now();
    let all = before + registrations * EVENTS_EACH;
    loop {
        let covered: i64 = sqlx::query_scalar(
            "SELECT coalesce(max(size), 0) FROM public.checkpoints WHERE origin NOT LIKE '%/access'",
        )
        .fetch_one(pool)
        .await?;
        if covered.unsigned_abs() >= all {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let signed = begun.elapsed();
    let size: i64 = sqlx::query_scalar("SELECT size FROM public.log_head")
        .fetch_one(pool)
        .await?;
    anyhow::ensure!(size.unsigned_abs() == all, "the log has other events than these");
    // The projector and the publisher come to their end before anything is measured.
    loop {
        let behind: i64 = sqlx::query_scalar("SELECT $1 - min(position) FROM read.checkpoints")
            .bind(size)
            .fetch_one(pool)
            .await?;
        if behind <= 0 {
            return Ok(signed);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

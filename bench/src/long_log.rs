//! A long log in short time: registrations put straight into the table of events, as no client could.

use std::time::{Duration, Instant};

use sqlx::PgPool;

/// Events of one registration.
pub const EVENTS_EACH: u64 = 5;
/// Registrations inserted at once.
const BATCH: u64 = 20_000;

/// A short path, each event about as large as a real one: what is sealed takes most of it. It goes in by the function that
/// all appends go through.
const INSERT: &str = r#"
WITH event (n, name, payload) AS MATERIALIZED (VALUES
    (1::bigint, 'IdentitySubmitted', '{"type":"IdentitySubmitted","profile":"membre","locale":"fr","flow":"guide","new_address":true,"sealed":{"v":1,"key":"00000000-0000-0000-0000-000000000001","nonce":"AAAAAAAAAAAAAAAA","ciphertext":"' || repeat('A', 344) || '"}}'),
    (2, 'ContactNotMatched', '{"type":"ContactNotMatched"}'),
    (3, 'TopicsChosen', '{"type":"TopicsChosen","topics":["training_contributions","payments"]}'),
    (4, 'EstablishmentDeclared', '{"type":"EstablishmentDeclared","siret":"00000000000018","known":true,"suggested_idcc":[]}'),
    (5, 'MemberNumberRefused', '{"type":"MemberNumberRefused","siret":"00000000000018","at":"2026-01-01T00:00:00Z"}')
), command AS MATERIALIZED (
  SELECT count(*) AS all, array_agg(gen_random_uuid()) AS ids FROM generate_series(1, $1::bigint)
), logged AS MATERIALIZED (
  SELECT array_agg(place::int ORDER BY place, n) AS commands, array_agg(n ORDER BY place, n) AS sequences,
         array_agg(gen_random_uuid()) AS ids, array_agg(name ORDER BY place, n) AS names,
         array_agg('1'::text) AS versions, array_agg(payload ORDER BY place, n) AS payloads,
         array_agg('{"actor":"person","request":"0198f000-0000-7000-8000-000000000001"}'::text) AS metadata
    FROM generate_series(1, $1::bigint) AS place, event
)
SELECT cardinality(outcomes) FROM command, logged, public.append_commands(
  command.ids, array_fill(0::bigint, ARRAY[$1::int]), array_fill(NULL::uuid, ARRAY[$1::int]),
  array_fill(NULL::bytea, ARRAY[$1::int]), array_fill(NULL::smallint, ARRAY[$1::int]), array_fill(NULL::text, ARRAY[$1::int]),
  array_fill('none'::text, ARRAY[$1::int]), array_fill(NULL::uuid, ARRAY[$1::int]), array_fill(NULL::text, ARRAY[$1::int]),
  array_fill(NULL::bytea, ARRAY[$1::int]), array_fill(NULL::bytea, ARRAY[$1::int]), array_fill(NULL::text, ARRAY[$1::int]),
  array_fill(NULL::bytea, ARRAY[$1::int]), array_fill(NULL::text, ARRAY[$1::int]),
  logged.commands, logged.sequences, logged.ids, logged.names, logged.versions, logged.payloads, logged.metadata)"#;

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

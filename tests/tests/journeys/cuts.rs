//! Requests that are cut: what was acknowledged to others stays, whoever hangs up, wherever that meets the service.

mod at_every_await;
mod errands;
mod hang_ups;

use sqlx::PgPool;

/// Must be in the log: what these answers told, each a registration and its version.
async fn assert_kept(pool: &PgPool, acknowledged: &[(String, u64)]) {
    assert!(!acknowledged.is_empty());
    let (ids, versions): (Vec<&str>, Vec<i64>) = acknowledged
        .iter()
        .map(|(id, version)| (id.as_str(), version.cast_signed()))
        .unzip();
    let lost: Vec<String> = sqlx::query_scalar(
        "SELECT told.id FROM unnest($1::text[], $2::bigint[]) AS told (id, version)
          WHERE NOT EXISTS (SELECT FROM events e WHERE e.aggregate_id = told.id AND e.sequence = told.version)",
    )
    .bind(ids)
    .bind(versions)
    .fetch_all(pool)
    .await
    .unwrap();
    assert!(
        lost.is_empty(),
        "{} of {} acknowledged are lost: {lost:?}",
        lost.len(),
        acknowledged.len()
    );
}

//! Whether each registration's events follow each other in the log: 1, 2, 3.

use store::Store;

use super::walk::bigint;
use crate::error::AuditError;

/// The events that come before their predecessor, or have none, or stand beside another of their number.
///
/// One statement over the whole log rather than one look-up an event: PostgreSQL sorts in the memory that it is given
/// here and on its disk beyond that, where ten million look-ups would each wait for the disk.
const OUT_OF_TURN: &str = r#"
    SELECT count(*), min(position)
      FROM (SELECT l.position, e.sequence, lag(l.position) OVER turns AS position_before,
                   lag(e.sequence) OVER turns AS sequence_before
              FROM public.log l JOIN public.events e ON e.insert_order = l.insert_order
             WHERE l.position <= $1
            WINDOW turns AS (PARTITION BY e.aggregate_type COLLATE "C", e.aggregate_id COLLATE "C" ORDER BY e.sequence)
           ) events
     WHERE sequence_before IS DISTINCT FROM nullif(sequence - 1, 0) OR position_before > position"#;

/// How many of the first `size` positions hold an event out of its turn, and the first of these.
pub(super) async fn out_of_turn(store: &Store, size: u64) -> Result<(u64, Option<u64>), AuditError> {
    let mut transaction = store.pool().begin().await?;
    // As long as it takes; whoever verifies can end it.
    sqlx::raw_sql("SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '64MB'")
        .execute(&mut *transaction)
        .await?;
    let (many, first): (i64, Option<i64>) = sqlx::query_as(OUT_OF_TURN)
        .bind(bigint(size))
        .fetch_one(&mut *transaction)
        .await?;
    Ok((many.unsigned_abs(), first.map(i64::unsigned_abs)))
}

//! Each event beside the one before it in its registration, which must stand before it in the log.

use sqlx::FromRow;
use store::Store;

use super::report::VerifyReport;
use super::walk::bigint;
use crate::error::AuditError;

/// One statement over everything, rather than look-ups by event or by page: PostgreSQL sorts in the memory that it is given
/// here and on its disk beyond that, where ten million look-ups would each wait for the disk.
const LOOK: &str = r#"
    WITH events AS (
      SELECT e.sequence, e.position, lag(e.sequence) OVER turns AS sequence_before, lag(e.position) OVER turns AS position_before
        FROM public.events e
      WINDOW turns AS (PARTITION BY e.aggregate_type COLLATE "C", e.aggregate_id COLLATE "C" ORDER BY e.sequence, e.position)
    )
    SELECT count(*) AS out_of_turn, min(position) AS first_out_of_turn
      FROM events
     WHERE position <= $1
       AND (sequence_before IS DISTINCT FROM nullif(sequence - 1, 0) OR sequence > 1 AND position_before > position)"#;

/// What the look found.
#[derive(FromRow)]
pub(super) struct Looked {
    out_of_turn: i64,
    first_out_of_turn: Option<i64>,
}

/// Looks at every event among the first `size` positions.
pub(super) async fn look(store: &Store, size: u64) -> Result<Looked, AuditError> {
    let mut transaction = database::begin(store.pool()).await?;
    // As long as it takes (whoever verifies can end it), and with the workers that pages are read without.
    sqlx::raw_sql(
        "SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '64MB'; SET LOCAL max_parallel_workers_per_gather = 2",
    )
    .execute(&mut *transaction)
    .await?;
    let looked = sqlx::query_as(LOOK)
        .bind(bigint(size))
        .fetch_one(&mut *transaction)
        .await?;
    Ok(looked)
}

impl Looked {
    /// Notes what is not as it must be.
    pub(super) fn tell(&self, report: &mut VerifyReport) {
        if let Some(position) = self.first_out_of_turn {
            report.note_many(
                self.out_of_turn.unsigned_abs(),
                position.unsigned_abs(),
                "the event before this one in its registration does not stand before it in the log",
            );
        }
    }
}

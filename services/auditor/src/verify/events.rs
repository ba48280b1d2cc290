//! Each event by itself: it is in the log or waits in the outbox for its place, never both, and where it is in the log,
//! the event before it in its registration stands before it there.

use sqlx::FromRow;
use store::Store;

use super::report::VerifyReport;
use super::walk::bigint;
use crate::error::AuditError;

/// One statement over everything, rather than look-ups by event or by page: PostgreSQL sorts in the memory that it is given
/// here and on its disk beyond that, where ten million look-ups would each wait for the disk. It is also one snapshot, and
/// the sequencer moves an event in one transaction, so that no event can be between the two tables.
const LOOK: &str = r#"
    WITH events AS (
      SELECT e.insert_order, e.sequence, l.position, o.insert_order IS NOT NULL AS waits,
             lag(e.sequence) OVER turns AS sequence_before, lag(l.position) OVER turns AS position_before
        FROM public.events e
        LEFT JOIN public.log l ON l.insert_order = e.insert_order
        LEFT JOIN public.outbox o ON o.insert_order = e.insert_order
      WINDOW turns AS (PARTITION BY e.aggregate_type COLLATE "C", e.aggregate_id COLLATE "C" ORDER BY e.sequence)
    ), judged AS (
      SELECT insert_order, position, waits, position IS NULL AND NOT waits AS lost,
             position <= $1 AND (sequence_before IS DISTINCT FROM nullif(sequence - 1, 0)
                                 OR sequence > 1 AND coalesce(position_before > position, true)) AS out_of_turn
        FROM events
    )
    SELECT count(*) FILTER (WHERE out_of_turn) AS out_of_turn, min(position) FILTER (WHERE out_of_turn) AS first_out_of_turn,
           count(*) FILTER (WHERE lost) AS lost, min(insert_order) FILTER (WHERE lost) AS first_lost,
           count(*) FILTER (WHERE waits) AS waiting, min(position) FILTER (WHERE waits) AS first_twice,
           (SELECT count(*) FROM public.outbox o
             WHERE NOT EXISTS (SELECT FROM public.events e WHERE e.insert_order = o.insert_order)) AS strays
      FROM judged"#;

/// What the look found. Holes in the order of insertion are rolled-back inserts, which is why it is no position.
#[derive(FromRow)]
pub(super) struct Looked {
    out_of_turn: i64,
    first_out_of_turn: Option<i64>,
    lost: i64,
    first_lost: Option<i64>,
    waiting: i64,
    first_twice: Option<i64>,
    strays: i64,
}

/// Looks at every event; at its turn only where it stands among the first `size` positions.
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
        report.waiting = self.waiting.unsigned_abs();
        if let Some(position) = self.first_out_of_turn {
            report.note_many(
                self.out_of_turn.unsigned_abs(),
                position.unsigned_abs(),
                "the event before this one in its registration does not stand before it in the log",
            );
        }
        if let Some(insert_order) = self.first_lost {
            let lost = self.lost;
            report.note(
                None,
                format!("{lost} event(s) are neither in the log nor waiting, the first with insert_order {insert_order}"),
            );
        }
        if let Some(position) = self.first_twice {
            report.note(
                Some(position.unsigned_abs()),
                "the event is in the log and waits for a place as well",
            );
        }
        if self.strays > 0 {
            let strays = self.strays;
            report.note(
                None,
                format!("{strays} row(s) of the outbox wait for an event that does not exist"),
            );
        }
    }
}

//! The walk along the events: each is in the log, or waits in the outbox for its place, and never both.

use store::Store;

use super::report::VerifyReport;
use crate::error::AuditError;

/// How many events one statement looks at: it stays well within the statement timeout.
const PAGE: i64 = 20_000;

/// One statement is one snapshot, and the sequencer moves an event in one transaction: so no event can be between the
/// two tables here. Numbers of rolled-back inserts are holes in the order of insertion, which is why it is no position.
const LOOK: &str = "
    SELECT max(page.insert_order), min(page.insert_order) FILTER (WHERE NOT page.placed AND NOT page.waits),
           count(*) FILTER (WHERE NOT page.placed AND NOT page.waits), count(*) FILTER (WHERE page.waits),
           min(page.position) FILTER (WHERE page.placed AND page.waits)
      FROM (SELECT e.insert_order, l.position, l.position IS NOT NULL AS placed, o.insert_order IS NOT NULL AS waits
              FROM public.events e
              LEFT JOIN public.log l ON l.insert_order = e.insert_order
              LEFT JOIN public.outbox o ON o.insert_order = e.insert_order
             WHERE e.insert_order > $1 ORDER BY e.insert_order LIMIT $2) page";

type Looked = (Option<i64>, Option<i64>, i64, i64, Option<i64>);

/// Looks at every event.
pub(super) async fn look(store: &Store, report: &mut VerifyReport) -> Result<(), AuditError> {
    let mut after = i64::MIN;
    loop {
        let (last, lost, losses, waiting, twice): Looked = sqlx::query_as(LOOK)
            .bind(after)
            .bind(PAGE)
            .fetch_one(store.pool())
            .await?;
        let Some(last) = last else { break };
        report.waiting += waiting.unsigned_abs();
        if let Some(insert_order) = lost {
            report.note(
                None,
                format!("{losses} event(s) are neither in the log nor waiting, the first with insert_order {insert_order}"),
            );
        }
        if let Some(position) = twice {
            report.note(
                Some(position.unsigned_abs()),
                "the event is in the log and waits for a place as well",
            );
        }
        after = last;
    }
    let strays: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM public.outbox o
          WHERE NOT EXISTS (SELECT FROM public.events e WHERE e.insert_order = o.insert_order)",
    )
    .fetch_one(store.pool())
    .await?;
    if strays > 0 {
        report.note(
            None,
            format!("{strays} row(s) of the outbox wait for an event that does not exist"),
        );
    }
    Ok(())
}

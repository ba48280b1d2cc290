//! Whether the log is whole, and every event stands as it was written.
//!
//! One walk over what the log held when it began, in pages, so memory does not grow with the log: positions follow
//! each other, each names an event, the event's columns have the hash that the log holds, and the tree over the hashes
//! comes to the root of every checkpoint and of the log's head. Beside it one statement from the other side: each event is
//! in the log or waits for its place, and each registration's events follow each other in the log.
//!
//! What the database cannot show by itself is that it was rewritten as a whole, hashes and tree included: checkpoints
//! are signed with a key that is not in it, and those kept elsewhere ([`Trust::kept`]) tell of a shorter or other past.

mod events;
pub mod folder;
pub(crate) mod report;
pub(crate) mod signed;
mod walk;

pub use report::{Difference, VerifyReport};
pub use signed::Trust;

use sqlx::{FromRow, Row};
use store::{LogHead, Store};

use crate::error::AuditError;
use walk::Walk;

/// The head, the last event and the largest checkpoint, seen at one moment.
const HEAD: &str = "
    SELECT h.size, h.frontier, coalesce((SELECT max(e.position) FROM public.events e), 0) AS last,
           coalesce((SELECT max(c.size) FROM public.checkpoints c WHERE c.origin = $1), 0) AS signed
      FROM public.log_head h";

/// Verifies against what is trusted. `progress` is told the position reached and the last one.
///
/// # Errors
/// When the database cannot be read. What is found amiss is in the report.
pub async fn verify(
    store: &Store,
    trust: &Trust,
    progress: impl Fn(u64, u64),
) -> Result<VerifyReport, AuditError> {
    let row = sqlx::query(HEAD)
        .bind(trust.key.name())
        .fetch_one(store.pool())
        .await?;
    let head = LogHead::from_row(&row)?;
    let last = row.try_get::<i64, _>("last")?.unsigned_abs();
    let signed = row.try_get::<i64, _>("signed")?.unsigned_abs();
    let size = head.position();

    let mut walk = Walk::new(store, size, trust);
    // Beside each other: the one mostly waits for PostgreSQL, which sorts on another core for the other.
    let ((), looked) = tokio::try_join!(walk.go(&progress), events::look(store, size))?;
    let mut report = walk.report;
    // What the bus or a file knows may have been signed since the head was read.
    let now = store.log_head().await?.position();
    walk.signed.beyond(now.max(size), &mut report);
    match walk.tree {
        Some(tree) => {
            report.root = hex(&tree.root());
            if tree != head.tree {
                report.note(
                    Some(size),
                    "the log's head has another tree than the log's hashes",
                );
            }
        }
        None => report.root = hex(&head.tree.root()),
    }
    if last > size {
        report.note(Some(size + 1), "the log goes on behind its head");
    }
    if signed > size {
        report.note(
            Some(size + 1),
            format!("the log is shorter than a checkpoint of {signed} events says"),
        );
    }
    if trust.told && size > 0 {
        report.must_be_signed();
    }
    looked.tell(&mut report);
    Ok(report)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

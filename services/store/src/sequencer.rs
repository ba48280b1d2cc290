//! Giving committed events their place in the log.
//!
//! Events are taken by set difference: whatever stands in the outbox is not in the log yet. There is no cursor, so a
//! transaction that commits late is simply in a later batch; a cursor over the order of insertion loses such events.
//! Within a registration the order is kept because event n + 1 is inserted only once n is committed, which gives it the
//! higher insert order and lets no batch see it without n.
//!
//! The lock on the one row of `log_head` is the fence: rivals take turns, and a batch that dies takes nothing with it.

use sqlx::Row;

use crate::Store;
use crate::error::StoreError;
use crate::log::{LogEntry, LogHead};

/// The largest batch: what one atomic publication to the feed can carry.
pub const SEQUENCE_BATCH_MAX: u32 = 1_000;

const TAKE: &str = "
    WITH taken AS (
      DELETE FROM public.outbox
       WHERE insert_order IN (SELECT o.insert_order FROM public.outbox o ORDER BY o.insert_order LIMIT $1)
      RETURNING insert_order)
    SELECT e.insert_order, e.event_id, e.aggregate_type, e.aggregate_id, e.sequence, e.event_type, e.event_version,
           e.recorded_at, e.payload::text AS payload, e.metadata::text AS metadata
      FROM taken JOIN public.events e ON e.insert_order = taken.insert_order ORDER BY e.insert_order";

impl Store {
    /// Moves up to `limit` events (at most [`SEQUENCE_BATCH_MAX`]) from the outbox into the log and answers with them
    /// in their places. Empty when nothing waits; then no lock is taken and nothing is written.
    ///
    /// Any number of processes may call this at once, and a call may be dropped at any point.
    ///
    /// # Errors
    /// [`StoreError::Database`], or [`StoreError::Corrupt`] when a row is not of the store's making; nothing has moved.
    pub async fn sequence_batch(&self, limit: u32) -> Result<Vec<LogEntry>, StoreError> {
        let waiting: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM public.outbox)")
            .fetch_one(self.pool())
            .await?;
        if !waiting {
            return Ok(Vec::new());
        }
        let mut transaction = database::begin(self.pool()).await?;
        let head: LogHead = sqlx::query_as("SELECT size, frontier FROM public.log_head FOR UPDATE")
            .fetch_one(&mut *transaction)
            .await?;
        let mut tree = head.tree;
        let rows = sqlx::query(TAKE)
            .bind(i64::from(limit.min(SEQUENCE_BATCH_MAX)))
            .fetch_all(&mut *transaction)
            .await?;
        if rows.is_empty() {
            // A rival was quicker.
            return Ok(Vec::new());
        }
        let mut entries = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut entry = LogEntry::of(row, tree.size() + 1, [0; 32])?;
            entry.leaf_hash = entry.recomputed_leaf_hash();
            tree.push(entry.leaf_hash);
            entries.push(entry);
        }
        let size = i64::try_from(tree.size()).map_err(|_| StoreError::Corrupt("log_head.size"))?;
        sqlx::query(
            "INSERT INTO public.log (position, insert_order, leaf_hash)
             SELECT $1 + taken.place, taken.insert_order, taken.leaf_hash
               FROM unnest($2::bigint[], $3::bytea[]) WITH ORDINALITY AS taken(insert_order, leaf_hash, place)",
        )
        .bind(size - i64::try_from(entries.len()).map_err(|_| StoreError::Corrupt("log_head.size"))?)
        .bind(entries.iter().map(|entry| entry.insert_order).collect::<Vec<_>>())
        .bind(entries.iter().map(|entry| &entry.leaf_hash[..]).collect::<Vec<_>>())
        .execute(&mut *transaction)
        .await?;
        sqlx::query("UPDATE public.log_head SET size = $1, frontier = $2")
            .bind(size)
            .bind(
                tree.subtrees()
                    .iter()
                    .map(|subtree| &subtree[..])
                    .collect::<Vec<_>>(),
            )
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        metrics::counter!("onboarding_events_sequenced_total").increment(entries.len() as u64);
        Ok(entries)
    }

    /// How many events wait for a place.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn outbox_size(&self) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT count(*) FROM public.outbox")
            .fetch_one(self.pool())
            .await?;
        u64::try_from(row.try_get::<i64, _>(0)?).map_err(|_| StoreError::Corrupt("count of outbox"))
    }
}

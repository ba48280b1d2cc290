//! A copy of the read models in `read_next`, folded from the log alone.

use projections::{MODELS, Schema};
use sqlx::PgConnection;
use store::Store;

use crate::failure::ProjectorError;
use crate::log_reader::{self, PAGE};
use crate::rebuild::Progress;

/// Distinguishes this lock from others in the database.
const LOCK: i64 = 0x0072_6561_645f_6e78;

/// Holds the room `read_next` for one caller; the lock goes with the connection.
pub(crate) struct FreshCopy<'a> {
    store: &'a Store,
    room: sqlx::pool::PoolConnection<sqlx::Postgres>,
    position: u64,
}

impl<'a> FreshCopy<'a> {
    /// Takes the room and empties it.
    pub async fn begin(store: &'a Store) -> Result<Self, ProjectorError> {
        let mut room = store.pool().acquire().await?;
        // The lock must not outlive an error inside a connection that the pool keeps.
        room.close_on_drop();
        let taken: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
            .bind(LOCK)
            .fetch_one(&mut *room)
            .await?;
        if !taken {
            return Err(ProjectorError::Busy);
        }
        let copy = Self {
            store,
            room,
            position: 0,
        };
        copy.emptied().await
    }

    async fn emptied(mut self) -> Result<Self, ProjectorError> {
        for table in MODELS.iter().flat_map(|model| model.tables) {
            let truncate = format!("TRUNCATE {}.{}", Schema::Next.name(), table.name);
            sqlx::query(&truncate).execute(&mut *self.room).await?;
        }
        Ok(self)
    }

    /// Folds the log up to `position` into the copy, in transactions of their own.
    pub async fn fold_to(&mut self, position: u64, progress: Progress<'_>) -> Result<(), ProjectorError> {
        while self.position < position {
            #[expect(
                clippy::disallowed_methods,
                reason = "the room is closed when dropped: no pool gets it back"
            )]
            let mut transaction = sqlx::Connection::begin(&mut *self.room).await?;
            let reached = fold_batch(self.store, &mut transaction, self.position, position).await?;
            transaction.commit().await?;
            self.position = reached;
            progress(reached, position);
        }
        Ok(())
    }

    /// Folds the log up to `position` into the copy inside the caller's transaction.
    pub async fn fold_within(
        &mut self,
        transaction: &mut PgConnection,
        position: u64,
        progress: Progress<'_>,
    ) -> Result<(), ProjectorError> {
        while self.position < position {
            self.position = fold_batch(self.store, transaction, self.position, position).await?;
            progress(self.position, position);
        }
        Ok(())
    }

    /// Empties the room; it is free when the connection closes.
    pub async fn end(self) -> Result<(), ProjectorError> {
        self.emptied().await.map(|_| ())
    }
}

async fn fold_batch(
    store: &Store,
    transaction: &mut PgConnection,
    after: u64,
    until: u64,
) -> Result<u64, ProjectorError> {
    let limit = u32::try_from(until - after).unwrap_or(PAGE).min(PAGE);
    let events = log_reader::read(store, after + 1, limit).await?;
    let Some(last) = events.last().map(|event| event.position) else {
        return Err(ProjectorError::AheadOfLog {
            position: until,
            log: after,
        });
    };
    projections::enter(transaction, Schema::Next).await?;
    projections::apply(transaction, &events).await?;
    Ok(last)
}

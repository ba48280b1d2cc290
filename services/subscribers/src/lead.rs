//! Who works, where several could: one process holds a lock of the database for as long as its connection lives.
//!
//! This only spares work. What makes two deliverers safe is the lock on each subscriber's cursor, and that a ticket is
//! given out once; so a leader that does not know yet that it lost its connection does no harm.

use sqlx::{Connection, PgConnection, PgPool};

use crate::SubscriberError;

/// Held while leading. Dropping it lets another lead.
#[derive(Debug)]
pub struct Lead {
    connection: PgConnection,
}

impl Lead {
    /// Takes the lead of this kind of work, or finds another leading.
    ///
    /// # Errors
    /// [`SubscriberError::Database`].
    pub async fn take(pool: &PgPool, work: &str) -> Result<Option<Self>, SubscriberError> {
        let mut connection = pool.acquire().await?.detach();
        let taken: bool =
            sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtextextended('feed ' || $1, 0))")
                .bind(work)
                .fetch_one(&mut connection)
                .await?;
        if taken {
            return Ok(Some(Self { connection }));
        }
        connection.close().await?;
        Ok(None)
    }

    /// Whether it is still held: the lock went with the connection if that broke.
    ///
    /// # Errors
    /// [`SubscriberError::Database`] when it is not.
    pub async fn confirm(&mut self) -> Result<(), SubscriberError> {
        Ok(self.connection.ping().await?)
    }

    /// Lets another lead.
    pub async fn leave(self) {
        // An error means that the connection is gone, and the lock with it.
        let _ = self.connection.close().await;
    }
}

//! The checks that every role has, each by doing the thing itself.

use std::sync::Arc;

use sqlx::{PgConnection, PgPool};
use tokio::sync::Mutex;

use super::Readiness;
use crate::{nats, outage, postgres};

impl Readiness {
    /// Adds "PostgreSQL commits what this role writes, and has room for more".
    #[must_use]
    pub fn postgres(self, pool: PgPool) -> Self {
        // A session of its own: one that hangs takes none from those who work, and its temporary table is made once.
        let session: Arc<Mutex<Option<PgConnection>>> = Arc::default();
        self.check("postgresql", move || {
            let (pool, session) = (pool.clone(), Arc::clone(&session));
            async move {
                let mut session = session.lock().await;
                let mut connection = match session.take() {
                    Some(connection) => connection,
                    None => postgres::session_that_writes(&pool).await?,
                };
                postgres::write(&mut connection).await?;
                // Only one that is in order is used again: after a fault the pool may lead to another server.
                *session = Some(connection);
                Ok::<_, sqlx::Error>(())
            }
        })
    }

    /// Adds "JetStream answers a call", for who only reads or wakes others.
    #[must_use]
    pub fn jetstream(self, client: async_nats::Client) -> Self {
        self.check("jetstream", move || {
            let client = client.clone();
            async move { nats::answers(&client).await }
        })
    }

    /// Adds "JetStream stores what this role publishes". Roles do not share a subject, so that none waits for another.
    #[must_use]
    pub fn jetstream_stores(self, client: async_nats::Client, role: &'static str) -> Self {
        self.check("jetstream", move || {
            let client = client.clone();
            async move { nats::stores(&client, role).await }
        })
    }

    /// Adds "the loops of this process are at work".
    #[must_use]
    pub fn loops(self) -> Self {
        self.check("loops", || async { outage::all_at_work() })
    }
}

//! Commits that hang for real: PostgreSQL waits for a synchronous standby that does not exist.

use std::time::Duration;

use sqlx::{Connection, Executor, PgConnection};
use tokio::sync::{Mutex, MutexGuard};

use crate::cluster::Database;

/// One at a time: all databases of the server hang together.
static ONE: Mutex<()> = Mutex::const_new(());

/// A stall under way.
pub struct Stall {
    administrator: Mutex<PgConnection>,
    _one: MutexGuard<'static, ()>,
}

impl Stall {
    /// Returns once commits hang.
    pub async fn begin(database: &Database) -> Self {
        let one = ONE.lock().await;
        let connect = async || PgConnection::connect_with(&database.options).await.unwrap();
        let mut administrator = connect().await;
        set(&mut administrator, "'nobody'").await;
        let stall = Self {
            administrator: Mutex::new(administrator),
            _one: one,
        };
        // The server takes the setting up in its own time: commit until one hangs.
        let mut probing = connect().await;
        let probe = tokio::spawn(async move {
            loop {
                let _ = probing.execute("CREATE TABLE probe (); DROP TABLE probe").await;
            }
        });
        stall.until_hanging(1).await;
        // Dropping its connection does not end the wait, and it is not counted again.
        probe.abort();
        let _ = probe.await;
        stall.forget_those_hanging().await;
        stall
    }

    /// Ends this database's sessions that hang.
    async fn forget_those_hanging(&self) {
        let mut administrator = self.administrator.lock().await;
        administrator
            .execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'SyncRep'")
            .await
            .unwrap();
    }

    /// Waits until so many commits of this database hang.
    pub async fn until_hanging(&self, commits: usize) {
        self.until(&format!(
            "SELECT count(*) >= {commits} FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'SyncRep'"
        ))
        .await;
    }

    /// Waits until each of the commits has hung for longer than this, by the server's clock.
    pub async fn until_older_than(&self, time: Duration) {
        self.until(&format!(
            "SELECT bool_and(clock_timestamp() - query_start > {} * interval '1 second')
               FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'SyncRep'",
            time.as_secs_f64()
        ))
        .await;
    }

    async fn until(&self, question: &str) {
        let mut administrator = self.administrator.lock().await;
        loop {
            let answer: bool = sqlx::query_scalar(question)
                .fetch_one(&mut *administrator)
                .await
                .unwrap();
            if answer {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Lets every commit go.
    pub async fn end(self) {
        set(&mut *self.administrator.lock().await, "DEFAULT").await;
    }
}

async fn set(administrator: &mut PgConnection, standbys: &str) {
    administrator
        .execute(format!("ALTER SYSTEM SET synchronous_standby_names = {standbys}").as_str())
        .await
        .unwrap();
    administrator.execute("SELECT pg_reload_conf()").await.unwrap();
}

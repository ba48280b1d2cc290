//! The event store: PostgreSQL is the truth, and this crate is the only one that writes events.
//!
//! A command costs two round trips: [`Store::load`] brings a registration's events, the earlier answer to the same
//! command and the person's key; [`Store::append`] commits events, answer, key, account and credential together or
//! not at all. [`Repository`] offers the same two to cqrs-es.
//!
//! What is committed gets its place afterwards: [`Store::sequence_batch`] moves events from the outbox into the log,
//! which everything downstream reads with [`Store::read_log`]. The append itself takes no lock that two registrations
//! share, notifies nobody and counts nothing, because each of these costs most of the throughput.
//!
//! Deliberately missing: snapshots (a registration has some ten events), reading by a cursor over the order of
//! insertion (a late commit would be skipped), and any update of an event.

mod access;
pub mod access_leaf;
mod account;
mod address_use;
mod append;
mod bus_rebuild;
mod clock;
mod cosignature;
mod credential;
mod epoch;
mod error;
mod event;
mod event_row;
mod grant;
mod held;
mod last_seen;
pub mod leaf;
mod legal_hold;
mod load;
mod log;
mod master_key;
mod migration;
mod person_key;
mod person_read;
mod replay;
mod repository;
mod retention;
mod sequencer;
mod session;
mod signing;
mod unavailable;
mod unit_of_work;

pub use access::{Access, AccessEntry};
pub use append::Appended;
pub use credential::Credential;
pub use error::{AppendError, MigrationError, StoreError};
pub use event::{NewEvent, StoredEvent};
pub use event_row::EventRow;
pub use grant::{Grant, NewGrant};
pub use held::{Held, HeldAnswer, HeldMail, HeldSession, HeldUse};
pub use legal_hold::{HoldSet, LegalHold};
pub use load::{CommandRecord, Loaded, PersonKeyRow};
pub use log::{Checkpoint, LogEntry, LogHead};
pub use migration::newest_migration;
pub use person_read::ErasureAcknowledgement;
pub use repository::{AppendOutcome, Repository};
pub use retention::Pruned;
pub use sequencer::SEQUENCE_BATCH_MAX;
pub use session::Session;
pub use signing::{Leaf, SignedLog, SigningTurn};
pub use unavailable::Unavailable;
pub use unit_of_work::{AddressUse, KeyUse, NewCommand, UnitOfWork};

pub use tlog::Frontier;

use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use tokio::sync::Notify;

/// The event store over a pool of connections that act as the role `onboarding_service`. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pool: PgPool,
    appended: Arc<Notify>,
}

impl Store {
    /// A store over this pool. The pool should not test connections before handing them out: each test is a round trip.
    pub fn new(pool: PgPool) -> Self {
        Self {
            pool,
            appended: Arc::default(),
        }
    }

    /// The pool, for crates that keep tables of their own in the same database.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Resolves when this store, or a clone of it, has appended events since the last call: the relay's quickest way to
    /// wake. For one waiter; another program's appends are not heard, so a short poll stays the safety net.
    pub async fn appended(&self) {
        self.appended.notified().await;
    }

    /// Answers when the database does and the store's tables are there, for readiness.
    ///
    /// # Errors
    /// [`StoreError::Database`] when there is no connection, no answer or no such table.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT FROM public.log_head")
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// How long the oldest event without a place in the log has been waiting, by the database's clock; none when no
    /// event waits.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn outbox_age(&self) -> Result<Option<Duration>, StoreError> {
        let age_us: Option<i64> = sqlx::query_scalar(
            "SELECT (extract(epoch FROM clock_timestamp() - e.recorded_at) * 1000000)::bigint
               FROM public.events e
              WHERE e.insert_order = (SELECT o.insert_order FROM public.outbox o ORDER BY o.insert_order LIMIT 1)",
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(age_us.map(|us| Duration::from_micros(u64::try_from(us).unwrap_or(0))))
    }
}

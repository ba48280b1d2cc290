//! The event store: PostgreSQL is the truth, and this crate is the only one that writes events.
//!
//! A command costs two round trips: [`Store::load`] brings a registration's events, the earlier answer to the same
//! command and the person's key; [`Store::append`] commits events, answer, key, account and credential together or
//! not at all, and gives the events their places in the log, which everything downstream reads with [`Store::read_log`].
//!
//! Commands that stand ready share a statement to load and a commit. Places need a lock that all appends share: a lock for
//! each command would cost most of the throughput, one for each commit costs nothing that a commit does not cost anyway.
//!
//! Deliberately missing: snapshots (a registration has some ten events), and any update of an event.

mod access;
pub mod access_leaf;
mod account;
mod address_use;
mod addresses;
mod answer;
mod append;
mod batch;
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
mod line;
mod load;
mod log;
mod mails;
mod master_key;
mod migration;
mod person_key;
mod person_read;
mod replicated;
mod retention;
mod session;
mod signing;
mod together;
mod unavailable;
mod unit_of_work;
mod writer;

pub use access::{Access, AccessEntry, ActingAs};
pub use addresses::{AddressFacts, AddressQuestion, SealedContact};
pub use append::Appended;
pub use credential::Credential;
pub use epoch::EpochsElsewhere;
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
pub use retention::Pruned;
pub use session::{Session, SignIn};
pub use signing::{Leaf, SignedLog, SigningTurn};
pub use unavailable::Unavailable;
pub use unit_of_work::{AddressUse, KeyUse, MailEnd, NewCommand, UnitOfWork};

pub use tlog::Frontier;

use sqlx::PgPool;

use load::LoadQuestion;
use together::Together;
use writer::Writer;

/// The event store over a pool of connections that act as the role `onboarding_service`. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pool: PgPool,
    writer: Writer,
    addresses: Together<AddressQuestion, AddressFacts>,
    loads: Together<LoadQuestion, Loaded>,
}

impl Store {
    /// A store over this pool. The pool should not test connections before handing them out: each test is a round trip.
    pub fn new(pool: PgPool) -> Self {
        Self {
            writer: Writer::new(pool.clone()),
            addresses: Together::new(pool.clone(), addresses::find),
            loads: Together::new(pool.clone(), load::find),
            pool,
        }
    }

    /// The pool, for crates that keep tables of their own in the same database.
    pub fn pool(&self) -> &PgPool {
        &self.pool
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
}

//! Appending: what a command decided, committed with everything that must be true together, or not at all.

use std::time::Instant;

use chrono::{DateTime, Utc};
use domain::values::RegistrationId;
use tokio::sync::oneshot;

use crate::Store;
use crate::error::{AppendError, StoreError};
use crate::event::NewEvent;
use crate::unit_of_work::UnitOfWork;
use crate::writer::Waiting;

/// What an append did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The registration's last sequence: its version.
    pub last_sequence: u64,
    /// The time that the appended events carry; without events, the time of the append.
    pub recorded_at: DateTime<Utc>,
}

impl Store {
    /// Whether nobody keeps the tables that appends write from being written, for longer than a second.
    ///
    /// # Errors
    /// [`StoreError::Database`], which names the table.
    pub async fn appends_pass(&self) -> Result<(), StoreError> {
        let mut transaction = database::begin(&self.pool).await?;
        sqlx::query("SET LOCAL lock_timeout = '1s'")
            .execute(&mut *transaction)
            .await?;
        sqlx::query("LOCK TABLE public.events, public.log_head IN ROW EXCLUSIVE MODE")
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.rollback().await?)
    }

    /// Appends `events` after the registration's event `expected` (0: there is none), with all of `unit`, or nothing
    /// at all. Without events it commits the unit alone, such as the record of an answer that changed nothing.
    ///
    /// The events have their places in the log when this returns. The append runs to its end in a task of the store's,
    /// whatever becomes of the caller; it may share its transaction with others that stand ready.
    ///
    /// Recorded in the histogram `onboarding_append_seconds`, labelled with the outcome.
    ///
    /// # Errors
    /// See [`AppendError`]; in each case nothing was written, save that a lost connection leaves the outcome unknown.
    pub async fn append(
        &self,
        registration: RegistrationId,
        expected: u64,
        events: Vec<NewEvent>,
        unit: UnitOfWork,
    ) -> Result<Appended, AppendError> {
        let started = Instant::now();
        let count = events.len() as u64;
        let (answer, answered) = oneshot::channel();
        self.writer.put(Waiting {
            registration,
            expected,
            events,
            unit,
            answer,
        });
        // Without an answer the runtime is shutting down.
        let result = answered
            .await
            .unwrap_or_else(|_| Err(AppendError::from(sqlx::Error::WorkerCrashed)));
        if result.is_ok() {
            metrics::counter!("onboarding_events_appended_total").increment(count);
        }
        let outcome = result.as_ref().map_or_else(AppendError::outcome, |_| "stored");
        metrics::histogram!("onboarding_append_seconds", "outcome" => outcome)
            .record(started.elapsed().as_secs_f64());
        result
    }
}

//! The store as cqrs-es sees it: a repository made for one command.
//!
//! It answers the first reading from what [`Store::load`] has brought already, and commits the events together with
//! the rest of the command. Use it with `PersistedEventStore::new_event_store`: the other two stores of cqrs-es 0.5
//! apply each event twice.

use std::sync::{Arc, OnceLock};

use cqrs_es::Aggregate;
use cqrs_es::persist::{
    PersistedEventRepository, PersistenceError, ReplayStream, SerializedEvent, SerializedSnapshot,
};
use domain::values::RegistrationId;
use serde_json::Value;

use crate::Store;
use crate::append::Appended;
use crate::error::AppendError;
use crate::event::{AGGREGATE_TYPE, NewEvent};
use crate::load::Loaded;
use crate::replay::{database, serialized_event, stream};
use crate::unit_of_work::UnitOfWork;

const EVENTS_AFTER: &str = "
    SELECT aggregate_type, aggregate_id, sequence, event_type, event_version, payload::text AS payload,
           metadata::text AS metadata
      FROM public.events WHERE aggregate_type = $1 AND aggregate_id = $2 AND sequence > $3 ORDER BY sequence";

/// A `PersistedEventRepository` for one command.
#[derive(Debug)]
pub struct Repository {
    store: Store,
    loaded: Option<Loaded>,
    unit: UnitOfWork,
    outcome: AppendOutcome,
}

/// What the repository's append did, for whoever made the repository: cqrs-es itself returns neither version nor time.
#[derive(Clone, Debug, Default)]
pub struct AppendOutcome(Arc<OnceLock<Appended>>);

impl AppendOutcome {
    /// The append, once it has succeeded.
    pub fn get(&self) -> Option<Appended> {
        self.0.get().copied()
    }
}

impl Repository {
    /// A repository for one command on what was loaded, and the place to find what it appended.
    pub fn new(store: Store, loaded: Loaded, unit: UnitOfWork) -> (Self, AppendOutcome) {
        let outcome = AppendOutcome::default();
        (
            Self {
                store,
                loaded: Some(loaded),
                unit,
                outcome: outcome.clone(),
            },
            outcome,
        )
    }

    /// A repository that reads from the database alone, for replays and audits.
    pub fn for_reading(store: Store) -> Self {
        Self {
            store,
            loaded: None,
            unit: UnitOfWork::default(),
            outcome: AppendOutcome::default(),
        }
    }

    /// What was loaded, while it still is what the database holds as far as this command knows.
    fn loaded_for(&self, aggregate_type: &str, aggregate_id: &str) -> Option<&Loaded> {
        self.loaded.as_ref().filter(|loaded| {
            self.outcome.get().is_none()
                && aggregate_type == AGGREGATE_TYPE
                && loaded.registration.to_string() == aggregate_id
        })
    }

    async fn append(
        &self,
        aggregate_type: &str,
        events: &[SerializedEvent],
    ) -> Result<Appended, AppendError> {
        if aggregate_type != AGGREGATE_TYPE {
            return Err(AppendError::Unfit("only registrations are stored"));
        }
        let (registration, expected) = match (events.first(), &self.loaded) {
            (Some(first), _) => (parse_id(first)?, first.sequence.saturating_sub(1)),
            (None, Some(loaded)) => (
                loaded.registration,
                usize::try_from(loaded.version()).unwrap_or(usize::MAX),
            ),
            (None, None) => return Err(AppendError::Unfit("there is nothing to append")),
        };
        for (event, sequence) in events.iter().zip(expected + 1..) {
            if event.sequence != sequence || parse_id(event)? != registration {
                return Err(AppendError::Unfit(
                    "events must follow each other in one registration",
                ));
            }
        }
        let events: Vec<NewEvent> = events.iter().map(new_event).collect();
        self.store
            .append(registration, expected as u64, &events, &self.unit)
            .await
    }
}

impl PersistedEventRepository for Repository {
    async fn get_events<A: Aggregate>(
        &self,
        aggregate_id: &str,
    ) -> Result<Vec<SerializedEvent>, PersistenceError> {
        match self.loaded_for(A::TYPE, aggregate_id) {
            Some(loaded) => loaded
                .events
                .iter()
                .map(|event| event.serialized(loaded.registration))
                .collect(),
            None => self.get_last_events::<A>(aggregate_id, 0).await,
        }
    }

    async fn get_last_events<A: Aggregate>(
        &self,
        aggregate_id: &str,
        last_sequence: usize,
    ) -> Result<Vec<SerializedEvent>, PersistenceError> {
        let rows = sqlx::query(EVENTS_AFTER)
            .bind(A::TYPE)
            .bind(aggregate_id)
            .bind(i64::try_from(last_sequence).unwrap_or(i64::MAX))
            .fetch_all(self.store.pool())
            .await
            .map_err(database)?;
        rows.iter().map(serialized_event).collect()
    }

    /// Always none: a registration has some ten events, which load in one round trip.
    async fn get_snapshot<A: Aggregate>(
        &self,
        _aggregate_id: &str,
    ) -> Result<Option<SerializedSnapshot>, PersistenceError> {
        Ok(None)
    }

    /// Commits the events and the rest of the command. A version conflict is cqrs-es's own; any other refusal comes
    /// as [`AppendError`] inside `UnknownError`, where [`AppendError::within`] finds it.
    async fn persist<A: Aggregate>(
        &self,
        events: &[SerializedEvent],
        snapshot_update: Option<(String, Value, usize)>,
    ) -> Result<(), PersistenceError> {
        if snapshot_update.is_some() {
            let refusal =
                AppendError::Unfit("snapshots are not kept: use PersistedEventStore::new_event_store");
            return Err(PersistenceError::UnknownError(Box::new(refusal)));
        }
        match self.append(A::TYPE, events).await {
            Ok(appended) => {
                // Set once: a repository serves one command.
                let _ = self.outcome.0.set(appended);
                Ok(())
            }
            Err(AppendError::VersionConflict) => Err(PersistenceError::OptimisticLockError),
            Err(refusal) => Err(PersistenceError::UnknownError(Box::new(refusal))),
        }
    }

    async fn stream_events<A: Aggregate>(
        &self,
        aggregate_id: &str,
    ) -> Result<ReplayStream, PersistenceError> {
        Ok(stream(
            self.store.pool().clone(),
            A::TYPE,
            Some(aggregate_id.to_owned()),
        ))
    }

    async fn stream_all_events<A: Aggregate>(&self) -> Result<ReplayStream, PersistenceError> {
        Ok(stream(self.store.pool().clone(), A::TYPE, None))
    }
}

fn parse_id(event: &SerializedEvent) -> Result<RegistrationId, AppendError> {
    event
        .aggregate_id
        .parse()
        .map_err(|_| AppendError::Unfit("a registration's id is a UUID"))
}

/// From here on the text is what counts: it is stored as it is and hashed as it is.
fn new_event(event: &SerializedEvent) -> NewEvent {
    NewEvent {
        event_type: event.event_type.clone(),
        event_version: event.event_version.clone(),
        payload: event.payload.to_string(),
        metadata: event.metadata.to_string(),
    }
}

//! Reads registrations through postgres-es as published and compares with the store's own reader.
//!
//! The table promises to stay one of cqrs-es, so that its tools, and an auditor's own program, read the same truth.

use cqrs_es::persist::{PersistedEventRepository, PersistenceError, SerializedEvent};
use domain::Registration;
use domain::values::RegistrationId;
use postgres_es::PostgresEventRepository;
use serde::Serialize;
use sqlx::PgPool;
use store::{Store, StoreError};

use crate::error::AuditError;

/// How many registrations [`conformance`] reads both ways.
const REGISTRATIONS: i64 = 5;
/// Among how many of the newest events they are looked for.
const NEWEST_EVENTS: i64 = 200;
/// A registration that moves on between two readings is read again so often.
const TRIES: u32 = 5;

const NEWEST: &str = "
    SELECT newest.aggregate_id
      FROM (SELECT e.aggregate_id, e.position FROM public.events e ORDER BY e.position DESC LIMIT $1) newest
     GROUP BY newest.aggregate_id ORDER BY max(newest.position) DESC LIMIT $2";

/// What reading the newest registrations both ways showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conformance {
    /// How many registrations were read both ways.
    pub registrations: usize,
    /// How many events they have.
    pub events: usize,
    /// The first that reads differently, with what differs.
    pub difference: Option<ReadingDifference>,
}

/// A registration that two readers read differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReadingDifference {
    /// The registration.
    pub registration: RegistrationId,
    /// What differs, without any stored value.
    pub what: String,
}

impl Conformance {
    /// Whether both readers agree on everything.
    pub fn is_equal(&self) -> bool {
        self.difference.is_none()
    }
}

impl std::fmt::Display for Conformance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.difference {
            Some(it) => write!(f, "registration {}: {}", it.registration, it.what),
            None => write!(
                f,
                "reads the same: {} registrations, {} events",
                self.registrations, self.events
            ),
        }
    }
}

/// Reads the newest few registrations through postgres-es (on `pool`) and through the store, and compares.
///
/// # Errors
/// When either reader fails. A difference is no error.
pub async fn conformance(store: &Store, pool: &PgPool) -> Result<Conformance, AuditError> {
    let ids: Vec<String> = sqlx::query_scalar(NEWEST)
        .bind(NEWEST_EVENTS)
        .bind(REGISTRATIONS)
        .fetch_all(pool)
        .await?;
    let mut report = Conformance {
        registrations: 0,
        events: 0,
        difference: None,
    };
    for id in ids {
        let registration = id
            .parse()
            .map_err(|_| StoreError::Corrupt("events.aggregate_id"))?;
        let compared = compare(store, pool, registration).await?;
        report.registrations += 1;
        report.events += compared.events;
        if let Some(what) = compared.difference {
            report.difference = Some(ReadingDifference { registration, what });
            break;
        }
    }
    Ok(report)
}

/// What reading one registration both ways showed.
pub(crate) struct Compared {
    pub events: usize,
    pub difference: Option<String>,
}

/// Reads one registration both ways.
pub(crate) async fn compare(
    store: &Store,
    pool: &PgPool,
    registration: RegistrationId,
) -> Result<Compared, AuditError> {
    let id = registration.to_string();
    let their_reader = PostgresEventRepository::new(pool.clone());
    let their_fault = |source| AuditError::Reader {
        reader: "postgres-es",
        source,
    };
    let mut ours = through_the_store(store, registration).await?;
    for _ in 0..TRIES {
        let theirs = their_reader
            .get_events::<Registration>(&id)
            .await
            .map_err(their_fault)?;
        let after = through_the_store(store, registration).await?;
        let rested = after.len() == ours.len();
        ours = after;
        if rested {
            return Ok(Compared {
                events: ours.len(),
                difference: first_difference(&ours, &theirs),
            });
        }
    }
    // It moves faster than it can be read twice: nothing can be said, so nothing is claimed to have been compared.
    Ok(Compared {
        events: 0,
        difference: None,
    })
}

async fn through_the_store(
    store: &Store,
    registration: RegistrationId,
) -> Result<Vec<SerializedEvent>, AuditError> {
    let loaded = store.load(registration, None).await?;
    let events = loaded.events.iter().map(|event| event.serialized(registration));
    events
        .collect::<Result<_, PersistenceError>>()
        .map_err(|source| AuditError::Reader {
            reader: "our store",
            source,
        })
}

fn first_difference(ours: &[SerializedEvent], theirs: &[SerializedEvent]) -> Option<String> {
    if ours.len() != theirs.len() {
        return Some(format!(
            "{} events here, {} through postgres-es",
            ours.len(),
            theirs.len()
        ));
    }
    let (ours, theirs) = ours.iter().zip(theirs).find(|(ours, theirs)| ours != theirs)?;
    let columns: Vec<&str> = [
        ("aggregate_type", ours.aggregate_type == theirs.aggregate_type),
        ("aggregate_id", ours.aggregate_id == theirs.aggregate_id),
        ("sequence", ours.sequence == theirs.sequence),
        ("event_type", ours.event_type == theirs.event_type),
        ("event_version", ours.event_version == theirs.event_version),
        ("payload", ours.payload == theirs.payload),
        ("metadata", ours.metadata == theirs.metadata),
    ]
    .into_iter()
    .filter_map(|(column, equal)| (!equal).then_some(column))
    .collect();
    Some(format!(
        "sequence {}: {} read differently through postgres-es",
        ours.sequence,
        columns.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(sequence: usize) -> SerializedEvent {
        SerializedEvent {
            aggregate_id: "a".into(),
            sequence,
            aggregate_type: "registration".into(),
            event_type: "ContactNotMatched".into(),
            event_version: "1".into(),
            payload: serde_json::json!({}),
            metadata: serde_json::json!({}),
        }
    }

    #[test]
    fn a_difference_names_the_event_and_its_columns() {
        let ours = [event(1), event(2)];
        assert_eq!(first_difference(&ours, &ours), None);
        let mut theirs = ours.clone();
        theirs[1].payload = serde_json::json!({ "other": true });
        let what = first_difference(&ours, &theirs).unwrap();
        assert!(what.contains("sequence 2") && what.contains("payload"), "{what}");
        assert!(
            first_difference(&ours, &theirs[..1])
                .unwrap()
                .contains("2 events here, 1")
        );
    }
}

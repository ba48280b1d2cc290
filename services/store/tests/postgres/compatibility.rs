//! The table stays one of cqrs-es: through our repository, and through postgres-es as published.

use std::collections::HashMap;

use cqrs_es::persist::{PersistedEventRepository, PersistedEventStore};
use cqrs_es::{AggregateError, CqrsFramework, EventStore};
use postgres_es::{PostgresEventRepository, postgres_cqrs};
use store::{AppendError, KeyUse, Loaded, NewEvent, Repository, UnitOfWork};

use crate::cluster::migrated_database;
use crate::story::*;

#[tokio::test]
async fn postgres_es_writes_and_its_events_reach_the_outbox_and_our_reader() {
    let database = migrated_database().await;
    let id = new_registration();
    let theirs = postgres_cqrs::<Counter>(database.store.pool().clone(), vec![], ());
    theirs.execute(&id.to_string(), 2).await.expect("executed");
    theirs.execute(&id.to_string(), 1).await.expect("executed");
    assert_eq!(database.store.outbox_size().await.expect("counted"), 3);
    let loaded = database.store.load(id, None).await.expect("loaded");
    assert_eq!(loaded.version(), 3);
    let log = database.store.sequence_batch(10).await.expect("sequenced");
    assert_eq!(
        log.iter()
            .map(|entry| (entry.registration_id, entry.sequence))
            .collect::<Vec<_>>(),
        [(id, 1), (id, 2), (id, 3)]
    );
}

#[tokio::test]
async fn both_repositories_read_the_same() {
    let database = migrated_database().await;
    let id = new_registration();
    let event = NewEvent::of(&Counted::Added { number: 7 }, r#"{"actor":"test"}"#).expect("JSON");
    database
        .store
        .append(id, 0, &vec![event; 3], &UnitOfWork::default())
        .await
        .expect("appended");
    let theirs = PostgresEventRepository::new(database.store.pool().clone());
    let ours = Repository::for_reading(database.store.clone());
    let name = id.to_string();
    let all = ours.get_events::<Counter>(&name).await.expect("read");
    assert_eq!(all.len(), 3);
    assert_eq!(all, theirs.get_events::<Counter>(&name).await.expect("read"));
    assert_eq!(
        ours.get_last_events::<Counter>(&name, 1).await.expect("read"),
        theirs.get_last_events::<Counter>(&name, 1).await.expect("read")
    );
    assert!(
        theirs
            .get_snapshot::<Counter>(&name)
            .await
            .expect("read")
            .is_none()
    );
    assert!(ours.get_snapshot::<Counter>(&name).await.expect("read").is_none());
}

#[tokio::test]
async fn a_command_through_cqrs_es_commits_its_unit_of_work_in_two_round_trips() {
    let database = migrated_database().await;
    let store = &database.store;
    let id = new_registration();
    let first = UnitOfWork {
        command: Some(command()),
        key: KeyUse::New(wrapped_key()),
        ..UnitOfWork::default()
    };
    let loaded = Loaded::nothing_yet(id, chrono::Utc::now());
    let (repository, outcome) = Repository::new(store.clone(), loaded, first.clone());
    let events = PersistedEventStore::<Repository, Counter>::new_event_store(repository);
    CqrsFramework::new(events, vec![], ())
        .execute(&id.to_string(), 3)
        .await
        .expect("executed");
    assert_eq!(outcome.get().expect("appended").last_sequence, 3);

    // The same command again, on what a rival loaded before it was answered.
    let stale = Loaded::nothing_yet(id, chrono::Utc::now());
    let (repository, outcome) = Repository::new(store.clone(), stale, first);
    let events = PersistedEventStore::<Repository, Counter>::new_event_store(repository);
    let refusal = CqrsFramework::new(events, vec![], ())
        .execute(&id.to_string(), 3)
        .await
        .expect_err("refused");
    assert!(
        matches!(AppendError::within(&refusal), Some(AppendError::DuplicateCommand)),
        "{refusal:?}"
    );
    assert_eq!(outcome.get(), None);

    // Another command on a stale version.
    let stale = Loaded::nothing_yet(id, chrono::Utc::now());
    let (repository, _) = Repository::new(store.clone(), stale, UnitOfWork::default());
    let events = PersistedEventStore::<Repository, Counter>::new_event_store(repository);
    let refusal = CqrsFramework::new(events, vec![], ())
        .execute(&id.to_string(), 3)
        .await
        .expect_err("refused");
    assert!(
        matches!(refusal, AggregateError::AggregateConflict),
        "{refusal:?}"
    );
}

#[tokio::test]
async fn a_command_without_events_still_records_its_answer() {
    let database = migrated_database().await;
    let store = &database.store;
    let id = new_registration();
    let event = NewEvent::of(&Counted::Added { number: 7 }, "{}").expect("JSON");
    store
        .append(id, 0, &[event], &UnitOfWork::default())
        .await
        .expect("appended");
    let command = command();
    let loaded = store.load(id, Some(command.id)).await.expect("loaded");
    let unit = UnitOfWork {
        command: Some(command.clone()),
        ..UnitOfWork::default()
    };
    let (repository, outcome) = Repository::new(store.clone(), loaded, unit);
    let events = PersistedEventStore::<Repository, Counter>::new_event_store(repository);
    let context = events.load_aggregate(&id.to_string()).await.expect("loaded");
    events
        .commit(vec![], context, HashMap::new())
        .await
        .expect("committed");
    assert_eq!(outcome.get().expect("appended").last_sequence, 1);
    let again = store.load(id, Some(command.id)).await.expect("loaded");
    assert_eq!(again.command.expect("remembered").last_sequence, 1);
}

#[tokio::test]
async fn snapshots_and_strangers_are_refused() {
    let database = migrated_database().await;
    let repository = Repository::for_reading(database.store.clone());
    let id = new_registration().to_string();
    assert!(
        repository
            .persist::<Counter>(&[], Some((id, serde_json::json!({}), 1)))
            .await
            .is_err()
    );
    for stranger in [
        "('invoice', gen_random_uuid()::text, 'Added')",
        "('registration', 'not-a-uuid', 'Added')",
        "('registration', upper(gen_random_uuid()::text), 'Added')",
        "('registration', gen_random_uuid()::text, 'added.to >')",
    ] {
        let insert = format!(
            "INSERT INTO events (aggregate_type, aggregate_id, event_type, sequence, event_version, payload, metadata)
             SELECT v.*, 1, '1', '{{}}', '{{}}' FROM (VALUES {stranger}) AS v"
        );
        assert!(
            sqlx::query(&insert).execute(database.store.pool()).await.is_err(),
            "{stranger}"
        );
    }
}

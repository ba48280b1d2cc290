//! A replay is whole or ends with an error.

use cqrs_es::persist::PersistedEventRepository;
use sqlx::Executor;
use store::{NewEvent, Repository, UnitOfWork};

use crate::cluster::{Database, migrated_database};
use crate::story::*;

const EVENTS: usize = 40_000;

async fn filled_database() -> Database {
    let database = migrated_database().await;
    let insert = format!(
        "INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata)
         SELECT 'registration', gen_random_uuid()::text, 1, 'Added', '1', '{{\"type\":\"Added\",\"number\":1}}', '{{}}'
           FROM generate_series(1, {EVENTS})"
    );
    database
        .store
        .pool()
        .execute(insert.as_str())
        .await
        .expect("filled");
    database
}

#[tokio::test]
async fn a_replay_of_all_is_whole() {
    let database = filled_database().await;
    let repository = Repository::for_reading(database.store.clone());
    let mut stream = repository.stream_all_events::<Counter>().await.expect("opened");
    let mut count = 0;
    while let Some(event) = stream.next::<Counter>(&[]).await {
        event.expect("an event");
        count += 1;
    }
    assert_eq!(count, EVENTS);
}

#[tokio::test]
async fn a_replay_whose_connection_dies_ends_with_an_error() {
    let database = filled_database().await;
    let repository = Repository::for_reading(database.store.clone());
    let mut stream = repository.stream_all_events::<Counter>().await.expect("opened");
    let mut read = 0;
    let mut failed = false;
    while let Some(event) = stream.next::<Counter>(&[]).await {
        read += 1;
        if event.is_err() {
            failed = true;
        } else if read == 1_000 {
            database
                .owner
                .execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                      WHERE datname = current_database() AND pid <> pg_backend_pid()",
                )
                .await
                .expect("killed");
        }
    }
    assert!(failed, "ended after {read} events without a word");
    assert!(read < EVENTS, "the connection died too late to test anything");
}

#[tokio::test]
async fn one_registration_is_streamed_in_order() {
    let database = migrated_database().await;
    let id = new_registration();
    let event = NewEvent::of(&Counted::Added { number: 7 }, "{}").expect("JSON");
    database
        .store
        .append(id, 0, &vec![event; 5], &UnitOfWork::default())
        .await
        .expect("appended");
    let repository = Repository::for_reading(database.store.clone());
    let mut stream = repository
        .stream_events::<Counter>(&id.to_string())
        .await
        .expect("opened");
    let mut sequences = Vec::new();
    while let Some(event) = stream.next::<Counter>(&[]).await {
        sequences.push(event.expect("an event").sequence);
    }
    assert_eq!(sequences, [1, 2, 3, 4, 5]);
}

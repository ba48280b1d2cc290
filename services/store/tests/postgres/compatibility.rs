//! The table stays one of cqrs-es: postgres-es, as published, reads it and writes to it.

use cqrs_es::persist::PersistedEventRepository;
use postgres_es::{PostgresEventRepository, postgres_cqrs};
use store::{NewEvent, UnitOfWork};

use crate::cluster::migrated_database;
use crate::story::*;

#[tokio::test]
async fn what_postgres_es_writes_has_a_place_and_reaches_our_reader() {
    let database = migrated_database().await;
    let id = new_registration();
    let theirs = postgres_cqrs::<Counter>(database.store.pool().clone(), vec![], ());
    theirs.execute(&id.to_string(), 2).await.expect("executed");
    theirs.execute(&id.to_string(), 1).await.expect("executed");
    let loaded = database.store.load(id, None).await.expect("loaded");
    assert_eq!(loaded.version(), 3);
    let log = database.store.read_log(1, 10).await.expect("read");
    assert_eq!(
        log.iter()
            .map(|entry| (entry.registration_id, entry.sequence))
            .collect::<Vec<_>>(),
        [(id, 1), (id, 2), (id, 3)]
    );
    assert!(
        log.iter()
            .all(|entry| entry.leaf_hash == entry.recomputed_leaf_hash())
    );
}

#[tokio::test]
async fn both_read_the_same() {
    let database = migrated_database().await;
    let id = new_registration();
    let event = NewEvent::of(&Counted::Added { number: 7 }, r#"{"actor":"test"}"#).expect("JSON");
    database
        .store
        .append(id, 0, vec![event; 3], UnitOfWork::default())
        .await
        .expect("appended");
    let theirs = PostgresEventRepository::new(database.store.pool().clone());
    let name = id.to_string();
    let loaded = database.store.load(id, None).await.expect("loaded");
    let ours = loaded.events.iter().map(|event| event.serialized(id));
    let ours: Vec<_> = ours.collect::<Result<_, _>>().expect("JSON");
    assert_eq!(ours.len(), 3);
    assert_eq!(ours, theirs.get_events::<Counter>(&name).await.expect("read"));
    let snapshot = theirs.get_snapshot::<Counter>(&name).await.expect("read");
    assert!(snapshot.is_none(), "none is kept");
}

#[tokio::test]
async fn strangers_are_refused() {
    let database = migrated_database().await;
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

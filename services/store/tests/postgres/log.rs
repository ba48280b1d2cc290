//! The log under many writers, some of which dawdle, give up or are dropped.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use domain::values::RegistrationId;
use rand::Rng;
use sqlx::Executor;
use store::{AppendError, Frontier, LogEntry, SignedLog, Store, UnitOfWork};

use crate::cluster::migrated_database;
use crate::story::*;

const WRITERS: usize = 16;
const STRANGERS: usize = 4;
const APPENDS_PER_WRITER: usize = 120;
const REGISTRATIONS: usize = 24;

#[tokio::test]
async fn events_have_places_from_one_and_verifiable_hashes() {
    let database = migrated_database().await;
    let store = &database.store;
    assert!(store.read_log(1, 10).await.expect("nothing").is_empty());
    let id = new_registration();
    store
        .append(id, 0, several(5), UnitOfWork::default())
        .await
        .expect("appended");
    let entries = store.read_log(1, 100).await.expect("read");
    assert_eq!(
        entries.iter().map(|entry| entry.position).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5]
    );
    assert_eq!(store.read_log(4, 1).await.expect("read"), &entries[3..4]);
    let age = store.age_of(1).await.expect("asked").expect("there");
    assert!(age < Duration::from_secs(60));
    assert_eq!(store.age_of(6).await.expect("asked"), None);
    assert_log_is_sound(store, &entries).await;

    let head = store.log_head().await.expect("read");
    for note in ["first", "second"] {
        let signed = tlog::Checkpoint {
            origin: "log".to_owned(),
            size: head.position(),
            root: head.tree.root(),
        };
        let turn = store
            .signing_turn(SignedLog::Events, "log")
            .await
            .expect("a turn");
        turn.record(&signed, note, &[]).await.expect("kept");
    }
    let kept = store
        .latest_checkpoint("log")
        .await
        .expect("read")
        .expect("there");
    assert_eq!(
        (kept.size, kept.root, kept.note.as_str()),
        (5, head.tree.root(), "first"),
        "a size has one checkpoint"
    );
    let access = store.latest_checkpoint("log/access").await.expect("read");
    assert_eq!(access, None);
}

#[tokio::test]
async fn a_rewritten_event_no_longer_has_its_hash() {
    let database = migrated_database().await;
    database
        .store
        .append(new_registration(), 0, several(1), UnitOfWork::default())
        .await
        .expect("appended");
    for column in [
        "payload = '{}'",
        "recorded_at = recorded_at + interval '1 microsecond'",
        "event_type = 'Other'",
    ] {
        let mut tampering = ::database::begin(&database.owner).await.expect("begun");
        tampering
            .execute("ALTER TABLE events DISABLE TRIGGER events_append_only")
            .await
            .expect("a superuser may");
        tampering
            .execute(format!("UPDATE events SET {column}").as_str())
            .await
            .expect("rewritten");
        tampering.commit().await.expect("committed");
        let entry = database.store.read_log(1, 1).await.expect("read").remove(0);
        assert_ne!(entry.leaf_hash, entry.recomputed_leaf_hash(), "{column}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_event_is_lost_or_misordered_whoever_dawdles_or_is_dropped() {
    let database = migrated_database().await;
    let registrations: Arc<Vec<RegistrationId>> =
        Arc::new((0..REGISTRATIONS).map(|_| new_registration()).collect());
    let committed = Arc::new(AtomicU64::new(0));
    // Two programs, each with its own line of writers.
    let rival = Store::new(database.store.pool().clone());
    let mut tasks = Vec::new();
    for nth in 0..WRITERS {
        let store = if nth % 2 == 0 {
            database.store.clone()
        } else {
            rival.clone()
        };
        tasks.push(tokio::spawn(append(
            store,
            registrations.clone(),
            committed.clone(),
        )));
    }
    for _ in 0..STRANGERS {
        tasks.push(tokio::spawn(insert(
            database.store.clone(),
            registrations.clone(),
            committed.clone(),
        )));
    }
    for task in tasks {
        task.await.expect("no panic");
    }
    let log = database.store.read_log(1, u32::MAX).await.expect("read");
    let told = committed.load(Ordering::SeqCst);
    assert!(told > 500, "the test must test something: {told}");
    // Whoever was dropped was told nothing; what they asked for was done or refused all the same.
    assert!(log.len() as u64 >= told, "{} of {told}", log.len());
    assert_log_is_sound(&database.store, &log).await;
}

/// Positions are dense, each registration's events are in order, every hash is the columns', and the tree is the log's.
pub async fn assert_log_is_sound(store: &Store, log: &[LogEntry]) {
    let mut sequences: HashMap<RegistrationId, u64> = HashMap::new();
    let mut seen = HashSet::new();
    let mut tree = Frontier::default();
    for (entry, position) in log.iter().zip(1..) {
        assert_eq!(entry.position, position, "positions are dense");
        let last = sequences
            .insert(entry.registration_id, entry.sequence)
            .unwrap_or(0);
        assert_eq!(entry.sequence, last + 1, "in the registration's order");
        assert!(seen.insert(entry.event_id), "once");
        assert_eq!(entry.leaf_hash, entry.recomputed_leaf_hash());
        tree.push(entry.leaf_hash);
    }
    assert_eq!(store.log_head().await.expect("read").tree, tree);
}

/// Appends of one to three events to a random registration, one in eight dropped somewhere on its way.
async fn append(store: Store, registrations: Arc<Vec<RegistrationId>>, committed: Arc<AtomicU64>) {
    for _ in 0..APPENDS_PER_WRITER {
        let (id, count, dropped_after_us) = {
            let mut chance = rand::rng();
            (
                registrations[chance.random_range(0..REGISTRATIONS)],
                chance.random_range(1..=3),
                chance.random_bool(0.125).then(|| chance.random_range(0..3_000)),
            )
        };
        let version = store.load(id, None).await.expect("loaded").version();
        let appending = store.append(id, version, several(count), UnitOfWork::default());
        let outcome = match dropped_after_us {
            Some(us) => match tokio::time::timeout(Duration::from_micros(us), appending).await {
                Ok(outcome) => outcome,
                Err(_) => continue,
            },
            None => appending.await,
        };
        match outcome {
            Ok(_) => committed.fetch_add(count as u64, Ordering::SeqCst),
            Err(AppendError::VersionConflict) => continue,
            Err(other) => panic!("{other:?}"),
        };
    }
}

/// Rows as postgres-es writes them, in transactions that commit after up to 5 ms; 6 in 100 roll back.
async fn insert(store: Store, registrations: Arc<Vec<RegistrationId>>, committed: Arc<AtomicU64>) {
    for _ in 0..APPENDS_PER_WRITER {
        let (id, delay_us, rolls_back) = {
            let mut chance = rand::rng();
            (
                registrations[chance.random_range(0..REGISTRATIONS)],
                chance.random_range(0..5_000),
                chance.random_bool(0.06),
            )
        };
        let version = store.load(id, None).await.expect("loaded").version();
        let mut transaction = ::database::begin(store.pool()).await.expect("begun");
        let inserted = sqlx::query(
            "INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata)
             VALUES ('registration', $1, $2, 'TopicsChosen', '1', '{}', '{}')",
        )
        .bind(id.to_string())
        .bind(i64::try_from(version).expect("small") + 1)
        .execute(&mut *transaction)
        .await;
        if inserted.is_err() {
            continue;
        }
        tokio::time::sleep(Duration::from_micros(delay_us)).await;
        if rolls_back {
            transaction.rollback().await.expect("rolled back");
        } else {
            transaction.commit().await.expect("committed");
            committed.fetch_add(1, Ordering::SeqCst);
        }
    }
}

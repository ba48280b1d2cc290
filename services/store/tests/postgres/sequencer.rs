//! The log under writers that dawdle and give up, and sequencers that die.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use domain::values::RegistrationId;
use rand::Rng;
use sqlx::Executor;
use store::{Frontier, LogEntry, SignedLog, Store, UnitOfWork};

use crate::cluster::migrated_database;
use crate::story::*;

const WRITERS: usize = 16;
const TRANSACTIONS_PER_WRITER: usize = 120;
const REGISTRATIONS: usize = 24;

#[tokio::test]
async fn events_get_places_from_one_and_verifiable_hashes() {
    let database = migrated_database().await;
    let store = &database.store;
    assert!(store.sequence_batch(10).await.expect("nothing waits").is_empty());
    let id = new_registration();
    store
        .append(id, 0, &several(5), &UnitOfWork::default())
        .await
        .expect("appended");
    let first = store.sequence_batch(2).await.expect("sequenced");
    let rest = store.sequence_batch(1_000).await.expect("sequenced");
    let entries: Vec<LogEntry> = first.into_iter().chain(rest).collect();
    assert_eq!(
        entries.iter().map(|entry| entry.position).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5]
    );
    assert_eq!(store.read_log(1, 100).await.expect("read"), entries);
    assert_eq!(store.read_log(4, 1).await.expect("read"), &entries[3..4]);
    assert_eq!(store.outbox_age().await.expect("asked"), None);
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
        .append(new_registration(), 0, &several(1), &UnitOfWork::default())
        .await
        .expect("appended");
    database.store.sequence_batch(10).await.expect("sequenced");
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

#[tokio::test]
async fn the_relay_is_woken_by_an_append() {
    let database = migrated_database().await;
    let store = database.store.clone();
    let waiting = tokio::spawn(async move { store.appended().await });
    database
        .store
        .append(new_registration(), 0, &several(1), &UnitOfWork::default())
        .await
        .expect("appended");
    tokio::time::timeout(Duration::from_secs(10), waiting)
        .await
        .expect("woken")
        .expect("no panic");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_event_is_lost_or_misordered_whoever_dawdles_or_dies() {
    let database = migrated_database().await;
    let registrations: Arc<Vec<RegistrationId>> =
        Arc::new((0..REGISTRATIONS).map(|_| new_registration()).collect());
    let committed = Arc::new(AtomicU64::new(0));
    let writing = Arc::new(AtomicBool::new(true));

    let sequencers: Vec<_> = (0..2)
        .map(|_| tokio::spawn(sequence_until_done(database.store.clone(), writing.clone())))
        .collect();
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            tokio::spawn(write(
                database.store.clone(),
                registrations.clone(),
                committed.clone(),
            ))
        })
        .collect();
    for writer in writers {
        writer.await.expect("no panic");
    }
    writing.store(false, Ordering::SeqCst);
    let mut delivered = Vec::new();
    for sequencer in sequencers {
        delivered.extend(sequencer.await.expect("no panic"));
    }

    let committed = committed.load(Ordering::SeqCst);
    assert!(committed > 500, "the test must test something: {committed}");
    let log = database.store.read_log(1, u32::MAX).await.expect("read");
    assert_eq!(log.len() as u64, committed);
    assert_eq!(database.store.outbox_size().await.expect("counted"), 0);
    assert_log_is_sound(&database.store, &log).await;
    // A sequencer that dies after its commit tells nobody; whatever was told stands in the log just so.
    let by_position: HashMap<u64, &LogEntry> = log.iter().map(|entry| (entry.position, entry)).collect();
    for entry in &delivered {
        assert_eq!(by_position.get(&entry.position), Some(&entry));
    }
}

/// Positions are dense, each registration's events are in order, every hash is the columns', and the tree is the log's.
async fn assert_log_is_sound(store: &Store, log: &[LogEntry]) {
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

/// Batches of random size, one in eight dropped somewhere on its way.
async fn sequence_until_done(store: Store, writing: Arc<AtomicBool>) -> Vec<LogEntry> {
    let mut delivered = Vec::new();
    loop {
        let still_writing = writing.load(Ordering::SeqCst);
        let (limit, dies_after_us) = {
            let mut chance = rand::rng();
            (
                chance.random_range(1..60),
                chance.random_bool(0.125).then(|| chance.random_range(0..3_000)),
            )
        };
        let batch = match dies_after_us {
            Some(us) if still_writing => {
                match tokio::time::timeout(Duration::from_micros(us), store.sequence_batch(limit)).await {
                    Ok(batch) => batch.expect("sequenced"),
                    Err(_) => continue,
                }
            }
            _ => store.sequence_batch(limit).await.expect("sequenced"),
        };
        if batch.is_empty() {
            if !still_writing {
                return delivered;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        delivered.extend(batch);
    }
}

/// Transactions of one to three events on a random registration. They commit after up to 20 ms; 6 in 100 roll back.
async fn write(store: Store, registrations: Arc<Vec<RegistrationId>>, committed: Arc<AtomicU64>) {
    for _ in 0..TRANSACTIONS_PER_WRITER {
        let (id, count, delay_us, rolls_back) = {
            let mut chance = rand::rng();
            (
                registrations[chance.random_range(0..REGISTRATIONS)],
                chance.random_range(1..=3_i64),
                chance.random_range(0..20_000),
                chance.random_bool(0.06),
            )
        };
        let version = store.load(id, None).await.expect("loaded").version();
        let mut transaction = ::database::begin(store.pool()).await.expect("begun");
        let appended = sqlx::query(
            "SELECT append_events($1, $2, ids, types, versions, payloads, payloads, NULL, NULL, NULL, NULL, 'none',
                    NULL, NULL, NULL, NULL, NULL, NULL, NULL)
               FROM (SELECT array_agg(gen_random_uuid()) AS ids, array_agg('TopicsChosen'::text) AS types,
                            array_agg('1'::text) AS versions, array_agg('{}'::text) AS payloads
                       FROM generate_series(1, $3)) AS made",
        )
        .bind(id.0)
        .bind(i64::try_from(version).expect("small"))
        .bind(count)
        .execute(&mut *transaction)
        .await;
        if appended.is_err() {
            continue;
        }
        tokio::time::sleep(Duration::from_micros(delay_us)).await;
        if rolls_back {
            transaction.rollback().await.expect("rolled back");
        } else {
            transaction.commit().await.expect("committed");
            committed.fetch_add(u64::try_from(count).expect("small"), Ordering::SeqCst);
        }
    }
}

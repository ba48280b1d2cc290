//! What a rewriting hand leaves behind, found and named.

use std::cell::Cell;

use auditor::{Trust, VerifyReport, verify};
use store::{SignedLog, Store};
use tlog::{Checkpoint, Hash, Signer};

use crate::cluster::{Database, migrated_database};
use crate::path::registration;

async fn nine_events() -> Database {
    let database = migrated_database().await;
    for _ in 0..3 {
        registration(&database.store).await;
    }
    database
}

/// Does this as an owner who switches the guards off and on again.
async fn tamper(database: &Database, statement: &str) {
    let script = format!(
        "ALTER TABLE events DISABLE TRIGGER USER; {statement};
         ALTER TABLE events ENABLE ALWAYS TRIGGER events_append_only;
         ALTER TABLE events ENABLE ALWAYS TRIGGER events_never_truncated;
         ALTER TABLE events ENABLE ALWAYS TRIGGER events_place"
    );
    sqlx::raw_sql(&script)
        .execute(&database.owner)
        .await
        .expect("tampered");
}

fn signer() -> Signer {
    Signer::new("log", &[7; 32]).expect("a name")
}

fn trust(kept: &[&str]) -> Trust {
    Trust {
        key: signer().verifier().clone(),
        told: false,
        remembered: Vec::new(),
        kept: kept
            .iter()
            .map(|note| ("kept".to_owned(), (*note).to_owned()))
            .collect(),
    }
}

/// The signed note of a log of this size and root.
fn note_of(size: u64, root: &Hash) -> String {
    let checkpoint = Checkpoint {
        origin: "log".to_owned(),
        size,
        root: *root,
    };
    signer().sign(&checkpoint.text()).to_string()
}

async fn keep(store: &Store, size: u64, root: &Hash, note: &str) {
    let checkpoint = Checkpoint {
        origin: "log".to_owned(),
        size,
        root: *root,
    };
    let turn = store
        .signing_turn(SignedLog::Events, "log")
        .await
        .expect("a turn");
    turn.record(&checkpoint, note, &[]).await.expect("kept");
}

async fn report(database: &Database) -> VerifyReport {
    verify(&database.store, &trust(&[]), |_, _| {})
        .await
        .expect("verified")
}

async fn first(statement: &str) -> (Option<u64>, String) {
    let database = nine_events().await;
    tamper(&database, statement).await;
    let report = report(&database).await;
    assert!(!report.is_whole());
    let first = report.first.expect("a difference");
    (first.position, first.what)
}

#[tokio::test]
async fn an_untouched_log_is_whole() {
    let empty = migrated_database().await;
    assert!(report(&empty).await.is_whole());
    let database = nine_events().await;
    let head = database.store.log_head().await.expect("read");
    let root = head.tree.root();
    keep(&database.store, 9, &root, &note_of(9, &root)).await;
    registration(&database.store).await;
    let reached = Cell::new((0, 0));
    let report = verify(&database.store, &trust(&[]), |at, of| reached.set((at, of)))
        .await
        .expect("verified");
    assert!(report.is_whole(), "{report}");
    assert_eq!((report.positions, report.checkpoints), (12, 1));
    assert_eq!(reached.get(), (12, 12));
    serde_json::to_string(&report).expect("JSON");
}

#[tokio::test]
async fn more_than_one_page_is_whole() {
    let database = migrated_database().await;
    for _ in 0..700 {
        registration(&database.store).await;
    }
    let report = report(&database).await;
    assert!(report.is_whole() && report.positions == 2_100, "{report}");
}

#[tokio::test]
async fn a_rewritten_column_is_found_whichever_it_is() {
    for change in [
        "payload = '{\"type\":\"ContactNotMatched\", \"x\":1}'",
        "metadata = '{}'",
        "event_version = '2'",
        "event_type = 'ContactMatched'",
        "event_id = gen_random_uuid()",
        "recorded_at = recorded_at + interval '1 microsecond'",
    ] {
        let statement = format!("UPDATE events SET {change} WHERE position = 5");
        let (position, what) = first(&statement).await;
        assert_eq!(position, Some(5), "{change}: {what}");
        assert!(
            what.contains("not the one that the log's hash was made of"),
            "{what}"
        );
    }
}

#[tokio::test]
async fn a_deleted_event_is_found() {
    let (position, what) = first("DELETE FROM events WHERE position = 6").await;
    assert_eq!(
        (position, what.as_str()),
        (Some(6), "the log has no such position")
    );
}

#[tokio::test]
async fn a_cut_off_end_is_found() {
    let (position, what) = first("DELETE FROM events WHERE position > 6").await;
    assert_eq!(position, Some(7), "{what}");
    let (position, what) = first("UPDATE log_head SET size = 8, frontier = ARRAY[frontier[1]]").await;
    assert_eq!(
        (position, what.as_str()),
        (Some(9), "the log goes on behind its head")
    );
}

#[tokio::test]
async fn an_event_with_a_rewritten_hash_is_found_by_the_tree() {
    let (position, what) = first("UPDATE events SET leaf_hash = sha256('forged') WHERE position = 2").await;
    assert_eq!(position, Some(2), "{what}");
    // The order of two events exchanged, hashes with them: only the tree, and the order in the registration, can tell.
    let (position, what) = first(
        "UPDATE events SET position = -1 * position + 1000 WHERE position IN (2, 3);
         UPDATE events SET position = 5 - (1000 - position) WHERE position > 900",
    )
    .await;
    assert_eq!(position, Some(2), "{what}");
    assert!(what.contains("stand before it"), "{what}");
}

#[tokio::test]
async fn where_events_changed_places_says_more_than_the_checkpoint_that_they_belie() {
    let database = nine_events().await;
    let root = database.store.log_head().await.expect("read").tree.root();
    keep(&database.store, 9, &root, &note_of(9, &root)).await;
    tamper(
        &database,
        "UPDATE events SET position = position + 1000 WHERE position IN (5, 6);
         UPDATE events SET position = 11 - (position - 1000) WHERE position > 900",
    )
    .await;
    let first = report(&database).await.first.expect("a difference");
    assert_eq!(first.position, Some(5), "{}", first.what);
    assert!(first.what.contains("stand before it"), "{}", first.what);
}

#[tokio::test]
async fn a_second_event_of_a_number_and_what_follows_it_are_found() {
    let database = nine_events().await;
    tamper(
        &database,
        "ALTER TABLE events DROP CONSTRAINT events_pkey;
         UPDATE events SET sequence = 1 WHERE position = 5",
    )
    .await;
    let found = report(&database).await;
    assert_eq!(found.first.expect("a difference").position, Some(5));
    // It is another event, has another's number, and leaves the next without a predecessor.
    assert_eq!(found.differences, 3);
}

#[tokio::test]
async fn an_event_behind_the_heads_end_is_found() {
    let (position, what) = first(
        "INSERT INTO events (aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata, position, leaf_hash)
         VALUES ('registration', gen_random_uuid()::text, 1, 'ContactNotMatched', '1', '{}', '{}', 10, sha256('forged'))",
    )
    .await;
    assert_eq!(position, Some(10));
    assert!(what.contains("goes on behind its head"), "{what}");
}

#[tokio::test]
async fn a_checkpoint_of_another_root_is_found() {
    let database = nine_events().await;
    keep(&database.store, 5, &[7; 32], &note_of(5, &[7; 32])).await;
    let first = report(&database).await.first.expect("a difference");
    assert_eq!(first.position, Some(1), "somewhere from the first on");
    assert!(first.what.contains("positions 1 to 5"), "{}", first.what);
}

#[tokio::test]
async fn a_log_cut_off_together_with_its_head_is_told_by_a_checkpoint() {
    let database = nine_events().await;
    let head = database.store.log_head().await.expect("read");
    let root = head.tree.root();
    keep(&database.store, 9, &root, &note_of(9, &root)).await;
    tamper(
        &database,
        "DELETE FROM events WHERE position = 9; UPDATE log_head SET size = 8, frontier = ARRAY[frontier[1]]",
    )
    .await;
    let first = report(&database).await.first.expect("a difference");
    assert_eq!(first.position, Some(9), "{}", first.what);
}

#[tokio::test]
async fn a_checkpoint_that_was_not_signed_is_found() {
    let database = nine_events().await;
    let root = database.store.log_head().await.expect("read").tree.root();
    let forger = Signer::new("log", &[8; 32]).expect("a name");
    let forged = forger
        .sign(&format!("log\n9\n{}\n", "A".repeat(43) + "="))
        .to_string();
    keep(&database.store, 9, &root, &forged).await;
    let first = report(&database).await.first.expect("a difference");
    assert_eq!(first.position, Some(9));
    assert!(first.what.contains("not to be believed"), "{}", first.what);
}

#[tokio::test]
async fn checkpoints_that_were_kept_elsewhere_tell_of_another_past() {
    let database = nine_events().await;
    let root = database.store.log_head().await.expect("read").tree.root();
    let same = note_of(9, &root);
    let outcome = async |kept: &str| {
        let trust = trust(&[kept]);
        verify(&database.store, &trust, |_, _| {})
            .await
            .expect("verified")
    };
    assert!(outcome(&same).await.is_whole());
    let longer = outcome(&note_of(12, &root)).await.first.expect("a difference");
    assert_eq!(longer.position, Some(10), "{}", longer.what);
    let other = outcome(&note_of(4, &[1; 32])).await.first.expect("a difference");
    assert!(other.what.contains("positions 1 to 4"), "{}", other.what);
    let stranger = outcome("no note").await.first.expect("a difference");
    assert_eq!(stranger.position, None, "{}", stranger.what);
}

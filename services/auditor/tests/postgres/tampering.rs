//! Every kind of tampering, on a signed log: found in the database, in an export by this crate's verifier, and in the
//! same export by the verifier in Python, which was written apart; all three name the same place.

use std::path::{Path, PathBuf};
use std::process::Command;

use auditor::{Extras, Trust, export, verify, verify_folder};
use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::Value;
use store::{SignedLog, Store};
use tempfile::TempDir;
use tlog::{Checkpoint, Frontier, Signer};

use crate::cluster::{Database, migrated_database};
use crate::path::registration;

/// Enough for a full tile and a partial one.
const REGISTRATIONS: usize = 100;
const EVENTS: u64 = 300;

pub fn signer() -> Signer {
    Signer::new("example.org/log", &[7; 32]).expect("a name")
}

/// A log of 300 events, signed at 120 and at its end, as the relay signs.
pub async fn signed_log() -> Database {
    let database = migrated_database().await;
    for _ in 0..REGISTRATIONS {
        registration(&database.store).await;
    }
    sign(&database.store, &signer(), 120).await;
    sign(&database.store, &signer(), EVENTS).await;
    database
}

async fn sign(store: &Store, signer: &Signer, size: u64) -> String {
    let (mut tree, mut filled) = (Frontier::default(), Vec::new());
    for hash in store
        .tile_hashes(SignedLog::Events, 0, 0, size)
        .await
        .expect("read")
    {
        tree.push_noting(hash, |level, index, hash| filled.push((level, index, hash)));
    }
    assert_eq!(tree.size(), size);
    let checkpoint = Checkpoint {
        origin: "example.org/log".to_owned(),
        size,
        root: tree.root(),
    };
    let note = signer.sign(&checkpoint.text()).to_string();
    let turn = store
        .signing_turn(SignedLog::Events, "example.org/log")
        .await
        .expect("a turn");
    turn.record(&checkpoint, &note, &filled).await.expect("kept");
    note
}

async fn tamper(database: &Database, statements: &str) {
    let tables = ["events", "checkpoints", "log_nodes"];
    let each = |what: &str| -> String {
        let lines = tables
            .iter()
            .map(|table| format!("ALTER TABLE {table} {what} TRIGGER USER;"));
        lines.collect()
    };
    let script = format!("{}{statements};{}", each("DISABLE"), each("ENABLE"));
    sqlx::raw_sql(&script)
        .execute(&database.owner)
        .await
        .expect("tampered");
}

/// Makes the log's head fit its hashes again, as a careful forger would.
async fn mend_the_head(database: &Database, size: u64) {
    let mut tree = Frontier::default();
    let hashes = database
        .store
        .tile_hashes(SignedLog::Events, 0, 0, size)
        .await
        .expect("read");
    hashes.into_iter().for_each(|hash| tree.push(hash));
    let subtrees: Vec<&[u8]> = tree.subtrees().iter().map(|it| &it[..]).collect();
    sqlx::query("UPDATE log_head SET size = $1, frontier = $2")
        .bind(tree.size() as i64)
        .bind(subtrees)
        .execute(&database.owner)
        .await
        .expect("mended");
}

/// The position that each of the three names, which must be the same; none when all say that the log is whole.
async fn found(database: &Database, kept: &[&str]) -> Option<u64> {
    let key = signer().verifier().clone();
    let kept: Vec<(String, String)> = kept
        .iter()
        .map(|it| ("kept".to_owned(), (*it).to_owned()))
        .collect();
    let trust = Trust {
        key: key.clone(),
        told: true,
        remembered: Vec::new(),
        kept: kept.clone(),
    };
    let in_database = verify(&database.store, &trust, |_, _| {})
        .await
        .expect("verified");
    let (_guard, folder) = exported(&database.store).await;
    let in_folder = verify_folder(&folder, Some(key), kept.clone(), |_, _| {}).expect("verified");
    let (code, in_python) = python(&folder, &kept);
    assert_eq!(code, if in_folder.is_whole() { 0 } else { 3 }, "{in_python}");
    let position = |first: &Option<auditor::Difference>| first.as_ref().map(|it| it.position.unwrap_or(0));
    let places = [
        position(&in_database.first),
        position(&in_folder.first),
        (!in_python["first"].is_null()).then(|| in_python["first"]["position"].as_u64().unwrap_or(0)),
    ];
    assert!(
        places.iter().all(|it| *it == places[0]),
        "{places:?}\n{in_database}\n{in_folder}\n{in_python}"
    );
    places[0]
}

pub async fn exported(store: &Store) -> (TempDir, PathBuf) {
    let guard = tempfile::tempdir().expect("a folder");
    let folder = guard.path().join("export");
    let extras = Extras {
        csv: true,
        parquet: true,
    };
    export(store, signer().verifier(), &folder, extras, |_, _| {})
        .await
        .expect("exported");
    (guard, folder)
}

/// The other verifier's exit code and report, by the copy of it that stands in the export.
pub fn python(folder: &Path, kept: &[(String, String)]) -> (i32, Value) {
    let mut command = Command::new("python3");
    command.arg(folder.join("verify.py")).arg(folder).arg("--json");
    command.arg("--key").arg(signer().verifier().to_string());
    for (place, (_, note)) in kept.iter().enumerate() {
        let file = folder.with_file_name(format!("kept.{place}"));
        std::fs::write(&file, note).expect("written");
        command.arg("--since").arg(file);
    }
    let output = command.output().expect("python3 runs");
    let report = serde_json::from_slice(&output.stdout);
    let report = report.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().expect("a code"), report)
}

#[tokio::test]
async fn an_untouched_log_is_whole_to_all_three() {
    let database = signed_log().await;
    let old = database
        .store
        .checkpoints("example.org/log", 0, 1)
        .await
        .expect("read");
    assert_eq!(found(&database, &[&old[0].note]).await, None);
    let proof = database
        .store
        .prove(SignedLog::Events, "example.org/log", 257)
        .await
        .expect("proven");
    let leaf = database
        .store
        .leaves(SignedLog::Events, 257, 1)
        .await
        .expect("read")[0]
        .recomputed;
    assert!(proof.expect("covered").verify(&leaf, signer().verifier()).is_ok());
}

#[tokio::test]
async fn an_export_is_the_same_to_the_byte_and_carries_its_sums() {
    let database = signed_log().await;
    let (_one, first) = exported(&database.store).await;
    let (_two, second) = exported(&database.store).await;
    let sums = std::fs::read(first.join("SHA256SUMS")).expect("read");
    assert_eq!(sums, std::fs::read(second.join("SHA256SUMS")).expect("read"));
    let checked = Command::new("sha256sum")
        .args(["--check", "--quiet", "SHA256SUMS"])
        .current_dir(&first)
        .status();
    assert!(checked.expect("sha256sum runs").success());
    let table = std::fs::read_to_string(first.join("events.csv")).expect("read");
    assert_eq!(
        csv::Reader::from_reader(table.as_bytes()).records().count() as u64,
        EVENTS
    );
    let columns = std::fs::File::open(first.join("events.parquet")).expect("read");
    let columns = SerializedFileReader::new(columns).expect("Parquet");
    let rows: Vec<_> = columns.get_row_iter(None).expect("rows").collect();
    assert_eq!(rows.len() as u64, EVENTS);
    let first_row = rows[0].as_ref().expect("a row").to_string();
    assert!(
        first_row.contains("position: 1") && first_row.contains("IdentitySubmitted"),
        "{first_row}"
    );
    let again = export(
        &database.store,
        signer().verifier(),
        &first,
        Extras::default(),
        |_, _| {},
    )
    .await;
    assert!(again.is_err(), "nothing is written over");
}

#[tokio::test]
async fn a_changed_row_is_found() {
    let database = signed_log().await;
    tamper(
        &database,
        "UPDATE events SET payload = '{\"type\":\"TopicsChosen\",\"topics\":[]}' WHERE position = 6",
    )
    .await;
    assert_eq!(found(&database, &[]).await, Some(6));
}

#[tokio::test]
async fn a_removed_row_is_found() {
    let database = signed_log().await;
    tamper(&database, "DELETE FROM events WHERE position = 8").await;
    assert_eq!(found(&database, &[]).await, Some(8));
}

#[tokio::test]
async fn swapped_rows_are_found() {
    let database = signed_log().await;
    tamper(
        &database,
        "UPDATE events SET position = position + 1000 WHERE position IN (11, 12);
         UPDATE events SET position = 23 - (position - 1000) WHERE position > 1000",
    )
    .await;
    assert_eq!(found(&database, &[]).await, Some(11));
}

#[tokio::test]
async fn a_cut_off_end_is_found_by_what_was_signed() {
    let database = signed_log().await;
    tamper(&database, "DELETE FROM events WHERE position > 270").await;
    mend_the_head(&database, 270).await;
    assert_eq!(found(&database, &[]).await, Some(271));
}

#[tokio::test]
async fn a_database_of_yesterday_is_found_by_a_checkpoint_that_was_kept() {
    let database = signed_log().await;
    let kept = database
        .store
        .latest_checkpoint("example.org/log")
        .await
        .expect("read")
        .expect("there")
        .note;
    tamper(
        &database,
        "DELETE FROM events WHERE position > 120; DELETE FROM log_nodes; DELETE FROM checkpoints WHERE size > 120",
    )
    .await;
    mend_the_head(&database, 120).await;
    assert_eq!(found(&database, &[]).await, None, "yesterday itself was whole");
    assert_eq!(found(&database, &[&kept]).await, Some(121));
}

#[tokio::test]
async fn an_event_rewritten_with_its_hash_and_the_tree_is_found_by_what_was_signed() {
    let database = signed_log().await;
    tamper(
        &database,
        "UPDATE events SET metadata = '{\"actor\":\"nobody\"}' WHERE position = 200",
    )
    .await;
    let leaf = database
        .store
        .leaves(SignedLog::Events, 200, 1)
        .await
        .expect("read")[0];
    assert_ne!(leaf.stored, leaf.recomputed);
    let forged = tlog::hash::hex(&leaf.recomputed);
    tamper(
        &database,
        &format!("UPDATE events SET leaf_hash = decode('{forged}', 'hex') WHERE position = 200"),
    )
    .await;
    mend_the_head(&database, EVENTS).await;
    let first = found_in_database(&database).await;
    assert!(first.1.contains("positions 121 to 300"), "{}", first.1);
    // In the export the tile above the leaves still has the old hash, which narrows it down; both say the same.
    let (_guard, folder) = exported(&database.store).await;
    let key = signer().verifier().clone();
    let in_folder = verify_folder(&folder, Some(key), Vec::new(), |_, _| {})
        .expect("verified")
        .first
        .expect("found");
    let (code, in_python) = python(&folder, &[]);
    assert_eq!(
        (code, in_python["first"]["position"].as_u64()),
        (3, in_folder.position)
    );
}

async fn found_in_database(database: &Database) -> (Option<u64>, String) {
    let trust = Trust {
        key: signer().verifier().clone(),
        told: false,
        remembered: Vec::new(),
        kept: Vec::new(),
    };
    let report = verify(&database.store, &trust, |_, _| {})
        .await
        .expect("verified");
    let first = report.first.expect("a difference");
    (first.position, first.what)
}

#[tokio::test]
async fn a_second_history_under_the_same_signature_is_found() {
    let (shown_to_one, shown_to_another) = (signed_log().await, signed_log().await);
    let kept = shown_to_one
        .store
        .checkpoints("example.org/log", 0, 1)
        .await
        .expect("read")
        .remove(0)
        .note;
    assert_eq!(
        found(&shown_to_another, &[]).await,
        None,
        "each is whole by itself"
    );
    assert_eq!(
        found(&shown_to_another, &[&kept]).await,
        Some(1),
        "and one of them is a lie"
    );
}

#[tokio::test]
async fn a_checkpoint_of_another_key_is_found() {
    let database = signed_log().await;
    let forger = Signer::new("example.org/log", &[8; 32]).expect("a name");
    tamper(&database, "DELETE FROM checkpoints").await;
    sign(&database.store, &forger, EVENTS).await;
    let (_guard, folder) = exported(&database.store).await;
    let key = signer().verifier().clone();
    let report = verify_folder(&folder, Some(key), Vec::new(), |_, _| {}).expect("verified");
    assert!(report.first.expect("found").what.contains("not to be believed"));
    assert_eq!(python(&folder, &[]).0, 3);
    let (position, what) = found_in_database(&database).await;
    assert!(
        position == Some(EVENTS) && what.contains("not to be believed"),
        "{what}"
    );
}

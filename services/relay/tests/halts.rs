//! A log that is not the one that was signed gets no signature: every way in which it can differ, on a real PostgreSQL.

#![expect(
    clippy::expect_used,
    reason = "a test says what it relies on by failing where it does not hold"
)]

#[path = "../../store/tests/postgres/cluster.rs"]
#[expect(dead_code, reason = "the store's own tests use the rest")]
mod cluster;

use std::fs;
use std::time::Duration;

use cluster::{Database, migrated_database};
use domain::values::RegistrationId;
use keyring::Keyring;
use relay::signing::{SigningError, SigningHealth, SigningSettings, examine};
use store::{NewEvent, SignedLog, UnitOfWork};
use tempfile::TempDir;
use tlog::{Checkpoint, Frontier, Signer};
use uuid::Uuid;

const ORIGIN: &str = "example.org/log";

/// A log with what signs it.
struct Log {
    database: Database,
    settings: SigningSettings,
    folder: TempDir,
}

impl Log {
    /// A log of so many events, whose first `signed` a checkpoint covers, in the database and in the file.
    async fn signed(events: u64, signed: u64) -> Self {
        let database = migrated_database().await;
        let folder = tempfile::tempdir().expect("a folder");
        let keyring = Keyring::open(&folder.path().join("master.key")).expect("a key");
        let settings = SigningSettings {
            keyring,
            origin: ORIGIN.to_owned(),
            data_dir: folder.path().to_owned(),
            interval: Duration::from_secs(1),
            health: SigningHealth::default(),
        };
        let log = Self {
            database,
            settings,
            folder,
        };
        log.grow(events).await;
        log.sign(signed).await;
        log
    }

    fn signer(&self) -> Signer {
        self.settings.keyring.log_signer(ORIGIN).expect("a name")
    }

    /// One event each of so many registrations.
    async fn grow(&self, events: u64) {
        let store = &self.database.store;
        for _ in 0..events {
            let event = NewEvent {
                event_type: "ContactNotMatched".to_owned(),
                event_version: "1".to_owned(),
                payload: r#"{"type":"ContactNotMatched"}"#.to_owned(),
                metadata: "{}".to_owned(),
            };
            let id = RegistrationId(Uuid::now_v7());
            let appended = store.append(id, 0, vec![event], UnitOfWork::default()).await;
            appended.expect("appended");
        }
    }

    async fn checkpoint(&self, size: u64) -> (Checkpoint, Frontier) {
        let mut tree = Frontier::default();
        let hashes = self
            .database
            .store
            .tile_hashes(SignedLog::Events, 0, 0, size)
            .await;
        hashes.expect("read").into_iter().for_each(|hash| tree.push(hash));
        let checkpoint = Checkpoint {
            origin: ORIGIN.to_owned(),
            size,
            root: tree.root(),
        };
        (checkpoint, tree)
    }

    /// Signs as the relay does.
    async fn sign(&self, size: u64) {
        let (checkpoint, tree) = self.checkpoint(size).await;
        assert_eq!(tree.size(), size);
        let note = self.signer().sign(&checkpoint.text()).to_string();
        fs::write(self.file(), &note).expect("written");
        let turn = self.database.store.signing_turn(SignedLog::Events, ORIGIN).await;
        turn.expect("a turn")
            .record(&checkpoint, &note, &[])
            .await
            .expect("kept");
    }

    fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("checkpoint")
    }

    async fn tamper(&self, statements: &str) {
        let each = |what: &str| -> String {
            let tables = ["events", "checkpoints"];
            let lines = tables.map(|table| format!("ALTER TABLE {table} {what} TRIGGER USER;"));
            lines.concat()
        };
        let script = format!("{}{statements};{}", each("DISABLE"), each("ENABLE"));
        sqlx::raw_sql(&script)
            .execute(&self.database.owner)
            .await
            .expect("tampered");
    }

    /// Makes the log's head fit its hashes, as a careful forger would.
    async fn mend_the_head(&self, size: u64) {
        let (_, tree) = self.checkpoint(size).await;
        let subtrees: Vec<&[u8]> = tree.subtrees().iter().map(|it| &it[..]).collect();
        sqlx::query("UPDATE log_head SET size = $1, frontier = $2")
            .bind(tree.size() as i64)
            .bind(subtrees)
            .execute(&self.database.owner)
            .await
            .expect("mended");
    }

    /// Why it must not be signed; nothing when it may be.
    async fn halt(&self) -> Option<&'static str> {
        match examine(&self.database.store, &self.settings).await {
            Ok(()) => None,
            Err(SigningError::Halt(halt)) => Some(halt.reason()),
            Err(fault) => panic!("{fault}"),
        }
    }
}

const CUT: &str = "DELETE FROM events WHERE position > 3";

#[tokio::test]
async fn a_log_that_only_grew_may_be_signed() {
    let log = Log::signed(6, 4).await;
    assert_eq!(log.halt().await, None);
    log.sign(6).await;
    log.grow(2).await;
    assert_eq!(log.halt().await, None);
}

#[tokio::test]
async fn a_tail_that_was_cut_is_noticed_even_where_the_database_forgot_what_was_signed() {
    let log = Log::signed(6, 5).await;
    log.tamper(CUT).await;
    log.mend_the_head(3).await;
    assert_eq!(log.halt().await, Some("shorter"));
    log.tamper("DELETE FROM checkpoints").await;
    assert_eq!(log.halt().await, Some("shorter"), "the file remembers");
    fs::remove_file(log.file()).expect("removed");
    assert_eq!(log.halt().await, None, "nobody remembers");
}

#[tokio::test]
async fn a_tail_that_was_cut_and_grew_again_is_another_history() {
    let log = Log::signed(6, 5).await;
    log.tamper(&format!("{CUT}; DELETE FROM checkpoints")).await;
    log.mend_the_head(3).await;
    log.grow(4).await;
    assert_eq!(log.halt().await, Some("rewritten"));
    // Signed anew by whoever had the database and, for once, the key, but not the file.
    let kept = fs::read(log.file()).expect("read");
    log.sign(7).await;
    fs::write(log.file(), kept).expect("written");
    assert_eq!(log.halt().await, Some("rewritten"));
}

#[tokio::test]
async fn what_was_covered_and_is_another_by_its_hash_is_noticed() {
    let log = Log::signed(6, 5).await;
    log.tamper("UPDATE events SET leaf_hash = sha256('another') WHERE position = 2")
        .await;
    log.mend_the_head(6).await;
    assert_eq!(log.halt().await, Some("rewritten"));
}

#[tokio::test]
async fn a_new_entry_must_be_there_and_have_its_hash() {
    let log = Log::signed(6, 4).await;
    log.tamper(
        "UPDATE events SET payload = '{\"type\":\"ContactMatched\"}'
          WHERE position = 6",
    )
    .await;
    assert_eq!(log.halt().await, Some("changed"));
    let log = Log::signed(6, 4).await;
    log.tamper("DELETE FROM events WHERE position = 5").await;
    assert_eq!(log.halt().await, Some("gap"));
}

#[tokio::test]
async fn a_head_with_another_tree_is_noticed() {
    let log = Log::signed(6, 4).await;
    sqlx::query("UPDATE log_head SET frontier = ARRAY[sha256('a'), sha256('b')]")
        .execute(&log.database.owner)
        .await
        .expect("tampered");
    assert_eq!(log.halt().await, Some("head"));
}

#[tokio::test]
async fn what_another_key_signed_is_not_remembered_as_ours() {
    let log = Log::signed(6, 4).await;
    let (checkpoint, _) = log.checkpoint(6).await;
    let stranger = Signer::new(ORIGIN, &[9; 32]).expect("a name");
    fs::write(log.file(), stranger.sign(&checkpoint.text()).to_string()).expect("written");
    assert_eq!(log.halt().await, Some("foreign"));
}

#[tokio::test]
async fn a_name_that_was_left_still_binds_whoever_goes_back_to_it() {
    let log = Log::signed(6, 5).await;
    let note = fs::read_to_string(log.file()).expect("read");
    let digest = tlog::hash::hex(&tlog::hash::leaf(ORIGIN.as_bytes()));
    let left = log
        .file()
        .with_file_name(format!("checkpoint.left.{}", &digest[..16]));
    fs::write(left, note).expect("written");
    // Signed since under another name, so that the file remembers that one.
    let (checkpoint, _) = log.checkpoint(6).await;
    let other = log
        .settings
        .keyring
        .log_signer("example.org/log-2")
        .expect("a name");
    let renamed = checkpoint.text().replace(ORIGIN, "example.org/log-2");
    fs::write(log.file(), other.sign(&renamed).to_string()).expect("written");
    assert_eq!(log.halt().await, None, "it only grew");
    log.tamper(&format!("{CUT}; DELETE FROM checkpoints")).await;
    log.mend_the_head(3).await;
    log.grow(4).await;
    assert_eq!(log.halt().await, Some("rewritten"));
}

//! What a rewriting hand leaves behind in the log of who looked.

use auditor::{Trust, verify_accesses};
use store::{AccessEntry, SignedLog};
use tlog::{Checkpoint, Frontier, Signer};

use crate::cluster::{Database, migrated_database};

fn signer() -> Signer {
    Signer::new("example.org/log/access", &[7; 32]).expect("a name")
}

/// What the signer's machine remembers as signed.
fn trust(remembered: &[&str]) -> Trust {
    Trust {
        key: signer().verifier().clone(),
        told: false,
        kept: Vec::new(),
        remembered: remembered
            .iter()
            .map(|note| ("file".to_owned(), (*note).to_owned()))
            .collect(),
    }
}

/// Signs what there is, as the relay does.
async fn sign(database: &Database) -> String {
    let mut tree = Frontier::default();
    let hashes = database
        .store
        .tile_hashes(SignedLog::Accesses, 0, 0, 5)
        .await
        .expect("read");
    hashes.into_iter().for_each(|hash| tree.push(hash));
    let checkpoint = Checkpoint {
        origin: "example.org/log/access".to_owned(),
        size: 5,
        root: tree.root(),
    };
    let note = signer().sign(&checkpoint.text()).to_string();
    let turn = database
        .store
        .signing_turn(SignedLog::Accesses, "example.org/log")
        .await;
    let recorded = turn.expect("a turn").record(&checkpoint, &note, &[]).await;
    recorded.expect("kept");
    note
}

async fn five_looks() -> Database {
    let database = migrated_database().await;
    for hand in ["jane", "joe", "jane", "jack", "jane"] {
        let entry = AccessEntry {
            actor: format!("operator:{hand}"),
            role: "privacy_officer".to_owned(),
            purpose: "a complaint".to_owned(),
            registration: None,
            what: "person".to_owned(),
            grant: None,
        };
        database.store.record_access(&entry).await.expect("recorded");
    }
    database
}

async fn first(tampering: &str) -> Option<(u64, String)> {
    let database = five_looks().await;
    let script = format!(
        "ALTER TABLE access_log DISABLE TRIGGER USER; {tampering};
         ALTER TABLE access_log ENABLE ALWAYS TRIGGER access_log_append_only;
         ALTER TABLE access_log ENABLE ALWAYS TRIGGER access_log_never_truncated"
    );
    sqlx::raw_sql(&script)
        .execute(&database.owner)
        .await
        .expect("tampered");
    let report = verify_accesses(&database.store, &trust(&[]))
        .await
        .expect("verified");
    assert_eq!(report.is_whole(), report.differences == 0, "{report}");
    let first = report.first?;
    Some((first.position.expect("a position"), first.what))
}

#[tokio::test]
async fn an_untouched_access_log_is_whole() {
    assert_eq!(first("SELECT").await, None);
    let empty = migrated_database().await;
    assert!(
        verify_accesses(&empty.store, &trust(&[]))
            .await
            .expect("verified")
            .is_whole()
    );
}

#[tokio::test]
async fn each_tampering_is_found_and_its_place_named() {
    let forged = "leaf_hash = sha256('forged')";
    for (tampering, position) in [
        (
            "UPDATE access_log SET actor = 'operator:joe' WHERE position = 3".to_owned(),
            3,
        ),
        (
            "UPDATE access_log SET accessed_at = accessed_at - interval '1 day' WHERE position = 2"
                .to_owned(),
            2,
        ),
        ("DELETE FROM access_log WHERE position = 2".to_owned(), 2),
        ("DELETE FROM access_log WHERE position = 5".to_owned(), 5),
        (format!("UPDATE access_log SET {forged} WHERE position = 4"), 4),
        (
            "UPDATE access_log_head SET size = 4, frontier = ARRAY[frontier[1]]".to_owned(),
            5,
        ),
        (
            "INSERT INTO access_checkpoints (size, root, note) VALUES (3, sha256('forged'), 'x')".to_owned(),
            1,
        ),
        (
            "INSERT INTO access_checkpoints (size, root, note) VALUES (9, sha256('forged'), 'x')".to_owned(),
            6,
        ),
    ] {
        let found = first(&tampering).await;
        assert_eq!(found.map(|it| it.0), Some(position), "{tampering}");
    }
}

#[tokio::test]
async fn a_tail_that_was_cut_with_its_checkpoints_is_missed_by_what_was_signed() {
    let database = five_looks().await;
    let signed = sign(&database).await;
    let whole = verify_accesses(&database.store, &trust(&[&signed])).await;
    let whole = whole.expect("verified");
    assert!(whole.is_whole() && whole.checkpoints == 2, "{whole}");
    let mut tree = Frontier::default();
    let hashes = database.store.tile_hashes(SignedLog::Accesses, 0, 0, 3).await;
    hashes.expect("read").into_iter().for_each(|hash| tree.push(hash));
    let subtrees: Vec<&[u8]> = tree.subtrees().iter().map(|it| &it[..]).collect();
    let cut =
        "ALTER TABLE access_log DISABLE TRIGGER USER; ALTER TABLE access_checkpoints DISABLE TRIGGER USER;
        DELETE FROM access_log WHERE position > 3; DELETE FROM access_checkpoints;
        ALTER TABLE access_log ENABLE ALWAYS TRIGGER access_log_append_only";
    sqlx::raw_sql(cut).execute(&database.owner).await.expect("cut");
    sqlx::query("UPDATE access_log_head SET size = 3, frontier = $1")
        .bind(subtrees)
        .execute(&database.owner)
        .await
        .expect("mended");
    let found = verify_accesses(&database.store, &trust(&[&signed]))
        .await
        .expect("verified");
    assert_eq!(found.first.expect("found").position, Some(4));
    let unsaid = verify_accesses(&database.store, &trust(&[]))
        .await
        .expect("verified");
    assert!(unsaid.is_whole(), "nobody remembers");
}

#[tokio::test]
async fn a_signature_that_is_none_is_not_believed() {
    let database = five_looks().await;
    sign(&database).await;
    let forged = "ALTER TABLE access_checkpoints DISABLE TRIGGER USER;
        UPDATE access_checkpoints SET note = replace(note, '—', 'x')";
    sqlx::raw_sql(forged)
        .execute(&database.owner)
        .await
        .expect("forged");
    let found = verify_accesses(&database.store, &trust(&[]))
        .await
        .expect("verified");
    assert!(found.first.expect("found").what.contains("not to be believed"));
}

//! What a rewriting hand leaves behind in the log of who looked.

use auditor::verify_accesses;
use store::AccessEntry;

use crate::cluster::{Database, migrated_database};

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
    let report = verify_accesses(&database.store).await.expect("verified");
    assert_eq!(report.is_whole(), report.differences == 0, "{report}");
    let first = report.first?;
    Some((first.position.expect("a position"), first.what))
}

#[tokio::test]
async fn an_untouched_access_log_is_whole() {
    assert_eq!(first("SELECT").await, None);
    let empty = migrated_database().await;
    assert!(verify_accesses(&empty.store).await.expect("verified").is_whole());
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
            3,
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

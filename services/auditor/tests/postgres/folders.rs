//! Folders that were forged or spoiled, read by both verifiers of folders: they must not differ.

use std::path::Path;

use auditor::verify_folder;

use crate::tampering::{exported, python, signed_log, signer};

/// What both verifiers say of a folder by the genuine key: whether it is whole, which they must agree on.
fn both_say(folder: &Path) -> bool {
    let key = signer().verifier().clone();
    let in_folder = verify_folder(folder, Some(key), Vec::new(), |_, _| {}).expect("verified");
    let (code, in_python) = python(folder, &[]);
    assert_eq!(
        code,
        if in_folder.is_whole() { 0 } else { 3 },
        "{in_folder}\n{in_python}"
    );
    in_folder.is_whole()
}

#[tokio::test]
async fn a_folder_without_anything_that_the_key_signed_is_nobody_s() {
    let database = signed_log().await;
    let (_guard, folder) = exported(&database.store).await;
    assert!(both_say(&folder));
    let note = std::fs::read_to_string(folder.join("checkpoint")).expect("read");
    let genuine = std::fs::read_to_string(folder.join("checkpoints.ndjson")).expect("read");
    // Whoever has no key takes another name, or none.
    for (checkpoint, checkpoints) in [
        (
            note.replace("example.org/log", "other.example/log"),
            String::new(),
        ),
        (note.replace("example.org/log", "other.example/log"), genuine),
        ("x\n50\nAAAA\n\n\n".to_owned(), String::new()),
        (String::new(), String::new()),
        (note, "junk\n[]\n{\"note\":3}\n".to_owned()),
    ] {
        std::fs::write(folder.join("checkpoint"), checkpoint).expect("written");
        std::fs::write(folder.join("checkpoints.ndjson"), checkpoints).expect("written");
        assert!(!both_say(&folder));
    }
}

#[tokio::test]
async fn both_verifiers_of_a_folder_read_a_line_in_the_same_way_or_not_at_all() {
    let database = signed_log().await;
    let (_guard, folder) = exported(&database.store).await;
    let events = std::fs::read_to_string(folder.join("events.ndjson")).expect("read");
    let fifth = events.lines().nth(4).expect("a line");
    for (found, instead) in [
        ("{\"position\":5,", "{\"position\":5,\"more\":1,"),
        ("{\"position\":5,", "{\"position\":99,\"position\":5,"),
        ("{\"position\":5,", "{\"position\":5.0,"),
        ("{\"position\":5,", "{\"position\":\"5\","),
        ("{\"position\":5,", "{\"position\":null,"),
        ("{\"position\":5,", "{\"position\":-5,"),
        ("{\"position\":5,", "{\"position\":true,"),
        ("{\"position\":5,", "{"),
        ("\"event_type\":", "\"event_type\":\"Forged\",\"event_type\":"),
        (fifth, "[]"),
        (fifth, "null"),
        (fifth, ""),
    ] {
        let line = fifth.replacen(found, instead, 1);
        assert_ne!(line, fifth, "{found}");
        std::fs::write(folder.join("events.ndjson"), events.replacen(fifth, &line, 1)).expect("written");
        assert!(!both_say(&folder), "{instead}");
    }
}

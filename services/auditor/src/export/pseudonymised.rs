//! The same history with other names on it, for test systems.
//!
//! Ids become other ids, SIRETs invented ones (prefix 000000), by a keyed hash: the same one everywhere and in every
//! copy, so that paths stay whole. What is sealed is replaced by a seal that no key opens, reasons in words by a word,
//! metadata by nothing. Event names, codes, times and order stay as they are, which is what a test needs; therefore the
//! copy is pseudonymous, not anonymous: whoever holds the original can tell who is who by the times.
//!
//! There are ten million invented SIRETs, so that among some thousands two establishments may become one.

use std::path::Path;

use keyring::Keyring;
use serde_json::{Value, json};
use store::Store;
use uuid::{Builder, Uuid};

use super::{Exported, Folder, PAGE};
use crate::error::AuditError;
use store::EventRow;

/// Members that hold a SIRET.
const SIRETS: [&str; 2] = ["siret", "successor"];
/// Members that hold words of an operator's.
const WORDS: [&str; 1] = ["reason"];

/// Writes the copy into a folder: `events.ndjson` in the form of an export, and a README.
///
/// # Errors
/// When the folder is there already, or something cannot be read or written.
pub async fn export(
    store: &Store,
    keyring: &Keyring,
    folder: &Path,
    progress: impl Fn(u64, u64),
) -> Result<Exported, AuditError> {
    let size = store.log_head().await?.position();
    let mut fresh = Folder::begin(folder)?;
    fresh.file("README.md", README.as_bytes())?;
    let mut file = fresh.open("events.ndjson")?;
    let (mut due, mut events) = (1, 0);
    while due <= size {
        let page = store.read_log(due, PAGE).await?;
        for entry in page {
            if entry.position != due {
                return Err(AuditError::Gap { position: due });
            }
            if due > size {
                break;
            }
            file.line(&row(keyring, &EventRow::of(&entry))?)?;
            due += 1;
            events += 1;
        }
        if events < due - 1 || events == 0 {
            return Err(AuditError::Gap { position: due });
        }
        progress(due - 1, size);
    }
    fresh.close(file)?;
    fresh.end()?;
    let later = store.log_head().await?.position().saturating_sub(size);
    Ok(Exported {
        folder: folder.to_owned(),
        events,
        covered: 0,
        later,
    })
}

fn row(keyring: &Keyring, row: &EventRow) -> Result<EventRow, AuditError> {
    let unwritable = |source| AuditError::Unwritable {
        position: row.position,
        source,
    };
    let mut payload: Value = serde_json::from_str(&row.payload).map_err(unwritable)?;
    disguise(keyring, &mut payload);
    let mut copy = EventRow {
        aggregate_id: id(keyring, &row.aggregate_id),
        event_id: Uuid::parse_str(&id(keyring, &row.event_id.to_string())).unwrap_or_default(),
        payload: serde_json::to_string(&payload).map_err(unwritable)?,
        metadata: "{}".to_owned(),
        ..row.clone()
    };
    // A hash that fits the copy: it loads as a log of its own, which nobody has signed.
    copy.leaf_hash = copy
        .recomputed_leaf_hash()
        .map_or_else(String::new, |hash| tlog::hash::hex(&hash));
    Ok(copy)
}

/// Replaces what tells of anyone, wherever it stands.
fn disguise(keyring: &Keyring, value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), &*member) {
                    ("sealed", Value::Object(_)) => *member = nobody(),
                    (name, Value::String(text)) if SIRETS.contains(&name) => {
                        *member = siret(keyring, text).into()
                    }
                    (name, Value::String(text)) if WORDS.contains(&name) && !is_code(text) => {
                        *member = "pseudonymised".into();
                    }
                    (_, Value::String(text)) if Uuid::parse_str(text).is_ok() => {
                        *member = id(keyring, text).into()
                    }
                    _ => disguise(keyring, member),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| disguise(keyring, value)),
        _ => {}
    }
}

/// Codes of ours, such as a failure's reason, are written in one word of small letters.
fn is_code(text: &str) -> bool {
    [
        "refused",
        "expired",
        "unsendable",
        "replaced",
        "used",
        "requested",
    ]
    .contains(&text)
}

fn id(keyring: &Keyring, id: &str) -> String {
    Builder::from_custom_bytes(keyring.pseudonym("id", id))
        .into_uuid()
        .to_string()
}

/// An invented SIRET: 000000, seven digits of the hash, and the digit that makes Luhn's sum.
fn siret(keyring: &Keyring, siret: &str) -> String {
    let hash = u128::from_be_bytes(keyring.pseudonym("siret", siret));
    let body = format!("000000{:07}", 1 + hash % 9_999_999);
    let sum: u32 = body
        .bytes()
        .rev()
        .map(|digit| u32::from(digit - b'0'))
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => digit * 2 / 10 + digit * 2 % 10,
            _ => digit,
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

/// A seal in the right form that holds nothing of anyone.
fn nobody() -> Value {
    json!({ "v": 1, "key": Uuid::nil(), "nonce": "AAAAAAAAAAAAAAAA", "ciphertext": "AAAAAAAAAAAAAAAAAAAAAA==" })
}

const README: &str = "# A copy for test systems\n
`events.ndjson` holds the history of a service with other ids and establishment numbers on it, and with nothing that was
sealed. Order, names, codes and times are the originals': the copy is pseudonymous, not anonymous, and no one outside the
organisation should have it. It proves nothing: nobody signed it.\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_value_has_the_same_pseudonym_and_nothing_shines_through() {
        let folder = tempfile::tempdir().unwrap();
        let keyring = Keyring::open(&folder.path().join("master.key")).unwrap();
        let mut value = json!({
            "type": "EstablishmentDeclared", "siret": "73282932000074", "known": false,
            "register_check": { "status": "active", "successor": "73282932000074" },
            "sealed": { "v": 1, "key": "0198f000-0000-7000-8000-000000000001", "nonce": "bm9uY2U=", "ciphertext": "c2VhbGVk" },
            "request_id": "0198f000-0000-7000-8000-000000000002", "reason": "a complaint of Mme Dupont",
        });
        disguise(&keyring, &mut value);
        let text = value.to_string();
        for original in ["73282932000074", "0198f000", "c2VhbGVk", "Dupont"] {
            assert!(!text.contains(original), "{text}");
        }
        assert_eq!(value["siret"], value["register_check"]["successor"]);
        let invented = value["siret"].as_str().unwrap();
        assert!(
            invented.starts_with("000000") && domain::values::Siret::parse(invented).is_ok(),
            "{invented}"
        );
        assert_eq!(value["register_check"]["status"], "active");
    }
}

//! The organisation's contacts: `contact_id,civility,last_name,first_name,email,sirets`.
//!
//! What is kept of a line: keyed indexes of its reference and address, and, sealed, its reference and SIRETs.
//! Names are not even read: the person gives their own, and a fault in one must not keep a contact out.

use domain::values::{Civility, ContactReferences, EmailAddress, Fault, Siret};
use keyring::{BlindIndex, Keyring};
use sqlx::{PgConnection, PgPool};

use super::batches::{Kind, import};
use super::establishments::noted;
use super::{ImportError, ImportReport, Input, Options};

/// Longest reference, in characters.
const REFERENCE_LENGTH_MAX: usize = 200;
/// Most establishments of one contact: more is a broken line, and a burden on whoever answers for them.
pub const SIRETS_MAX: usize = 5_000;

/// Imports a file of contacts.
///
/// `sirets` are separated by `|` and may be none: such a contact is known, and is nobody's contact. Two contacts
/// who share an address stay two. Civility is read as `mme`, `m`, `Mme` or `M.`, and may be empty.
///
/// Errors: the file cannot be read or lacks a column, a line cannot be sealed, or the database does not answer.
pub async fn import_contacts(
    pool: &PgPool,
    keyring: &Keyring,
    input: Input,
    options: Options,
) -> Result<ImportReport, ImportError> {
    import(
        pool,
        Contacts {
            keyring: keyring.clone(),
        },
        input,
        options,
    )
    .await
}

struct Contacts {
    keyring: Keyring,
}

/// What is kept of a line.
pub(crate) struct Line {
    pub(crate) contact_index: [u8; 32],
    pub(crate) email_index: BlindIndex,
    pub(crate) references: ContactReferences,
}

impl Kind for Contacts {
    type Line = Line;
    const NAME: &'static str = "contacts";
    const COLUMNS: &'static [&'static str] = &["contact_id", "civility", "email", "sirets"];
    const KEY_COLUMN: &'static str = "contact_id";

    fn parse(&self, fields: &[&str]) -> Result<Line, Vec<(&'static str, &'static str)>> {
        let &[reference, civility, email, sirets] = fields else {
            return Err(vec![("line", "too-few-fields")]);
        };
        let mut faults = Vec::new();
        let reference = noted(&mut faults, "contact_id", parse_reference(reference));
        let civility = noted(&mut faults, "civility", parse_civility(civility));
        let email = noted(&mut faults, "email", EmailAddress::parse(email));
        let sirets = noted(&mut faults, "sirets", parse_sirets(sirets));
        match (reference, civility, email, sirets) {
            (Some(reference), Some(()), Some(email), Some(sirets)) => Ok(Line {
                contact_index: self.keyring.contact_index(&reference),
                email_index: self.keyring.blind_index(&email),
                references: ContactReferences {
                    contacts: vec![reference],
                    sirets,
                },
            }),
            _ => Err(faults),
        }
    }

    fn key(line: &Line) -> u128 {
        line.contact_index
            .first_chunk()
            .map_or(0, |head| u128::from_be_bytes(*head))
    }

    async fn write(&self, lines: Vec<Line>, connection: &mut PgConnection) -> Result<u64, ImportError> {
        let written = crate::contacts::upsert(connection, &self.keyring, lines).await?;
        Ok(written.new + written.changed)
    }
}

/// A reference of the organisation's own: 1 to 200 characters, none of them a control character.
///
/// Faults: `required`, `invalid-character`, `too-long`.
pub fn parse_reference(text: &str) -> Result<String, Fault> {
    match text.chars().count() {
        0 => Err(Fault("required")),
        _ if text.chars().any(char::is_control) => Err(Fault("invalid-character")),
        1..=REFERENCE_LENGTH_MAX => Ok(text.to_owned()),
        _ => Err(Fault("too-long")),
    }
}

/// Read only to notice columns that have slipped. Fault: `unknown-value`.
pub fn parse_civility(text: &str) -> Result<(), Fault> {
    if text.is_empty() {
        Ok(())
    } else {
        Civility::parse(text).map(|_| ())
    }
}

fn parse_sirets(text: &str) -> Result<Vec<Siret>, Fault> {
    let mut sirets = Vec::new();
    for part in text.split('|').filter(|part| !part.trim().is_empty()) {
        let siret = Siret::parse(part)?;
        if !sirets.contains(&siret) {
            sirets.push(siret);
        }
        if sirets.len() > SIRETS_MAX {
            return Err(Fault("too-long"));
        }
    }
    Ok(sirets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sirets_are_separated_by_bars_and_kept_once_in_order() {
        let sirets = parse_sirets("00000040600025| 000 000 406 00017 ||00000040600025").unwrap();
        assert_eq!(
            sirets.iter().map(Siret::as_str).collect::<Vec<_>>(),
            ["00000040600025", "00000040600017"]
        );
        assert_eq!(parse_sirets("").unwrap(), []);
        assert_eq!(parse_sirets("00000040600025|1"), Err(Fault("siret-length")));
    }

    #[test]
    fn bad_fields_are_named_and_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let contacts = Contacts {
            keyring: Keyring::open(&folder.path().join("master.key")).unwrap(),
        };
        let Err(faults) = contacts.parse(&["", "Dr", "nobody", "123"]) else {
            panic!("accepted")
        };
        let expected = [
            ("contact_id", "required"),
            ("civility", "unknown-value"),
            ("email", "email-format"),
            ("sirets", "siret-length"),
        ];
        assert_eq!(faults, expected);
        for civility in ["Mme", "M.", "mme", "m", ""] {
            assert!(
                contacts
                    .parse(&["1", civility, "a@example.org", "00000040600017"])
                    .is_ok(),
                "{civility}"
            );
        }
    }

    #[test]
    fn a_fingerprint_changes_with_everything_that_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let contacts = Contacts {
            keyring: Keyring::open(&folder.path().join("master.key")).unwrap(),
        };
        let print = |fields: &[&str]| {
            contacts
                .parse(fields)
                .map(|line| crate::contacts::fingerprint(&contacts.keyring, &line))
                .unwrap()
        };
        let first = print(&["1", "Mme", "a@example.org", "00000040600017"]);
        assert_eq!(first, print(&["1", "M.", "A@Example.org", "00000040600017"]));
        assert_ne!(first, print(&["2", "Mme", "a@example.org", "00000040600017"]));
        assert_ne!(first, print(&["1", "Mme", "b@example.org", "00000040600017"]));
        assert_ne!(
            first,
            print(&["1", "Mme", "a@example.org", "00000040600017|00000040600025"])
        );
    }
}

//! The organisation's contacts: `contact_id,civility,last_name,first_name,email,sirets`.
//!
//! What is kept of a line: keyed indexes of its reference and address, and, sealed, its reference and SIRETs.
//! Civility and names are not even read: the person gives their own, and a fault in one must not keep a contact out.

use domain::values::{ContactReferences, EmailAddress};
use keyring::{BlindIndex, Keyring};
use sqlx::{PgConnection, PgPool};

use super::batches::import;
use super::cells::{parse_reference, parse_sirets};
use super::establishments::noted;
use super::headings::{Column, needed};
use super::kind::{Faults, Kind, Rows, counted, row_error};
use super::{ImportError, ImportReport, Input, Options};
use crate::contacts::fingerprint;

/// Imports a file of contacts.
///
/// `sirets` are separated by `|` and may be none: such a contact is known, and is nobody's contact. Two contacts
/// who share an address stay two.
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
    const COLUMNS: &'static [Column] = &[
        needed(
            "contact_id",
            &[
                "idcontact",
                "identifiantcontact",
                "referencecontact",
                "refcontact",
                "numerocontact",
                "ncontact",
                "codecontact",
                "identifiant",
                "reference",
                "ref",
                "id",
            ],
        ),
        needed(
            "email",
            &[
                "mail",
                "courriel",
                "adressemail",
                "adresseemail",
                "adressecourriel",
                "adresseelectronique",
                "adressedemessagerie",
                "emailcontact",
                "mel",
            ],
        ),
        needed(
            "sirets",
            &[
                "siret",
                "listesirets",
                "numerosiret",
                "numerossiret",
                "nsiret",
                "nosiret",
                "numsiret",
                "etablissements",
            ],
        ),
    ];
    const KEY_COLUMN: &'static str = "contact_id";
    const KEY: (&'static str, &'static str) = ("contact_index", "bytea");
    const STAGED: &'static str = "contact_index bytea, email_index bytea, sealed bytea, fingerprint bytea";

    fn parse(&self, fields: &[&str]) -> Result<Line, Faults> {
        let &[reference, email, sirets] = fields else {
            return Err(vec![("line", "too-few-fields")]);
        };
        let mut faults = Vec::new();
        let reference = noted(&mut faults, "contact_id", parse_reference(reference));
        let email = noted(&mut faults, "email", EmailAddress::parse(email));
        let sirets = noted(&mut faults, "sirets", parse_sirets(sirets));
        match (reference, email, sirets) {
            (Some(reference), Some(email), Some(sirets)) => Ok(Line {
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

    fn key(&self, line: &Line) -> String {
        bytes(&line.contact_index)
    }

    fn key_of_bad(&self, fields: &[&str]) -> Option<String> {
        let reference = parse_reference(fields.first()?).ok()?;
        Some(bytes(&self.keyring.contact_index(&reference)))
    }

    fn stage(&self, line: &Line, rows: &mut Rows) -> Result<(), ImportError> {
        let sealed = self
            .keyring
            .seal_directory(&line.contact_index, &line.references)
            .map_err(ImportError::Sealing)?;
        rows.write_record([
            bytes(&line.contact_index),
            bytes(line.email_index.as_bytes()),
            bytes(&sealed),
            bytes(&fingerprint(&self.keyring, line)),
        ])
        .map_err(row_error)
    }

    /// Each sealing differs, so a contact that stands as it did is told by its fingerprint.
    async fn merge(connection: &mut PgConnection) -> Result<(u64, u64), sqlx::Error> {
        counted(
            "WITH written AS (
               INSERT INTO directory.contacts (contact_index, email_index, sealed, fingerprint)
               SELECT news.* FROM pg_temp.staged AS news LEFT JOIN directory.contacts AS held USING (contact_index)
                WHERE held.fingerprint IS DISTINCT FROM news.fingerprint
               ON CONFLICT (contact_index) DO UPDATE
                  SET (email_index, sealed, fingerprint, imported_at)
                    = (excluded.email_index, excluded.sealed, excluded.fingerprint, clock_timestamp())
               RETURNING (xmax = 0) AS is_new)
             SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written",
            connection,
        )
        .await
    }
}

/// Bytes as `COPY` takes them.
fn bytes(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 + 2 * bytes.len());
    text.push_str("\\x");
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_fields_are_named_and_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let contacts = Contacts {
            keyring: Keyring::open(&folder.path().join("master.key")).unwrap(),
        };
        let Err(faults) = contacts.parse(&["", "nobody", "123"]) else {
            panic!("accepted")
        };
        let expected = [
            ("contact_id", "required"),
            ("email", "email-format"),
            ("sirets", "siret-length"),
        ];
        assert_eq!(faults, expected);
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
        let first = print(&["1", "a@example.org", "00000040600017"]);
        assert_eq!(first, print(&["1", "A@Example.org", "00000040600017"]));
        assert_ne!(first, print(&["2", "a@example.org", "00000040600017"]));
        assert_ne!(first, print(&["1", "b@example.org", "00000040600017"]));
        assert_ne!(
            first,
            print(&["1", "a@example.org", "00000040600017|00000040600025"])
        );
    }
}

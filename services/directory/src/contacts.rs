//! Contacts as they are kept, whoever brings them: a file, or the organisation's system over HTTP.
//!
//! What is kept of a contact: keyed indexes of its reference and address, and, sealed, its reference and SIRETs. A trigger
//! notes each address whose contacts have changed (see [`crate::contact_changes`]).

use std::collections::HashMap;

use domain::values::{ContactReferences, EmailAddress, Siret};
use keyring::Keyring;
use sqlx::PgConnection;

use crate::import::ContactLine;
pub use crate::import::{SIRETS_MAX, parse_reference};
use crate::{Directory, DirectoryError};

/// What is kept of one contact.
#[derive(Clone)]
pub struct Contact {
    /// The organisation's reference; see [`parse_reference`].
    pub reference: String,
    /// The address.
    pub email: EmailAddress,
    /// The establishments that they may act for, each once, at most [`SIRETS_MAX`].
    pub sirets: Vec<Siret>,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Contact([personal])")
    }
}

/// What is asked for one contact.
#[derive(Clone, Debug)]
pub enum ContactChange {
    /// To stand as given, whether or not it stood before.
    Keep(Contact),
    /// To be forgotten. Establishments that a person was attached to by it stay attached: that has happened.
    Remove(String),
}

impl ContactChange {
    fn reference(&self) -> &str {
        match self {
            Self::Keep(contact) => &contact.reference,
            Self::Remove(reference) => reference,
        }
    }
}

/// What came of it, in contacts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Not there before.
    pub new: u64,
    /// Stood otherwise before.
    pub changed: u64,
    /// Stood so before.
    pub unchanged: u64,
    /// Were there and are no longer.
    pub removed: u64,
}

impl Directory {
    /// Makes these changes, all or none. Of several for one contact the last holds.
    ///
    /// # Errors
    /// The database does not answer, an import is writing ([`DirectoryError::Busy`]), or a contact cannot be sealed.
    pub async fn change_contacts(&self, changes: &[ContactChange]) -> Result<Written, DirectoryError> {
        let mut last: HashMap<&str, &ContactChange> = HashMap::new();
        for change in changes {
            last.insert(change.reference(), change);
        }
        let (mut kept, mut removed) = (Vec::new(), Vec::new());
        for change in last.into_values() {
            match change {
                ContactChange::Keep(contact) => kept.push(ContactLine::of(&self.keyring, contact)),
                ContactChange::Remove(reference) => removed.push(self.keyring.contact_index(reference)),
            }
        }
        let mut transaction = database::begin(&self.pool).await?;
        write_alone(&mut transaction).await?;
        let mut written = upsert(&mut transaction, &self.keyring, kept).await?;
        written.removed = remove(&mut transaction, &removed).await?;
        transaction.commit().await?;
        Ok(written)
    }
}

/// Waits for other writers of the directory and keeps them out until the transaction ends: so what was read stays true
/// until it is written, and two that name the same rows in another order cannot lock each other out.
pub(crate) async fn write_alone(connection: &mut PgConnection) -> Result<(), DirectoryError> {
    let waited = sqlx::query("SELECT pg_advisory_xact_lock(hashtext('directory.imports'))")
        .execute(connection)
        .await;
    match waited {
        Ok(_) => Ok(()),
        Err(sqlx::Error::Database(refusal)) if refusal.code().is_some_and(|it| it == LOCK_NOT_AVAILABLE) => {
            Err(DirectoryError::Busy)
        }
        Err(error) => Err(error.into()),
    }
}

/// PostgreSQL's code for a lock that was waited for too long.
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// Puts contacts in place, within the caller's transaction. Only those that do not stand there word for word are sealed
/// and written, which makes the daily import of a full export cheap.
///
/// # Errors
/// The database refuses, or a contact cannot be sealed.
pub(crate) async fn upsert(
    connection: &mut PgConnection,
    keyring: &Keyring,
    lines: Vec<ContactLine>,
) -> Result<Written, DirectoryError> {
    let held = fingerprints(connection, &lines).await?;
    let mut written = Written::default();
    let mut columns: [Vec<Vec<u8>>; 4] = Default::default();
    for line in lines {
        let fingerprint = fingerprint(keyring, &line);
        match held.get(line.contact_index.as_slice()) {
            Some(same) if same.as_slice() == fingerprint => {
                written.unchanged += 1;
                continue;
            }
            Some(_) => written.changed += 1,
            None => written.new += 1,
        }
        let sealed = keyring
            .seal_directory(&line.contact_index, &line.references)
            .map_err(DirectoryError::NotSealed)?;
        let row = [
            line.contact_index.to_vec(),
            line.email_index.as_bytes().to_vec(),
            sealed,
            fingerprint.to_vec(),
        ];
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    let [contact_index, email_index, sealed, fingerprint] = columns;
    if contact_index.is_empty() {
        return Ok(written);
    }
    sqlx::query(
        "INSERT INTO directory.contacts (contact_index, email_index, sealed, fingerprint)
         SELECT * FROM UNNEST($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[])
         ON CONFLICT (contact_index) DO UPDATE
            SET (email_index, sealed, fingerprint, imported_at)
              = (excluded.email_index, excluded.sealed, excluded.fingerprint, clock_timestamp())",
    )
    .bind(contact_index)
    .bind(email_index)
    .bind(sealed)
    .bind(fingerprint)
    .execute(connection)
    .await?;
    Ok(written)
}

/// Takes contacts away, within the caller's transaction. Answers how many there were.
///
/// # Errors
/// The database refuses.
pub(crate) async fn remove(
    connection: &mut PgConnection,
    indexes: &[[u8; 32]],
) -> Result<u64, DirectoryError> {
    if indexes.is_empty() {
        return Ok(0);
    }
    let indexes: Vec<&[u8]> = indexes.iter().map(<[u8; 32]>::as_slice).collect();
    let removed = sqlx::query("DELETE FROM directory.contacts WHERE contact_index = ANY($1)")
        .bind(indexes)
        .execute(connection)
        .await?;
    Ok(removed.rows_affected())
}

/// The fingerprints under which these contacts stand, where they do.
async fn fingerprints(
    connection: &mut PgConnection,
    lines: &[ContactLine],
) -> Result<HashMap<Vec<u8>, Vec<u8>>, sqlx::Error> {
    let asked: Vec<&[u8]> = lines.iter().map(|it| it.contact_index.as_slice()).collect();
    let rows: Vec<(Vec<u8>, Vec<u8>)> = sqlx::query_as(
        "SELECT contact_index, fingerprint FROM directory.contacts WHERE contact_index = ANY($1)",
    )
    .bind(asked)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().collect())
}

/// Equal for equal contacts and for no others; keyed, so that it gives nothing away.
pub(crate) fn fingerprint(keyring: &Keyring, line: &ContactLine) -> [u8; 32] {
    let mut parts: Vec<&[u8]> = vec![b"contact", &line.contact_index, line.email_index.as_bytes()];
    parts.extend(line.references.sirets.iter().map(|it| it.as_str().as_bytes()));
    keyring.request_hash(&parts)
}

impl ContactLine {
    fn of(keyring: &Keyring, contact: &Contact) -> Self {
        Self {
            contact_index: keyring.contact_index(&contact.reference),
            email_index: keyring.blind_index(&contact.email),
            references: ContactReferences {
                contacts: vec![contact.reference.clone()],
                sirets: contact.sirets.clone(),
            },
        }
    }
}

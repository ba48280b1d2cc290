//! What the steps of a registration ask the directory. One round trip each, always the committed truth.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::registration::event::LinkedBy;
use domain::values::{ContactReferences, EstablishmentNumber, Idcc, Siret};
use keyring::{BlindIndex, Keyring};
use sqlx::PgPool;
use subtle::{Choice, ConstantTimeEq};

/// The organisation's directory.
#[derive(Clone)]
pub struct Directory {
    pub(crate) pool: PgPool,
    pub(crate) keyring: Keyring,
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Directory")
    }
}

/// Why a look-up failed.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The database does not answer.
    #[error("the directory's database does not answer: {0}")]
    Database(#[from] sqlx::Error),
    /// A contact was sealed under another master key.
    #[error(
        "a contact cannot be opened; was it imported under another master key? Import the contacts again: {0}"
    )]
    Sealing(#[source] keyring::KeyringError),
    /// A contact could not be sealed.
    #[error("a contact could not be sealed: {0}")]
    NotSealed(#[source] keyring::KeyringError),
    /// An import is writing and takes its time.
    #[error("an import is writing to the directory; ask again later")]
    Busy,
    /// A column holds what no import writes.
    #[error("column {0} of the directory holds what no import writes")]
    Column(&'static str),
}

/// An establishment known to the organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Establishment {
    /// Its SIRET.
    pub siret: Siret,
    /// Its name, as the organisation writes it.
    pub name: String,
    /// Its collective agreement, where known.
    pub idcc: Option<Idcc>,
    /// Whether the organisation has it as active or closed.
    pub state: EstablishmentState,
}

/// Whether the organisation has an establishment as active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EstablishmentState {
    /// Active.
    Active,
    /// Closed.
    Closed {
        /// Since when, where a message said so; the organisation's file has no column for it.
        closed_on: Option<NaiveDate>,
    },
}

impl Directory {
    /// A directory over the service's own connections.
    pub fn new(pool: PgPool, keyring: Keyring) -> Self {
        Self { pool, keyring }
    }

    /// The contacts of an address: their references, and every establishment of theirs, each once, in the order of
    /// import. Nothing when no contact has the address, or none of them has an establishment.
    ///
    /// The persons behind one shared address are not merged: their references stay apart, and only what they
    /// may act for is put together.
    pub async fn contacts_of(
        &self,
        address: &BlindIndex,
    ) -> Result<Option<ContactReferences>, DirectoryError> {
        let rows: Vec<(Vec<u8>, Vec<u8>)> = sqlx::query_as(
            "SELECT contact_index, sealed FROM directory.contacts WHERE email_index = $1 ORDER BY arrival",
        )
        .bind(address.as_bytes().as_slice())
        .fetch_all(&self.pool)
        .await?;
        let mut contacts = Vec::with_capacity(rows.len());
        for (index, sealed) in rows {
            let index: [u8; 32] = index
                .try_into()
                .map_err(|_| DirectoryError::Column("contacts.contact_index"))?;
            contacts.push((index, sealed));
        }
        self.opened(contacts)
    }

    /// The same of rows that were read already: a contact's index and what is sealed under it, in the order of import.
    ///
    /// # Errors
    /// [`DirectoryError::Sealing`].
    pub fn opened(
        &self,
        contacts: impl IntoIterator<Item = ([u8; 32], Vec<u8>)>,
    ) -> Result<Option<ContactReferences>, DirectoryError> {
        let mut found = ContactReferences {
            contacts: Vec::new(),
            sirets: Vec::new(),
        };
        for (index, sealed) in contacts {
            let contact: ContactReferences = self
                .keyring
                .open_directory(&index, &sealed)
                .map_err(DirectoryError::Sealing)?;
            found.contacts.extend(contact.contacts);
            for siret in contact.sirets {
                if !found.sirets.contains(&siret) {
                    found.sirets.push(siret);
                }
            }
        }
        Ok(Some(found).filter(|it| !it.sirets.is_empty()))
    }

    /// The establishment of a SIRET, when the organisation knows it.
    pub async fn establishment(&self, siret: &Siret) -> Result<Option<Establishment>, DirectoryError> {
        let row: Option<(String, Option<String>, String, Option<NaiveDate>)> = sqlx::query_as(
            "SELECT name, idcc, state, closed_on FROM directory.establishments WHERE siret = $1",
        )
        .bind(siret.as_str())
        .fetch_optional(&self.pool)
        .await?;
        row.map(|(name, idcc, state, closed_on)| {
            let idcc = idcc.map(|it| Idcc::parse(&it)).transpose();
            let state = match state.as_str() {
                "active" => EstablishmentState::Active,
                "closed" => EstablishmentState::Closed { closed_on },
                _ => return Err(DirectoryError::Column("establishments.state")),
            };
            let idcc = idcc.map_err(|_| DirectoryError::Column("establishments.idcc"))?;
            Ok(Establishment {
                siret: siret.clone(),
                name,
                idcc,
                state,
            })
        })
        .transpose()
    }

    /// Which of the establishment's numbers was given; nothing when neither, or when the establishment is unknown.
    ///
    /// Both comparisons are always made and take the same time whatever is compared, so that nothing can be
    /// learnt of a number by trying.
    pub async fn number_matches(
        &self,
        siret: &Siret,
        given: &EstablishmentNumber,
    ) -> Result<Option<LinkedBy>, DirectoryError> {
        let row: Option<(Option<String>, Option<String>)> = sqlx::query_as(
            "SELECT member_number, training_declaration_number FROM directory.establishments WHERE siret = $1",
        )
        .bind(siret.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let (member, training) = row.unwrap_or_default();
        Ok(matched(given.as_str(), member.as_deref(), training.as_deref()))
    }

    /// What the organisation says of these establishments, for answers. Those that it does not know are left out.
    pub async fn profiles_of(&self, sirets: &[Siret]) -> Result<HashMap<Siret, Profile>, DirectoryError> {
        if sirets.is_empty() {
            return Ok(HashMap::new());
        }
        let asked: Vec<&str> = sirets.iter().map(Siret::as_str).collect();
        let rows: Vec<(String, String, Option<String>, bool)> = sqlx::query_as(
            "SELECT e.siret, e.name, e.idcc, e.state = 'closed' FROM unnest($1::text[]) AS wanted(siret)
              CROSS JOIN LATERAL (SELECT * FROM directory.establishments o WHERE o.siret = wanted.siret LIMIT 1) e",
        )
        .bind(asked)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(siret, name, idcc, is_closed)| {
                let idcc = idcc.map(|it| Idcc::parse(&it)).transpose();
                Ok((
                    Siret::kept(siret).map_err(|_| DirectoryError::Column("establishments.siret"))?,
                    Profile {
                        name,
                        idcc: idcc.map_err(|_| DirectoryError::Column("establishments.idcc"))?,
                        is_closed,
                    },
                ))
            })
            .collect()
    }
}

/// What the organisation says of an establishment, for answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Its agreement.
    pub idcc: Option<Idcc>,
    /// Whether it is closed.
    pub is_closed: bool,
}

/// Both comparisons are made before either result is looked at.
fn matched(given: &str, member: Option<&str>, training: Option<&str>) -> Option<LinkedBy> {
    let is_member = same_number(given, member);
    let is_training = same_number(given, training);
    if bool::from(is_member) {
        Some(LinkedBy::MemberNumber)
    } else if bool::from(is_training) {
        Some(LinkedBy::TrainingOrganisationNumber)
    } else {
        None
    }
}

/// Room for any number: those parsed have at most 20 characters, and the rest is zero bytes.
const NUMBER_ROOM: usize = 32;

/// Compares in constant time. An absent number is compared too, as one that nobody can give.
fn same_number(given: &str, held: Option<&str>) -> Choice {
    let absent = Choice::from(u8::from(held.is_none()));
    roomy(given).ct_eq(&roomy(held.unwrap_or_default())) & !absent
}

/// Zeros in front of digits do not count: a spreadsheet may have taken them, from the organisation's number or from the
/// letter by which a person knows it.
fn roomy(number: &str) -> [u8; NUMBER_ROOM] {
    let number = match number.bytes().all(|b| b.is_ascii_digit()) {
        true => number.trim_start_matches('0'),
        false => number,
    };
    let mut room = [0; NUMBER_ROOM];
    for (place, byte) in room.iter_mut().zip(number.bytes()) {
        *place = byte;
    }
    room
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_matches_as_what_it_is() {
        let (member, training) = (Some("1000001"), Some("11759000675"));
        assert_eq!(matched("1000001", member, training), Some(LinkedBy::MemberNumber));
        assert_eq!(
            matched("11759000675", member, training),
            Some(LinkedBy::TrainingOrganisationNumber)
        );
        assert_eq!(matched("1000002", member, training), None);
        assert_eq!(matched("100000", member, training), None);
        assert_eq!(matched("10000010", member, training), None);
        assert_eq!(
            matched("01000001", member, training),
            Some(LinkedBy::MemberNumber)
        );
        assert_eq!(matched("12", Some("0012"), None), Some(LinkedBy::MemberNumber));
        assert_eq!(matched("A12", Some("0A12"), None), None);
    }

    #[test]
    fn an_absent_number_matches_nothing() {
        assert_eq!(matched("1000001", None, None), None);
        assert_eq!(matched("", None, None), None);
    }
}

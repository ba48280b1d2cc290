//! The invented directory of `up --demo`: sixteen establishments and their contacts, nobody real.

use std::io::Cursor;

use keyring::Keyring;
use sqlx::PgPool;

use crate::import::{ImportError, ImportReport, Input, Options, import_contacts, import_establishments};

const CONTACTS: &str = include_str!("../data/demo/contacts.csv");
const ESTABLISHMENTS: &str = include_str!("../data/demo/establishments.csv");

/// An address of its contacts, for whoever tries the pages.
pub const KNOWN_CONTACT: &str = "contact01@example.org";
/// A SIRET of its establishments, with the member number that goes with it.
pub const KNOWN_ESTABLISHMENT: (&str, &str) = ("000 000 406 00017", "1000001");

/// What loading the demonstration did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// Of its establishments.
    pub establishments: ImportReport,
    /// Of its contacts.
    pub contacts: ImportReport,
}

/// Loads the demonstration's establishments and contacts. Loading them again changes nothing.
///
/// Errors: the database does not answer, or a contact cannot be sealed.
pub async fn load_demonstration(pool: &PgPool, keyring: &Keyring) -> Result<Loaded, ImportError> {
    let strict = || Options {
        strict: true,
        ..Options::default()
    };
    let establishments =
        import_establishments(pool, Input::new(Cursor::new(ESTABLISHMENTS)), strict()).await?;
    let contacts = import_contacts(pool, keyring, Input::new(Cursor::new(CONTACTS)), strict()).await?;
    Ok(Loaded {
        establishments,
        contacts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_to_try_is_there() {
        let (siret, number) = KNOWN_ESTABLISHMENT;
        let begins = format!("{},", siret.replace(' ', ""));
        let line = ESTABLISHMENTS.lines().find(|it| it.starts_with(&begins));
        assert!(line.unwrap().contains(&format!(",{number},")));
        assert!(CONTACTS.contains(KNOWN_CONTACT));
    }
}

//! The invented directory of `up --demo`: sixteen establishments and their contacts, nobody real.

use std::io::Cursor;

use keyring::Keyring;
use sqlx::PgPool;

use crate::import::{ImportError, ImportReport, Input, Options, import_contacts, import_establishments};

const CONTACTS: &str = include_str!("../data/demo/contacts.csv");
const ESTABLISHMENTS: &str = include_str!("../data/demo/establishments.csv");

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

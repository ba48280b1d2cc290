//! What is sealed: who a person is, and which contacts they are. In memory only while it is needed.

use serde::{Deserialize, Serialize};

use super::{Civility, EmailAddress, PersonName, Siret};

/// The sealed content of `IdentitySubmitted` and `IdentityRectified`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// How the person is addressed.
    pub civility: Civility,
    /// Last name.
    pub last_name: PersonName,
    /// First name.
    pub first_name: PersonName,
    /// Address that mails go to.
    pub email: EmailAddress,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity([personal])")
    }
}

/// The sealed content of `ContactMatched`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactReferences {
    /// The organisation's own references of the contacts that share the address.
    pub contacts: Vec<String>,
    /// Every establishment of theirs, each once.
    pub sirets: Vec<Siret>,
}

impl std::fmt::Debug for ContactReferences {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ContactReferences([personal])")
    }
}

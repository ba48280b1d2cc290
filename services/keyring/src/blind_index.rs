//! Keyed indexes: they find a person's row again without saying who it is to anyone without the key.

use domain::values::{EmailAddress, Siret};
use zeroize::Zeroizing;

use crate::Keyring;
use crate::subkeys::Label;

/// The keyed index of an address, or of an establishment. The same for every spelling; meaningless without the key.
///
/// It belongs into tables that erasure reaches, never into an event. `Debug` does not show it: whoever
/// could compare two logs would learn that they speak of one person.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlindIndex(pub [u8; 32]);

impl BlindIndex {
    /// The bytes, for a column of the store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for BlindIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BlindIndex([personal])")
    }
}

impl Keyring {
    /// The index of an address's canonical form.
    pub fn blind_index(&self, address: &EmailAddress) -> BlindIndex {
        let canonical = Zeroizing::new(address.canonical());
        BlindIndex(self.subkeys().mac(Label::AddressIndex, &[canonical.as_bytes()]))
    }

    /// The index of an establishment, under which attempts at its number are counted: the counts stand beside
    /// registrations, and must not say who named which establishment.
    pub fn establishment_index(&self, siret: &Siret) -> BlindIndex {
        BlindIndex(
            self.subkeys()
                .mac(Label::EstablishmentIndex, &[siret.as_str().as_bytes()]),
        )
    }

    /// The index of a contact directory's entry: of the organisation's reference, or of any text that names it.
    pub fn contact_index(&self, reference: &str) -> [u8; 32] {
        self.subkeys().mac(Label::ContactIndex, &[reference.as_bytes()])
    }
}

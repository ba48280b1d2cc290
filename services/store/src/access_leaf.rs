//! The hash of an entry in the access log, told so that a stranger can compute it again from the table.
//!
//! ```text
//! leaf hash = SHA-256( 0x00 ‖ field ‖ field ‖ … )             0x00 marks a leaf (RFC 6962, section 2.1)
//! field     = length of the bytes, unsigned, 8 bytes, big-endian ‖ the bytes
//!
//! fields, in this order:
//!   "onboarding/access/v1"  the domain, which also numbers this form (ASCII)
//!   accessed_at             microseconds since 1970-01-01T00:00:00Z, signed, 8 bytes, big-endian
//!   actor                   UTF-8
//!   role                    UTF-8
//!   purpose                 UTF-8
//!   registration_id         the 16 bytes of the UUID; no bytes where there is none
//!   what                    UTF-8
//!   grant_id                the 16 bytes of the UUID; no bytes where there is none
//! ```
//!
//! The position is not among them, as in the events' log: it is the leaf's index in the tree, less one.

use chrono::{DateTime, Utc};

use crate::access::AccessEntry;
use crate::leaf::framed;

/// Separates these leaves from any other use of the hash, and numbers the form.
const DOMAIN: &str = "onboarding/access/v1";

/// The hash of an entry that was recorded at this time.
pub fn hash(entry: &AccessEntry, accessed_at: DateTime<Utc>) -> [u8; 32] {
    framed(&[
        DOMAIN.as_bytes(),
        &accessed_at.timestamp_micros().to_be_bytes(),
        entry.actor.as_bytes(),
        entry.role.as_bytes(),
        entry.purpose.as_bytes(),
        entry.registration.as_ref().map_or(&[][..], |id| id.0.as_bytes()),
        entry.what.as_bytes(),
        entry.grant.as_ref().map_or(&[][..], |id| id.as_bytes()),
    ])
}

#[cfg(test)]
mod tests {
    use domain::values::RegistrationId;
    use uuid::Uuid;

    use super::*;

    /// Computed apart, by ten lines of Python written from the text above. It never changes: stored hashes rest on it.
    #[test]
    fn the_form_is_the_one_that_the_head_of_this_file_tells() {
        let entry = AccessEntry {
            actor: "operator:jane".to_owned(),
            role: "privacy_officer".to_owned(),
            purpose: "Plainte n° 7".to_owned(),
            registration: Some(RegistrationId(Uuid::from_u128(
                0x0198f000_0000_7000_8000_000000000001,
            ))),
            what: "person".to_owned(),
            grant: None,
        };
        let at = DateTime::from_timestamp_micros(1_790_000_000_000_001).expect("in range");
        let hex: String = hash(&entry, at)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            hex,
            "5e1339c850b6dbd81fa6d9252577339129264433c3e7dc0af9a1fd0f9006d390"
        );
    }
}

//! The hash of an event in the log, told so that a stranger can compute it again from the table.
//!
//! ```text
//! leaf hash = SHA-256( 0x00 ‖ field ‖ field ‖ … )             0x00 marks a leaf (RFC 6962, section 2.1)
//! field     = length of the bytes, unsigned, 8 bytes, big-endian ‖ the bytes
//!
//! fields, in this order, each column of the row once:
//!   "onboarding/event/v1"   the domain, which also numbers this form (ASCII)
//!   aggregate_type          UTF-8
//!   aggregate_id            UTF-8
//!   sequence                8 bytes, big-endian
//!   event_type              UTF-8
//!   event_version           UTF-8
//!   payload                 the text as stored (payload::text), never parsed and written again
//!   metadata                the text as stored
//!   insert_order            8 bytes, big-endian
//!   event_id                the 16 bytes of the UUID
//!   recorded_at             microseconds since 1970-01-01T00:00:00Z, signed, 8 bytes, big-endian
//! ```
//!
//! The log's position is not among them: it is the leaf's index in the tree (position 1 is leaf 0), which the tree's
//! root and every proof bind already. Sealed members are hashed as they stand, so that destroying a person's key
//! changes no hash and no proof.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Distinguishes the hash of a leaf from that of two subtrees (RFC 6962, section 2.1).
const LEAF_PREFIX: u8 = 0x00;
/// Separates these leaves from any other use of the hash, and numbers the form.
const DOMAIN: &str = "onboarding/event/v1";

/// Every stored column of an event.
#[derive(Clone, Copy, Debug)]
pub struct LeafColumns<'a> {
    /// `registration`.
    pub aggregate_type: &'a str,
    /// The registration's id, as text.
    pub aggregate_id: &'a str,
    /// Its place within the registration, from 1.
    pub sequence: u64,
    /// Its name.
    pub event_type: &'a str,
    /// Its version.
    pub event_version: &'a str,
    /// JSON, as stored.
    pub payload: &'a str,
    /// JSON, as stored.
    pub metadata: &'a str,
    /// The order of insertion.
    pub insert_order: i64,
    /// The event's id.
    pub event_id: Uuid,
    /// When it was appended, to the microsecond.
    pub recorded_at: DateTime<Utc>,
}

impl LeafColumns<'_> {
    /// The leaf's hash.
    pub fn hash(&self) -> [u8; 32] {
        framed(&[
            DOMAIN.as_bytes(),
            self.aggregate_type.as_bytes(),
            self.aggregate_id.as_bytes(),
            &self.sequence.to_be_bytes(),
            self.event_type.as_bytes(),
            self.event_version.as_bytes(),
            self.payload.as_bytes(),
            self.metadata.as_bytes(),
            &self.insert_order.to_be_bytes(),
            self.event_id.as_bytes(),
            &self.recorded_at.timestamp_micros().to_be_bytes(),
        ])
    }
}

/// The hash of a leaf of these fields, each framed by its length.
pub(crate) fn framed(fields: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new_with_prefix([LEAF_PREFIX]);
    for field in fields {
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field);
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed apart, by ten lines of Python written from the text above. It never changes: stored hashes rest on it.
    #[test]
    fn the_form_is_the_one_that_the_head_of_this_file_tells() {
        let columns = LeafColumns {
            aggregate_type: "registration",
            aggregate_id: "0198f000-0000-7000-8000-000000000001",
            sequence: 3,
            event_type: "TopicsChosen",
            event_version: "1",
            payload: r#"{"type": "TopicsChosen",  "topics":["é"]}"#,
            metadata: "{}",
            insert_order: 42,
            event_id: Uuid::from_u128(0x0198f000_0000_7000_8000_0000000000ff),
            recorded_at: DateTime::from_timestamp_micros(-1).expect("in range"),
        };
        let hex: String = columns.hash().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hex,
            "9e191eec4b281ed1584865bc3d522d291bae388160d45e7cd91d7718f440a0a0"
        );
    }
}

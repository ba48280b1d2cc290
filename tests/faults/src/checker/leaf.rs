//! Leaves and roots of the log, computed from what is written about them: the head of `services/store/src/leaf.rs`, and
//! RFC 6962, section 2.1.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::evidence::StoredEvent;

/// A hash.
pub type Hash = [u8; 32];

/// The hash of an event's leaf; nothing when its identifier is none.
pub fn of(event: &StoredEvent) -> Option<Hash> {
    let id: Uuid = event.event_id.parse().ok()?;
    let fields: [&[u8]; 11] = [
        b"onboarding/event/v1",
        event.aggregate_type.as_bytes(),
        event.aggregate_id.as_bytes(),
        &event.sequence.to_be_bytes(),
        event.event_type.as_bytes(),
        event.event_version.as_bytes(),
        event.payload.as_bytes(),
        event.metadata.as_bytes(),
        &event.insert_order.to_be_bytes(),
        id.as_bytes(),
        &event.recorded_at.to_be_bytes(),
    ];
    let mut hash = Sha256::new();
    hash.update([0]);
    for field in fields {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field);
    }
    Some(hash.finalize().into())
}

/// Grows leaf by leaf, and gives the root of all so far.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// Roots of complete subtrees, largest first, each with the number of its leaves.
    peaks: Vec<(u64, Hash)>,
}

impl Tree {
    /// Adds the next leaf.
    pub fn push(&mut self, leaf: Hash) {
        self.peaks.push((1, leaf));
        while let [.., (left_size, left), (right_size, right)] = self.peaks[..]
            && left_size == right_size
        {
            self.peaks.truncate(self.peaks.len() - 2);
            self.peaks.push((left_size + right_size, parent(&left, &right)));
        }
    }

    /// The root; of nothing, the hash of nothing.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev().map(|(_, root)| *root);
        match peaks.next() {
            None => Sha256::digest([]).into(),
            Some(last) => peaks.fold(last, |right, left| parent(&left, &right)),
        }
    }
}

fn parent(left: &Hash, right: &Hash) -> Hash {
    let hash = Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(hash: Hash) -> String {
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The golden leaf that the service's own test pins.
    #[test]
    fn a_leaf_is_as_its_form_is_told() {
        let event = StoredEvent {
            aggregate_type: "registration".to_owned(),
            aggregate_id: "0198f000-0000-7000-8000-000000000001".to_owned(),
            sequence: 3,
            event_type: "TopicsChosen".to_owned(),
            event_version: "1".to_owned(),
            payload: r#"{"type": "TopicsChosen",  "topics":["é"]}"#.to_owned(),
            metadata: "{}".to_owned(),
            insert_order: 42,
            event_id: "0198f000-0000-7000-8000-0000000000ff".to_owned(),
            recorded_at: -1,
        };
        let leaf = of(&event).expect("an identifier");
        assert_eq!(
            hex(leaf),
            "9e191eec4b281ed1584865bc3d522d291bae388160d45e7cd91d7718f440a0a0"
        );
    }

    /// The roots that certificate transparency's reference tests give for these leaves.
    #[test]
    fn roots_are_those_of_rfc_6962() {
        let leaves: [&[u8]; 3] = [&[], &[0], &[0x10]];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        ];
        let mut tree = Tree::default();
        for (leaf, root) in leaves.iter().zip(roots) {
            tree.push(
                Sha256::new()
                    .chain_update([0])
                    .chain_update(leaf)
                    .finalize()
                    .into(),
            );
            assert_eq!(hex(tree.root()), root);
        }
    }
}

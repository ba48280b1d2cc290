//! A proof that one can keep: index, hashes and the signed checkpoint in one text (<https://c2sp.org/tlog-proof>).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::hash::Hash;
use crate::note::Verifier;
use crate::proof::verify_inclusion;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// That an entry is in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    /// The entry's index, from 0: its position less one.
    pub index: u64,
    /// From the leaf's sibling up.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint, verbatim.
    pub checkpoint: String,
}

/// Why a proof does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofFileError {
    /// The text is no proof.
    #[error("this is not a proof of inclusion")]
    Malformed,
    /// Its checkpoint is not to be relied on.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The entry is not in the log that the checkpoint is of.
    #[error("the entry is not the one that the checkpoint covers at this index")]
    NotIncluded,
}

impl InclusionProof {
    /// Reads a proof; nothing is verified yet.
    ///
    /// # Errors
    /// [`ProofFileError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, ProofFileError> {
        let malformed = || ProofFileError::Malformed;
        let (head, checkpoint) = text.split_once("\n\n").ok_or_else(malformed)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(FIRST_LINE) {
            return Err(malformed());
        }
        lines.next_if(|line| line.starts_with("extra "));
        let index = lines
            .next()
            .and_then(|line| line.strip_prefix("index "))
            .ok_or_else(malformed)?;
        let hash = |line| {
            STANDARD
                .decode(line)
                .ok()
                .and_then(|bytes| Hash::try_from(bytes).ok())
        };
        Ok(Self {
            index: index.parse().map_err(|_| malformed())?,
            hashes: lines.map(hash).collect::<Option<_>>().ok_or_else(malformed)?,
            checkpoint: checkpoint.to_owned(),
        })
    }

    /// Checks the checkpoint's signature and that the entry with this leaf hash is covered by it.
    ///
    /// # Errors
    /// What does not hold.
    pub fn verify(&self, leaf_hash: &Hash, log: &Verifier) -> Result<Checkpoint, ProofFileError> {
        let (checkpoint, _) = Checkpoint::open(&self.checkpoint, log)?;
        match verify_inclusion(
            leaf_hash,
            self.index,
            checkpoint.size,
            &checkpoint.root,
            &self.hashes,
        ) {
            true => Ok(checkpoint),
            false => Err(ProofFileError::NotIncluded),
        }
    }
}

impl std::fmt::Display for InclusionProof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{FIRST_LINE}\nindex {}", self.index)?;
        for hash in &self.hashes {
            writeln!(f, "{}", STANDARD.encode(hash))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::{leaf, node};
    use crate::note::Signer;

    #[test]
    fn a_kept_proof_holds_for_its_entry_only() {
        let signer = Signer::new("example.com/log", &[5; 32]).unwrap();
        let (left, right) = (leaf(b"left"), leaf(b"right"));
        let checkpoint = Checkpoint {
            origin: "example.com/log".to_owned(),
            size: 2,
            root: node(&left, &right),
        };
        let proof = InclusionProof {
            index: 1,
            hashes: vec![left],
            checkpoint: signer.sign(&checkpoint.text()).to_string(),
        };
        let read = InclusionProof::parse(&proof.to_string()).unwrap();
        assert_eq!(read, proof);
        assert_eq!(read.verify(&right, signer.verifier()), Ok(checkpoint));
        assert_eq!(
            read.verify(&left, signer.verifier()),
            Err(ProofFileError::NotIncluded)
        );
        assert_eq!(
            InclusionProof::parse("something else\n\n"),
            Err(ProofFileError::Malformed)
        );
    }
}

//! Cosignatures: a witness says that it has seen a checkpoint, consistent with all that it saw before
//! (<https://c2sp.org/tlog-cosignature>, Ed25519, type 0x04).

use crate::note::{Kind, Note, NoteError, SignatureLine, Signer, Verifier};

/// Cosigns checkpoints.
#[derive(Clone, Debug)]
pub struct Witness(Signer);

impl Witness {
    /// The witness of this name with the key made of this seed.
    ///
    /// # Errors
    /// [`NoteError::Name`].
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<Self, NoteError> {
        Signer::of_kind(name, seed, Kind::Cosignature).map(Self)
    }

    /// What checks its cosignatures.
    pub fn verifier(&self) -> &Verifier {
        self.0.verifier()
    }

    /// The line that says: seen at this moment, in seconds since 1970. The caller has checked what it says.
    pub fn cosign(&self, note: &Note, seconds: u64) -> SignatureLine {
        let signature = self.0.raw(message(seconds, &note.text).as_bytes());
        self.0.line([&seconds.to_be_bytes()[..], &signature].concat())
    }
}

/// What a cosignature signs.
pub(crate) fn message(seconds: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {seconds}\n{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cosignature_holds_for_its_checkpoint_and_its_moment() {
        let log = Signer::new("example.com/log", &[1; 32]).unwrap();
        let witness = Witness::new("witness.example.com/w1", &[2; 32]).unwrap();
        let mut note = log.sign("example.com/log\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n");
        note.signatures.push(witness.cosign(&note, 1_679_315_147));
        let read = Note::parse(&note.to_string()).unwrap();
        let verifier = Verifier::parse(&witness.verifier().to_string()).unwrap();
        assert!(verifier.is_of_a_witness() && verifier.verify(&read).is_ok());
        assert!(
            log.verifier().verify(&read).is_ok(),
            "the log's own line still holds"
        );
        let mut later = read.clone();
        later.signatures[1].signature[7] ^= 1;
        assert_eq!(
            verifier.verify(&later),
            Err(NoteError::Forged),
            "the moment is signed too"
        );
    }
}

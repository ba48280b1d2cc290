//! Checkpoints: how large a log was and what it held, in three lines (<https://c2sp.org/tlog-checkpoint>).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::hash::Hash;
use crate::note::{Note, NoteError, Verifier};

/// The state of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// How many entries it has.
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
}

/// Why a text is not a checkpoint to rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note cannot be read, or is not signed as it must be.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The note's text is not a checkpoint.
    #[error("the note is not a checkpoint")]
    Malformed,
    /// The checkpoint is of another log than its key.
    #[error("the checkpoint is of another log than the key")]
    Origin,
}

impl Checkpoint {
    /// The three lines.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    /// Reads the lines; further ones are another log's extensions and are passed over.
    ///
    /// # Errors
    /// [`CheckpointError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::Malformed);
        };
        let number: u64 = size.parse().map_err(|_| CheckpointError::Malformed)?;
        let root = STANDARD
            .decode(root)
            .ok()
            .and_then(|bytes| Hash::try_from(bytes).ok())
            .ok_or(CheckpointError::Malformed)?;
        if origin.is_empty() || number.to_string() != size || !text.ends_with('\n') {
            return Err(CheckpointError::Malformed);
        }
        Ok(Self {
            origin: origin.to_owned(),
            size: number,
            root,
        })
    }

    /// Reads a signed checkpoint of the log that this key is of.
    ///
    /// # Errors
    /// When it is malformed, of another log, or not signed by that key.
    pub fn open(note: &str, log: &Verifier) -> Result<(Self, Note), CheckpointError> {
        let note = Note::parse(note)?;
        let checkpoint = Self::parse(&note.text)?;
        if checkpoint.origin != log.name() {
            return Err(CheckpointError::Origin);
        }
        log.verify(&note)?;
        Ok((checkpoint, note))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::Signer;

    #[test]
    fn a_checkpoint_is_read_as_it_was_written() {
        let signer = Signer::new("example.com/log", &[3; 32]).unwrap();
        let checkpoint = Checkpoint {
            origin: "example.com/log".to_owned(),
            size: 20_852_163,
            root: [0x0a; 32],
        };
        let note = signer.sign(&checkpoint.text()).to_string();
        assert_eq!(Checkpoint::open(&note, signer.verifier()).unwrap().0, checkpoint);
        let other = Signer::new("example.com/other", &[3; 32]).unwrap();
        assert_eq!(
            Checkpoint::open(&note, other.verifier()),
            Err(CheckpointError::Origin)
        );
        for wrong in [
            "",
            "a\n1\n",
            "a\n01\nAAAA\n",
            "a\n-1\nAAAA\n",
            "\n1\nAAAA\n",
            "a\n1\nAAAA\n",
        ] {
            assert!(Checkpoint::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}

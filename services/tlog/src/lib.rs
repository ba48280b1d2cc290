//! Transparency logs in the public formats, and nothing of this service: what stands here a stranger can check with
//! any other tool that reads the same formats.
//!
//! | what | where it is defined | module |
//! | --- | --- | --- |
//! | hashes, roots, inclusion and consistency proofs | RFC 6962, section 2.1 | [`hash`], [`Frontier`], [`proof`] |
//! | tiles of 256 hashes and their paths | <https://c2sp.org/tlog-tiles> | [`tile`] |
//! | signed notes and the keys that check them | <https://c2sp.org/signed-note> | [`note`] |
//! | checkpoints | <https://c2sp.org/tlog-checkpoint> | [`Checkpoint`] |
//! | cosignatures of witnesses | <https://c2sp.org/tlog-cosignature>, type 0x04 | [`Witness`] |
//! | a proof in one file | <https://c2sp.org/tlog-proof> | [`InclusionProof`] |
//!
//! Deliberately missing: I/O, clocks and randomness. Tiles come in as bytes, times as numbers, keys as seeds.

mod checkpoint;
mod cosignature;
mod frontier;
pub mod hash;
pub mod note;
pub mod proof;
mod proof_file;
pub mod tile;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use cosignature::Witness;
pub use frontier::{Frontier, WrongFrontier};
pub use hash::Hash;
pub use note::{Note, NoteError, Signer, Verifier};
pub use proof_file::{InclusionProof, ProofFileError};
pub use tile::{Tile, Tiles};

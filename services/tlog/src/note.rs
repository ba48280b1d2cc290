//! Signed notes: a text and, under it, who signed it (<https://c2sp.org/signed-note>).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

/// How a signature line begins: an em dash and a space.
const DASH: &str = "\u{2014} ";
/// A note with more lines of signatures is not read.
const SIGNATURES_MAX: usize = 100;

/// What is wrong with a note, a key or a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The text does not have the form of a signed note.
    #[error("this is not a signed note")]
    Malformed,
    /// The text is not a verifier key.
    #[error("this is not a verifier key: it has the form NAME+KEYID+BASE64")]
    Key,
    /// A name that a key cannot have.
    #[error("a key's name is not empty and has neither spaces nor plus signs")]
    Name,
    /// No line is of this key.
    #[error("the note is not signed by the expected key")]
    Unsigned,
    /// A line says to be of this key, and is not.
    #[error("the note's signature is forged or damaged")]
    Forged,
}

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A note's text.
    Note = 0x01,
    /// That a witness saw a checkpoint at a time.
    Cosignature = 0x04,
}

/// A note as it was read. Nothing is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What is signed, with its last line break.
    pub text: String,
    /// The lines under it.
    pub signatures: Vec<SignatureLine>,
}

/// A line under a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureLine {
    /// The signer's name.
    pub name: String,
    /// The hash by which the key is told from others of the same name.
    pub key_id: [u8; 4],
    /// The signature, whose form is the key's affair.
    pub signature: Vec<u8>,
}

impl SignatureLine {
    /// The line, with its line break.
    pub fn line(&self) -> String {
        let bytes = [&self.key_id[..], &self.signature].concat();
        format!("{DASH}{} {}\n", self.name, STANDARD.encode(bytes))
    }

    /// Reads a line without its line break.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(line: &str) -> Result<Self, NoteError> {
        let (name, encoded) = line
            .strip_prefix(DASH)
            .and_then(|rest| rest.split_once(' '))
            .ok_or(NoteError::Malformed)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| NoteError::Malformed)?;
        let (key_id, signature) = bytes.split_first_chunk::<4>().ok_or(NoteError::Malformed)?;
        if !is_name(name) || signature.is_empty() {
            return Err(NoteError::Malformed);
        }
        Ok(Self {
            name: name.to_owned(),
            key_id: *key_id,
            signature: signature.to_vec(),
        })
    }
}

impl Note {
    /// Reads a note.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
            return Err(NoteError::Malformed);
        }
        // The last empty line parts text from signatures: the text may have empty lines of its own.
        let parting = note.rfind("\n\n").ok_or(NoteError::Malformed)?;
        let (text, under) = (&note[..=parting], &note[parting + 2..]);
        let under = under.strip_suffix('\n').ok_or(NoteError::Malformed)?;
        let signatures: Vec<_> = under
            .split('\n')
            .map(SignatureLine::parse)
            .collect::<Result<_, _>>()?;
        if signatures.len() > SIGNATURES_MAX {
            return Err(NoteError::Malformed);
        }
        Ok(Self {
            text: text.to_owned(),
            signatures,
        })
    }
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|it| f.write_str(&it.line()))
    }
}

/// Signs notes. Its `Debug` shows the public key only.
#[derive(Clone)]
pub struct Signer {
    key: SigningKey,
    verifier: Verifier,
}

impl Signer {
    /// The signer of this name with the key made of this seed.
    ///
    /// # Errors
    /// [`NoteError::Name`].
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<Self, NoteError> {
        Self::of_kind(name, seed, Kind::Note)
    }

    pub(crate) fn of_kind(name: &str, seed: &[u8; 32], kind: Kind) -> Result<Self, NoteError> {
        let key = SigningKey::from_bytes(seed);
        let verifier = Verifier::new(name, kind, key.verifying_key())?;
        Ok(Self { key, verifier })
    }

    /// What checks its signatures.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// The text, which ends with a line break, as a note with this signature.
    pub fn sign(&self, text: &str) -> Note {
        Note {
            text: text.to_owned(),
            signatures: vec![self.line(self.raw(text.as_bytes()).to_vec())],
        }
    }

    pub(crate) fn raw(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }

    pub(crate) fn line(&self, signature: Vec<u8>) -> SignatureLine {
        SignatureLine {
            name: self.verifier.name.clone(),
            key_id: self.verifier.key_id,
            signature,
        }
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.verifier)
    }
}

/// A public key and its name, written `NAME+KEYID+BASE64`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    kind: Kind,
    key_id: [u8; 4],
    key: VerifyingKey,
}

impl Verifier {
    fn new(name: &str, kind: Kind, key: VerifyingKey) -> Result<Self, NoteError> {
        if !is_name(name) {
            return Err(NoteError::Name);
        }
        let hash = Sha256::new()
            .chain_update(name)
            .chain_update([b'\n', kind as u8])
            .chain_update(key.as_bytes())
            .finalize();
        let mut key_id = [0; 4];
        key_id.copy_from_slice(&hash[..4]);
        Ok(Self {
            name: name.to_owned(),
            kind,
            key_id,
            key,
        })
    }

    /// Reads a key: of a log (type 0x01) or of a witness (type 0x04).
    ///
    /// # Errors
    /// [`NoteError::Key`].
    pub fn parse(vkey: &str) -> Result<Self, NoteError> {
        let mut parts = vkey.trim().splitn(3, '+');
        let (Some(name), Some(key_id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Key);
        };
        let bytes = STANDARD.decode(encoded).map_err(|_| NoteError::Key)?;
        let (kind, key) = bytes.split_first().ok_or(NoteError::Key)?;
        let kind = match kind {
            0x01 => Kind::Note,
            0x04 => Kind::Cosignature,
            _ => return Err(NoteError::Key),
        };
        let key: &[u8; 32] = key.try_into().map_err(|_| NoteError::Key)?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| NoteError::Key)?;
        let verifier = Self::new(name, kind, key)?;
        if verifier.hex_id() == key_id {
            Ok(verifier)
        } else {
            Err(NoteError::Key)
        }
    }

    /// The same public key under another name: one key may sign several logs.
    ///
    /// # Errors
    /// [`NoteError::Name`].
    pub fn named(&self, name: &str) -> Result<Self, NoteError> {
        Self::new(name, self.kind, self.key)
    }

    /// The signer's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public key, 32 bytes.
    pub fn public_key(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Whether it is a witness's key.
    pub fn is_of_a_witness(&self) -> bool {
        self.kind == Kind::Cosignature
    }

    /// Its line under the note, verified.
    ///
    /// # Errors
    /// [`NoteError::Unsigned`], [`NoteError::Forged`].
    pub fn verify<'a>(&self, note: &'a Note) -> Result<&'a SignatureLine, NoteError> {
        let mut lines = note.signatures.iter();
        let line = lines
            .find(|it| it.name == self.name && it.key_id == self.key_id)
            .ok_or(NoteError::Unsigned)?;
        let (message, signature) = match self.kind {
            Kind::Note => (note.text.clone(), &line.signature[..]),
            Kind::Cosignature => {
                let (time, signature) = line.signature.split_first_chunk::<8>().ok_or(NoteError::Forged)?;
                (
                    crate::cosignature::message(u64::from_be_bytes(*time), &note.text),
                    signature,
                )
            }
        };
        let signature = Signature::from_slice(signature).map_err(|_| NoteError::Forged)?;
        self.key
            .verify_strict(message.as_bytes(), &signature)
            .map_err(|_| NoteError::Forged)?;
        Ok(line)
    }

    fn hex_id(&self) -> String {
        format!("{:08x}", u32::from_be_bytes(self.key_id))
    }
}

impl std::fmt::Display for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = [&[self.kind as u8][..], self.key.as_bytes()].concat();
        write!(f, "{}+{}+{}", self.name, self.hex_id(), STANDARD.encode(bytes))
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name
            .chars()
            .any(|it| it.is_whitespace() || it == '+' || it.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Go's `golang.org/x/mod/sumdb/note`, where the format comes from.
    const VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const SEED: &str = "YEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const TEXT: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const LINE: &str = "\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn the_published_example_is_signed_and_verified_to_the_byte() {
        let note = Note::parse(&format!("{TEXT}\n{LINE}")).unwrap();
        assert_eq!(note.text, TEXT);
        let verifier = Verifier::parse(VKEY).unwrap();
        assert!(verifier.verify(&note).is_ok());
        assert_eq!(verifier.to_string(), VKEY);
        // The secret key of the example is the type and the seed.
        let secret = STANDARD.decode(format!("A{SEED}")).unwrap();
        let signer = Signer::new("PeterNeumann", secret[1..].try_into().unwrap()).unwrap();
        assert_eq!(signer.verifier(), &verifier);
        assert_eq!(signer.sign(TEXT).to_string(), format!("{TEXT}\n{LINE}"));
    }

    #[test]
    fn what_is_not_signed_so_is_refused() {
        let verifier = Verifier::parse(VKEY).unwrap();
        let forged = Note::parse(&format!("{}\n{LINE}", TEXT.replace("answer", "Answer"))).unwrap();
        assert_eq!(verifier.verify(&forged), Err(NoteError::Forged));
        let other = Signer::new("PeterNeumann", &[9; 32]).unwrap();
        assert_eq!(verifier.verify(&other.sign(TEXT)), Err(NoteError::Unsigned));
        for malformed in [
            "",
            "text\n",
            "text\n\n",
            "text\n\nno line\n",
            "text\n\n\u{2014} a b\n",
            "te\rxt\n\n\u{2014} a AAAAAAA=\n",
        ] {
            assert_eq!(Note::parse(malformed), Err(NoteError::Malformed), "{malformed:?}");
        }
        for wrong in [
            "",
            "a",
            "a+b",
            &VKEY.replace("c74f", "c74e"),
            &VKEY.replace('R', "Q"),
        ] {
            assert!(Verifier::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Signer::new("two words", &[1; 32]).unwrap_err(), NoteError::Name);
    }
}

//! Signs mails for the sender's domain (DKIM, RFC 6376; with Ed25519 keys RFC 8463), for relays that do not.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lettre::Message;
use lettre::message::dkim::{
    DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm, DkimSigningKey,
};
use lettre::message::header::HeaderName;
use rsa::RsaPrivateKey;
use rsa::pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey, LineEnding};
use rsa::pkcs8::{DecodePrivateKey, EncodePublicKey, ObjectIdentifier, PrivateKeyInfo, SecretDocument};
use rsa::traits::PublicKeyParts;

/// The shortest key that verifiers take (RFC 8301), in bits.
const BITS_MIN: usize = 1_024;

/// Ed25519, as RFC 8410 names it in a key.
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
/// What stands before the 32 bytes of an Ed25519 key: an octet string within an octet string.
const ED25519_PREFIX: [u8; 2] = [0x04, 0x20];

/// Headers that are signed: those that readers see or act on. `From` twice, so that nobody can add another. The library keeps
/// `Content-Type` with the body and cannot sign it as a header; what it says of the parts stands in the body, which is signed.
const HEADERS: [&str; 8] = [
    "From",
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Auto-Submitted",
];

/// Why there is no signing. The key is left out.
#[derive(Debug, thiserror::Error)]
pub enum DkimError {
    /// The file.
    #[error("the DKIM key cannot be read from {0}")]
    File(PathBuf, #[source] std::io::Error),
    /// What is in it.
    #[error("{0} holds no RSA or Ed25519 key in PEM: make one with `openssl genrsa -out {0} 2048`")]
    Key(PathBuf),
    /// A key that no verifier takes.
    #[error(
        "the DKIM key in {0} is shorter than {BITS_MIN} bits: make one with `openssl genrsa -out {0} 2048`"
    )]
    Short(PathBuf),
}

/// A key under a selector of a domain.
#[derive(Clone, Debug)]
pub struct Dkim {
    config: Arc<DkimConfig>,
    name: String,
    record: String,
}

impl Dkim {
    /// Reads the key.
    ///
    /// # Errors
    /// [`DkimError`].
    pub fn open(file: &Path, selector: &str, domain: &str) -> Result<Self, DkimError> {
        let wrong = || DkimError::Key(file.to_owned());
        let text = std::fs::read_to_string(file).map_err(|cause| DkimError::File(file.to_owned(), cause))?;
        let (signing, published) = match ed25519_key(&text) {
            Some(key) => ed25519(&key),
            None => rsa(&text, file)?,
        }
        .ok_or_else(wrong)?;
        let relaxed = DkimCanonicalization {
            header: DkimCanonicalizationType::Relaxed,
            body: DkimCanonicalizationType::Relaxed,
        };
        let headers = HEADERS.map(HeaderName::new_from_ascii_str).to_vec();
        Ok(Self {
            config: Arc::new(DkimConfig::new(
                selector.to_owned(),
                domain.to_owned(),
                signing,
                headers,
                relaxed,
            )),
            name: format!("{selector}._domainkey.{domain}"),
            record: format!("v=DKIM1; {published}"),
        })
    }

    /// The name in DNS at which verifiers look, and the TXT record that is to stand there.
    pub fn record(&self) -> (&str, &str) {
        (&self.name, &self.record)
    }

    /// Whether the key is of a kind that some large receivers do not verify.
    pub fn is_seldom_verified(&self) -> bool {
        self.record.contains("k=ed25519")
    }

    /// Signs a mail as it stands.
    pub(crate) fn sign(&self, message: &mut Message) {
        message.sign(&self.config);
    }
}

/// The 32 bytes of an Ed25519 key in PEM, as OpenSSL writes it; nothing when it is another key, or none.
fn ed25519_key(text: &str) -> Option<[u8; 32]> {
    let (_, document) = SecretDocument::from_pem(text).ok()?;
    let key = PrivateKeyInfo::try_from(document.as_bytes()).ok()?;
    if key.algorithm.oid != ED25519 {
        return None;
    }
    key.private_key.strip_prefix(&ED25519_PREFIX)?.try_into().ok()
}

/// A key to sign with, and what its record in DNS says after the version.
type Keys = (DkimSigningKey, String);

fn ed25519(key: &[u8; 32]) -> Option<Keys> {
    let public = ed25519_dalek::SigningKey::from_bytes(key).verifying_key();
    let signing = DkimSigningKey::new(&STANDARD.encode(key), DkimSigningAlgorithm::Ed25519).ok()?;
    // The bare key, and not as RSA's within a structure (RFC 8463, 4).
    Some((
        signing,
        format!("k=ed25519; p={}", STANDARD.encode(public.as_bytes())),
    ))
}

fn rsa(text: &str, file: &Path) -> Result<Option<Keys>, DkimError> {
    let key = RsaPrivateKey::from_pkcs8_pem(text)
        .ok()
        .or_else(|| RsaPrivateKey::from_pkcs1_pem(text).ok());
    let Some(key) = key else { return Ok(None) };
    if key.size() * 8 < BITS_MIN {
        return Err(DkimError::Short(file.to_owned()));
    }
    let keys = || {
        let public = key.to_public_key().to_public_key_der().ok()?;
        // The mail library reads one form of the two.
        let plain = key.to_pkcs1_pem(LineEnding::LF).ok()?;
        let signing = DkimSigningKey::new(&plain, DkimSigningAlgorithm::Rsa).ok()?;
        Some((
            signing,
            format!("k=rsa; p={}", STANDARD.encode(public.as_bytes())),
        ))
    };
    Ok(keys())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_ed25519_is_read_as_openssl_writes_it_and_published_bare() {
        // The key of RFC 8463, A.2.
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("dkim.pem");
        let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
        std::fs::write(&file, pem).unwrap();
        let dkim = Dkim::open(&file, "brisbane", "football.example.com").unwrap();
        assert_eq!(
            dkim.record(),
            (
                "brisbane._domainkey.football.example.com",
                "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
            )
        );
        assert!(dkim.is_seldom_verified());
    }
}

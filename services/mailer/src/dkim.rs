//! Signs mails for the sender's domain (DKIM, RFC 6376), for relays that do not.

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
use rsa::pkcs8::{DecodePrivateKey, EncodePublicKey};
use rsa::traits::PublicKeyParts;

/// The shortest key that verifiers take (RFC 8301), in bits.
const BITS_MIN: usize = 1_024;

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
    #[error("{0} holds no RSA key in PEM: make one with `openssl genrsa -out {0} 2048`")]
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
        let key = RsaPrivateKey::from_pkcs8_pem(&text)
            .ok()
            .or_else(|| RsaPrivateKey::from_pkcs1_pem(&text).ok())
            .ok_or_else(wrong)?;
        if key.size() * 8 < BITS_MIN {
            return Err(DkimError::Short(file.to_owned()));
        }
        let public = key.to_public_key().to_public_key_der().map_err(|_| wrong())?;
        // The mail library reads one form of the two.
        let plain = key.to_pkcs1_pem(LineEnding::LF).map_err(|_| wrong())?;
        let signing = DkimSigningKey::new(&plain, DkimSigningAlgorithm::Rsa).map_err(|_| wrong())?;
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
            record: format!("v=DKIM1; k=rsa; p={}", STANDARD.encode(public.as_bytes())),
        })
    }

    /// The name in DNS at which verifiers look, and the TXT record that is to stand there.
    pub fn record(&self) -> (&str, &str) {
        (&self.name, &self.record)
    }

    /// Signs a mail as it stands.
    pub(crate) fn sign(&self, message: &mut Message) {
        message.sign(&self.config);
    }
}

//! The key that subscribers' NATS credentials are signed with: an account key of NATS, whose public half stands in the
//! server's configuration.
//!
//! It is a file of its own in the data directory, made by whoever comes first. It seals nothing and signs nothing that
//! lasts: with another one the server only has to be told.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use nkeys::KeyPair;
use uuid::Uuid;

const NAME: &str = "nats-issuer.seed";

/// The signing key. `Debug` shows its public half.
#[derive(Clone)]
pub struct Issuer(Arc<KeyPair>);

impl Issuer {
    /// Opens the key in this data directory, and makes it when it is missing. Any number may do so at once: they agree on one.
    ///
    /// # Errors
    /// When the file cannot be read or made, or holds no such key.
    pub fn open(data_dir: &Path) -> io::Result<Self> {
        let path = data_dir.join(NAME);
        if !path.exists() {
            Self::make(&path)?;
        }
        let seed = fs::read_to_string(&path)?;
        let pair = KeyPair::from_seed(seed.trim()).map_err(|_| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{} holds no key", path.display()),
            )
        })?;
        Ok(Self(Arc::new(pair)))
    }

    /// Written under another name and linked into place: whoever links first has made it, and nobody sees half a key.
    fn make(path: &Path) -> io::Result<()> {
        let seed = KeyPair::new_account()
            .seed()
            .map_err(|error| io::Error::other(error.to_string()))?;
        // A name of this call alone: processes and threads that race never write into each other's file.
        let unfinished = path.with_extension(format!("unfinished.{}", Uuid::new_v4()));
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&unfinished)?;
        file.write_all(seed.as_bytes())?;
        file.sync_all()?;
        let linked = fs::hard_link(&unfinished, path);
        fs::remove_file(&unfinished)?;
        match linked {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    }

    /// The public half, as a server's configuration names it: `A…`.
    pub fn public_key(&self) -> String {
        self.0.public_key()
    }

    /// Signs.
    ///
    /// # Errors
    /// None with a key that has its private half, as this one has.
    pub fn sign(&self, text: &[u8]) -> io::Result<Vec<u8>> {
        self.0
            .sign(text)
            .map_err(|error| io::Error::other(error.to_string()))
    }
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Issuer({})", self.public_key())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn everybody_agrees_on_one_key_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let keys: Vec<String> = std::thread::scope(|scope| {
            let open = || Issuer::open(folder.path()).unwrap().public_key();
            let all: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(keys[0].starts_with('A'));
        assert!(keys.iter().all(|key| *key == keys[0]));
        let mode = fs::metadata(folder.path().join(NAME))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

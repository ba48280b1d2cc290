//! The files of the embedded PostgreSQL: which version made them, the owner's password, writing and clearing.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use rand::{Rng, distr::Alphanumeric};

use super::home::Home;

/// The cluster's folder in the server's own.
pub(super) const CLUSTER: &str = "cluster";

/// The major version that made the cluster, if there is one.
pub(super) fn version(home: &Home) -> io::Result<Option<u32>> {
    match fs::read_to_string(home.ours(CLUSTER).join("PG_VERSION")) {
        Ok(text) => Ok(text.trim().parse().ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The owner's password: made once, random, and readable by us alone.
pub(super) fn kept_password(path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Ok(password) if !password.is_empty() => Ok(password),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => {
            let password: String = rand::rng()
                .sample_iter(Alphanumeric)
                .take(40)
                .map(char::from)
                .collect();
            write_private(path, &password)?;
            Ok(password)
        }
    }
}

/// Writes a file that only its owner reads, whole or not at all.
pub(super) fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(unfinished, path)
}

/// Removes a folder, which may not be there.
pub(super) fn remove_folder(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

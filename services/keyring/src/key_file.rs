//! Key files: one line, a prefix that names kind and version, then Base64. Private, and never half written.
//!
//! A file is written beside its place, flushed, and renamed into it, under a lock (`<file>.lock`, the master key's for epoch keys) that
//! threads and programs share; so nobody reads half a key and nobody replaces another's.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::{KeyringError, chance};

/// Permission bits that a key file must not have: anything for others, writing for the group. Reading by the
/// group is how orchestrators hand a mounted secret to an unprivileged account.
const FORBIDDEN_BITS: u32 = 0o027;
/// Far above any key file, so that a wrong path does not fill the memory.
const LENGTH_MAX: u64 = 4096;

/// Reads the bytes of a key file; `None` when there is no such file.
pub(crate) fn read(path: &Path, prefix: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringError> {
    read_line(path)?
        .map(|line| decode(path, prefix, &line))
        .transpose()
}

/// Reads the text of a private file; `None` when there is no such file.
pub(crate) fn read_line(path: &Path) -> Result<Option<Zeroizing<String>>, KeyringError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(fault) if fault.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(fault) => return Err(file_fault("read", path, fault)),
    };
    let metadata = file.metadata().map_err(|fault| file_fault("read", path, fault))?;
    if !metadata.is_file() {
        return Err(format_fault(path, "it is not a regular file"));
    }
    let mode = metadata.mode() & 0o777;
    if mode & FORBIDDEN_BITS != 0 {
        return Err(KeyringError::TooOpen {
            path: path.to_owned(),
            mode,
        });
    }
    let mut line = Zeroizing::new(String::with_capacity(LENGTH_MAX as usize));
    match file.take(LENGTH_MAX).read_to_string(&mut line) {
        Ok(_) => Ok(Some(line)),
        Err(fault) if fault.kind() == std::io::ErrorKind::InvalidData => {
            Err(format_fault(path, "it is not text"))
        }
        Err(fault) => Err(file_fault("read", path, fault)),
    }
}

pub(crate) fn decode(path: &Path, prefix: &str, line: &str) -> Result<Zeroizing<Vec<u8>>, KeyringError> {
    let text = line.trim_end_matches(['\r', '\n']);
    let encoded = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix(':'))
        .ok_or_else(|| format_fault(path, "its line does not begin as that of a key does"))?;
    STANDARD
        .decode(encoded)
        .map(Zeroizing::new)
        .map_err(|_| format_fault(path, "its key is not Base64"))
}

/// Writes a key file that must not exist yet. Call it under [`locked`].
pub(crate) fn write_new(path: &Path, prefix: &str, key: &[u8]) -> Result<(), KeyringError> {
    let line = Zeroizing::new(format!("{prefix}:{}", *Zeroizing::new(STANDARD.encode(key))));
    write_line(path, &line)
}

/// Writes a private file of one line that must not exist yet. Call it under [`locked`].
pub(crate) fn write_line(path: &Path, line: &str) -> Result<(), KeyringError> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".new-{}", chance::uuid()?.simple()));
    let draft = PathBuf::from(draft);
    let line = Zeroizing::new(format!("{line}\n"));
    write_draft(&draft, &line)
        .and_then(|()| fs::rename(&draft, path))
        .and_then(|()| flush_folder(path))
        .map_err(|fault| {
            // A draft left behind holds a key that was never used; that it stays is no reason to fail otherwise.
            let _ = fs::remove_file(&draft);
            file_fault("write", path, fault)
        })
}

fn write_draft(draft: &Path, line: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(draft)?;
    file.write_all(line.as_bytes())?;
    file.sync_all()
}

/// Overwrites a key file and removes it. On media that remap blocks the old bytes may outlive this; since the
/// key is itself wrapped, they are readable only together with the master key.
pub(crate) fn destroy(path: &Path) -> Result<(), KeyringError> {
    let wipe = || {
        let mut file = OpenOptions::new().write(true).open(path)?;
        let length = usize::try_from(file.metadata()?.len()).unwrap_or(0);
        file.write_all(&vec![b'0'; length])?;
        file.sync_all()?;
        fs::remove_file(path)?;
        flush_folder(path)
    };
    wipe().map_err(|fault| file_fault("destroy", path, fault))
}

/// Runs `action` while no other thread or program holds the lock beside this file.
pub(crate) fn locked<T>(
    file: &Path,
    action: impl FnOnce() -> Result<T, KeyringError>,
) -> Result<T, KeyringError> {
    if let Some(folder) = folder_of(file) {
        make_folder(folder)?;
    }
    let mut path = file.as_os_str().to_owned();
    path.push(".lock");
    let path = PathBuf::from(path);
    let lock = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(|fault| file_fault("write", &path, fault))?;
    lock.lock().map_err(|fault| file_fault("lock", &path, fault))?;
    // Closing the file at the end of this scope gives the lock back. It is not removed: whoever waits holds it open.
    action()
}

/// Makes a private folder, and those above it, unless it is there.
pub(crate) fn make_folder(folder: &Path) -> Result<(), KeyringError> {
    if folder.is_dir() {
        return Ok(());
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|fault| file_fault("make", folder, fault))
}

/// A fault of reading or writing `path`.
pub(crate) fn file_fault(action: &'static str, path: &Path, source: std::io::Error) -> KeyringError {
    KeyringError::File {
        action,
        path: path.to_owned(),
        source,
    }
}

/// A key file that is not one.
pub(crate) fn format_fault(path: &Path, fault: &'static str) -> KeyringError {
    KeyringError::Format {
        path: path.to_owned(),
        fault,
    }
}

/// Makes a rename or a removal last through a power failure.
pub(crate) fn flush_folder(path: &Path) -> std::io::Result<()> {
    File::open(folder_of(path).unwrap_or(Path::new(".")))?.sync_all()
}

fn folder_of(path: &Path) -> Option<&Path> {
    path.parent().filter(|folder| !folder.as_os_str().is_empty())
}

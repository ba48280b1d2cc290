//! A server's own folder in the data directory, and the name under which the server reaches it.
//!
//! As root, the data directory may lie where no other account can pass (a clone under `/root`, a private temporary
//! folder). Opening up somebody's folders is not ours to do; so the server is handed its folder as an open descriptor and
//! knows it as `/proc/self/fd/N`, for which the folders above do not matter.

use std::{
    fs::{self, DirBuilder, File},
    io,
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::fs::DirBuilderExt,
    },
    path::{Path, PathBuf},
    sync::Arc,
};

use super::account::Account;

/// A server's folder.
#[derive(Clone)]
pub(super) struct Home {
    real: PathBuf,
    descriptor: Option<Arc<OwnedFd>>,
}

impl Home {
    /// Makes the folder when missing, closed to everybody but the server's account.
    pub(super) fn make(path: &Path, account: Option<&Account>) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        let real = fs::canonicalize(path)?;
        let Some(account) = account else {
            return Ok(Self {
                real,
                descriptor: None,
            });
        };
        account.take(&real)?;
        let by_descriptor = Path::new("/proc/self/fd").is_dir();
        let descriptor = if by_descriptor {
            Some(Arc::new(OwnedFd::from(File::open(&real)?)))
        } else {
            None
        };
        Ok(Self { real, descriptor })
    }

    /// A file in the folder, as we name it.
    pub(super) fn ours(&self, name: &str) -> PathBuf {
        self.real.join(name)
    }

    /// The same file, as the server names it.
    pub(super) fn theirs(&self, name: &str) -> PathBuf {
        match &self.descriptor {
            Some(descriptor) => PathBuf::from(format!("/proc/self/fd/{}", descriptor.as_raw_fd())).join(name),
            None => self.ours(name),
        }
    }

    /// The descriptor that the server must inherit for its name to hold.
    pub(super) fn descriptor(&self) -> Option<Arc<OwnedFd>> {
        self.descriptor.clone()
    }
}

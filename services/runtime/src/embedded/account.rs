//! The account that servers run under: our own, or an unprivileged one when we are root. PostgreSQL refuses root, and
//! NATS has no need of it.

use std::{fs, io, os::unix::fs::MetadataExt, path::Path};

use nix::unistd::{Gid, Uid, User, chown};

use super::EmbeddedError;

/// Accounts that will do, best first: PostgreSQL's own, one made for us, the one every system has.
const CANDIDATES: [&str; 3] = ["postgres", "onboarding", "nobody"];

/// An unprivileged account.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) uid: Uid,
    pub(super) gid: Gid,
}

impl Account {
    /// The account to run servers under; `None` when we are unprivileged ourselves.
    pub(super) fn for_servers() -> Result<Option<Self>, EmbeddedError> {
        if !Uid::effective().is_root() {
            return Ok(None);
        }
        for name in CANDIDATES {
            if let Some(user) = User::from_name(name)?.filter(|user| !user.uid.is_root()) {
                return Ok(Some(Self {
                    name: user.name,
                    uid: user.uid,
                    gid: user.gid,
                }));
            }
        }
        Err(EmbeddedError::NoAccount)
    }

    /// Gives a file or a whole folder to the account. A folder that is the account's already is left as it is: servers
    /// make everything inside as themselves.
    pub(super) fn take(&self, path: &Path) -> io::Result<()> {
        let about = fs::symlink_metadata(path)?;
        if about.uid() == self.uid.as_raw() {
            return Ok(());
        }
        // The inside first: a change of owner that is cut short starts again at the next start.
        if about.is_dir() {
            for entry in fs::read_dir(path)? {
                self.take(&entry?.path())?;
            }
        }
        if about.is_symlink() {
            return Ok(());
        }
        Ok(chown(path, Some(self.uid), Some(self.gid))?)
    }

    /// Whether the account may pass through every folder above `path` and read `path` itself.
    pub(super) fn can_reach(&self, path: &Path) -> bool {
        let Ok(path) = path.canonicalize() else {
            return false;
        };
        path.ancestors()
            .all(|place| fs::metadata(place).is_ok_and(|about| self.may_enter(&about)))
    }

    /// The right that permissions of mode bits give; access lists are not looked at, so a "no" may be too strict.
    fn may_enter(&self, about: &fs::Metadata) -> bool {
        let shift = match about {
            _ if about.uid() == self.uid.as_raw() => 6,
            _ if about.gid() == self.gid.as_raw() => 3,
            _ => 0,
        };
        about.mode() >> shift & 0o1 == 0o1
    }
}

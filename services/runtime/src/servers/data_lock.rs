//! The lock on a data directory: one program at a time starts servers on it. The system frees it when that program
//! ends, however it ends; the text in the file only says who holds it.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use super::Asker;

/// The name of the file in the data directory.
const NAME: &str = "lock";

/// A held lock.
pub(super) struct DataLock {
    _file: File,
}

/// Who holds the lock, as far as the file tells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holder {
    pub(super) pid: u32,
    pub(super) asker: Option<Asker>,
}

impl DataLock {
    /// Takes the lock, or tells who has it.
    pub(super) fn take(folder: &Path, asker: Asker) -> io::Result<Result<Self, Holder>> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(folder.join(NAME))?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0)?;
                file.rewind()?;
                write!(file, "{} {}", std::process::id(), word(asker))?;
                Ok(Ok(Self { _file: file }))
            }
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                file.read_to_string(&mut text)?;
                Ok(Err(Holder::parse(&text)))
            }
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Holder {
    /// A text cut short belongs to one that took the lock this instant: the next look will tell.
    fn parse(text: &str) -> Self {
        let (pid, asker) = text.split_once(' ').unwrap_or((text, ""));
        let asker = [Asker::Up, Asker::Command]
            .into_iter()
            .find(|known| word(*known) == asker);
        Self {
            pid: pid.parse().unwrap_or_default(),
            asker,
        }
    }
}

fn word(asker: Asker) -> &'static str {
    match asker {
        Asker::Up => "up",
        Asker::Command => "command",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let held = DataLock::take(folder.path(), Asker::Up).unwrap();
        let holder = DataLock::take(folder.path(), Asker::Command)
            .unwrap()
            .err()
            .unwrap();
        assert_eq!((holder.pid, holder.asker), (std::process::id(), Some(Asker::Up)));
        drop(held);
        assert!(DataLock::take(folder.path(), Asker::Command).unwrap().is_ok());
    }
}

//! A server's log: kept beside its files, bounded, and quoted when the server dies.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

/// A log larger than this is set aside at the next start, in place of the one set aside before.
const LARGE: u64 = 8 << 20;

/// How much of the end is looked at, and how many lines are quoted.
const TAIL_BYTES: u64 = 8 << 10;
const TAIL_LINES: usize = 15;

/// A log file.
#[derive(Clone, Debug)]
pub(super) struct LogFile(PathBuf);

impl LogFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Opens it for adding. We open it and the server inherits it, so that its account needs no right on it.
    pub(super) fn open(&self) -> io::Result<File> {
        if fs::metadata(&self.0).is_ok_and(|about| about.len() > LARGE) {
            fs::rename(&self.0, self.0.with_extension("log.1"))?;
        }
        OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&self.0)
    }

    /// The last lines, to be shown when the server died.
    pub(super) fn tail(&self) -> String {
        self.last_bytes().map_or_else(
            |error| format!("  (unreadable: {error})"),
            |bytes| {
                let text = String::from_utf8_lossy(&bytes);
                let lines: Vec<&str> = text.lines().collect();
                lines[lines.len().saturating_sub(TAIL_LINES)..]
                    .iter()
                    .map(|line| format!("  {line}\n"))
                    .collect()
            },
        )
    }

    fn last_bytes(&self) -> io::Result<Vec<u8>> {
        let mut file = File::open(&self.0)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_is_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let log = LogFile::new(folder.path().join("server.log"));
        let lines: String = (1..=5_000).map(|line| format!("line {line}\n")).collect();
        fs::write(log.path(), lines).unwrap();
        let tail = log.tail();
        assert_eq!(tail.lines().count(), TAIL_LINES);
        assert!(tail.ends_with("  line 5000\n"));
    }
}

//! The file that remembers what was signed: the signed note itself, which is also what is published there.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

/// The file.
#[derive(Clone, Debug)]
pub(super) struct Memory(PathBuf);

impl Memory {
    pub fn at(file: PathBuf) -> Self {
        Self(file)
    }

    /// The last note; none when nothing was ever signed here.
    pub fn read(&self) -> std::io::Result<Option<String>> {
        match fs::read_to_string(&self.0) {
            Ok(note) => Ok(Some(note)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The last note of a log of this name that was left behind here for one of another name; none when there was none.
    pub fn left(&self, origin: &str) -> std::io::Result<Option<String>> {
        self.beside(origin).read()
    }

    /// Keeps a note of a log that is being left behind, under its name: should somebody go back to that name, what was
    /// signed under it still binds.
    pub fn leave(&self, origin: &str, note: &str) -> std::io::Result<()> {
        self.beside(origin).write(note)
    }

    fn beside(&self, origin: &str) -> Self {
        let digest = tlog::hash::hex(&tlog::hash::leaf(origin.as_bytes()));
        let name = self.0.file_name().unwrap_or_default().to_string_lossy();
        Self(self.0.with_file_name(format!("{name}.left.{}", &digest[..16])))
    }

    /// Keeps the note so that a crash at any point leaves either this one or the last one, on the disk.
    pub fn write(&self, note: &str) -> std::io::Result<()> {
        let folder = self.0.parent().map_or_else(PathBuf::new, PathBuf::from);
        let name = self.0.file_name().unwrap_or_default().to_string_lossy();
        let fresh = folder.join(format!(".{name}.{}", std::process::id()));
        let mut file = File::create(&fresh)?;
        file.write_all(note.as_bytes())?;
        file.sync_all()?;
        fs::rename(&fresh, &self.0)?;
        File::open(if folder.as_os_str().is_empty() {
            ".".into()
        } else {
            folder
        })?
        .sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_behind_is_found_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::at(folder.path().join("checkpoint"));
        memory.leave("example.org/log", "first").unwrap();
        memory.write("second").unwrap();
        assert_eq!(memory.left("example.org/log").unwrap().as_deref(), Some("first"));
        assert_eq!(memory.left("example.org/log-2").unwrap(), None);
        assert_eq!(memory.read().unwrap().as_deref(), Some("second"));
    }

    #[test]
    fn the_last_note_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let memory = Memory::at(folder.path().join("checkpoint"));
        assert_eq!(memory.read().unwrap(), None);
        memory.write("first").unwrap();
        memory.write("second").unwrap();
        assert_eq!(memory.read().unwrap().as_deref(), Some("second"));
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing is left beside it"
        );
    }
}

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

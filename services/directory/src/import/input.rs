//! Where the bytes of an import come from: any reader, or a file that may be compressed.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes of a compressed file read at once.
const BUFFER_BYTES: usize = 128 * 1024;

/// The bytes of an import.
pub struct Input {
    source: Source,
    extent: Option<Extent>,
    path: Option<PathBuf>,
}

enum Source {
    Plain(Box<dyn Read + Send>),
    Zip(Box<zip::ZipArchive<Counted>>),
}

/// How much of a file was read, as it lies on the disk.
#[derive(Clone)]
pub(crate) struct Extent {
    read: Arc<AtomicU64>,
    size: u64,
}

impl Extent {
    /// Bytes read and bytes there are.
    pub fn so_far(&self) -> (u64, u64) {
        (self.read.load(Ordering::Relaxed).min(self.size), self.size)
    }
}

/// A file whose reading is counted.
struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

impl Seek for Counted {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        self.file.seek(place)
    }
}

impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Input")
    }
}

impl Input {
    /// Reads from a reader as it comes.
    pub fn new(reader: impl Read + Send + 'static) -> Self {
        Self {
            source: Source::Plain(Box::new(reader)),
            extent: None,
            path: None,
        }
    }

    /// Opens a file; `.gz` and `.zip` are decompressed while they are read. Of a ZIP the first CSV file is taken.
    ///
    /// Errors: the file cannot be opened, or is not what its name says.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let extent = Extent {
            read: Arc::default(),
            size: file.metadata()?.len(),
        };
        let file = Counted {
            file,
            read: extent.read.clone(),
        };
        let extension = path
            .extension()
            .and_then(|it| it.to_str())
            .unwrap_or_default()
            .to_ascii_lowercase();
        let buffered = |file| io::BufReader::with_capacity(BUFFER_BYTES, file);
        let source = match extension.as_str() {
            "gz" => Source::Plain(Box::new(flate2::bufread::MultiGzDecoder::new(buffered(file)))),
            "zip" => Source::Zip(Box::new(zip::ZipArchive::new(file).map_err(io::Error::other)?)),
            _ => Source::Plain(Box::new(file)),
        };
        Ok(Self {
            source,
            extent: Some(extent),
            path: Some(path.to_owned()),
        })
    }

    /// The file, where it is one that can be read again.
    pub(super) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// How far the file is read, to be asked at any time; nothing when the input is no file.
    pub(crate) fn extent(&self) -> Option<Extent> {
        self.extent.clone()
    }

    /// Hands the reader to whoever reads it. An entry of a ZIP borrows its archive, hence the detour.
    pub(crate) fn read_with<T>(self, read: impl FnOnce(&mut dyn Read) -> T) -> io::Result<T> {
        match self.source {
            Source::Plain(mut reader) => Ok(read(&mut reader)),
            Source::Zip(mut archive) => {
                let place = csv_of(&archive);
                let mut entry = archive.by_index(place).map_err(io::Error::other)?;
                Ok(read(&mut entry))
            }
        }
    }
}

/// The first entry named like a CSV file, else the first: archives may begin with a folder or a note to the reader.
fn csv_of(archive: &zip::ZipArchive<Counted>) -> usize {
    let mut names = archive.file_names();
    names
        .position(|name| name.is_ok_and(|it| it.to_ascii_lowercase().ends_with(".csv")))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn text_of(input: Input) -> String {
        input
            .read_with(|reader| io::read_to_string(reader))
            .unwrap()
            .unwrap()
    }

    #[test]
    fn compressed_files_are_read_like_plain_ones() {
        let folder = tempfile::tempdir().unwrap();
        let plain = folder.path().join("a.csv");
        std::fs::write(&plain, "siret\n1\n").unwrap();

        let gz = folder.path().join("a.csv.gz");
        let mut encoder =
            flate2::write::GzEncoder::new(File::create(&gz).unwrap(), flate2::Compression::fast());
        encoder.write_all(b"siret\n1\n").unwrap();
        encoder.finish().unwrap();

        let zipped = folder.path().join("a.ZIP");
        let mut writer = zip::ZipWriter::new(File::create(&zipped).unwrap());
        let plainly = zip::write::SimpleFileOptions::default();
        writer.add_directory("folder/", plainly).unwrap();
        writer.start_file("folder/a.csv", plainly).unwrap();
        writer.write_all(b"siret\n1\n").unwrap();
        writer.finish().unwrap();

        for path in [plain, gz, zipped] {
            assert_eq!(
                text_of(Input::open(&path).unwrap()),
                "siret\n1\n",
                "{}",
                path.display()
            );
        }
    }

    #[test]
    fn a_file_that_is_not_what_its_name_says_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        std::fs::write(&path, "siret\n").unwrap();
        assert!(Input::open(&path).is_err());
    }
}

//! Where the bytes of an import come from: any reader, or a file that may be compressed, or a workbook. What a file is, its
//! first bytes say; its name may be wrong.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::table::Content;

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
    Workbook(Box<Counted>),
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

    /// Opens a file; gzip and ZIP are decompressed while they are read. Of a ZIP the only CSV file is taken.
    ///
    /// Errors: the file cannot be opened, is something that holds no table, or a ZIP in which no one file is meant or
    /// that is packed in a way that is not read; what it is and what to do, is told.
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
        Ok(Self {
            source: source_of(file, path)?,
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
    pub(crate) fn read_with<T>(self, read: impl FnOnce(Content<'_>) -> T) -> io::Result<T> {
        match self.source {
            Source::Plain(mut reader) => Ok(read(Content::Text(&mut reader))),
            Source::Workbook(mut file) => Ok(read(Content::Workbook(&mut *file))),
            Source::Zip(mut archive) => {
                let place = member_of(&mut archive)?;
                let mut entry = archive.by_index(place).map_err(io::Error::other)?;
                Ok(read(Content::Text(&mut entry)))
            }
        }
    }
}

/// What the first bytes say that a file is.
fn source_of(mut file: Counted, path: &Path) -> io::Result<Source> {
    let mut head = Vec::new();
    Read::by_ref(&mut file).take(64).read_to_end(&mut head)?;
    let is_named = |extension: &str| {
        let own = path.extension().and_then(|it| it.to_str());
        own.is_some_and(|it| it.eq_ignore_ascii_case(extension))
    };
    let can_go_back = file.rewind().is_ok();
    if can_go_back && (head.starts_with(b"PK\x03\x04") || is_named("zip")) {
        return packed(file);
    }
    if let Some(what) = no_table(&head) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, what));
    }
    let is_gzip = head.starts_with(b"\x1f\x8b") || is_named("gz");
    let file: Box<dyn Read + Send> = match can_go_back {
        true => Box::new(file),
        // A pipe is read once.
        false => Box::new(io::Cursor::new(head).chain(file)),
    };
    Ok(Source::Plain(match is_gzip {
        true => Box::new(flate2::bufread::MultiGzDecoder::new(
            io::BufReader::with_capacity(BUFFER_BYTES, file),
        )),
        false => file,
    }))
}

/// A ZIP with a file in it, or the parts of a workbook.
fn packed(mut file: Counted) -> io::Result<Source> {
    let archive = zip::ZipArchive::new(&mut file).map_err(io::Error::other)?;
    let holds = |name: &str| archive.index_for_name(name).is_some();
    let (is_workbook, is_binary) = (
        holds("[Content_Types].xml") || holds("xl/workbook.xml"),
        holds("xl/workbook.bin"),
    );
    let is_open_document = holds("mimetype") && holds("content.xml");
    drop(archive);
    let no = |what| Err(io::Error::new(io::ErrorKind::InvalidData, what));
    file.rewind()?;
    match (is_binary, is_open_document, is_workbook) {
        (true, _, _) => no("it is a binary workbook (.xlsb): save it as .xlsx or as CSV UTF-8"),
        (_, true, _) => no("it is a LibreOffice document: save it as .xlsx or as CSV UTF-8"),
        (_, _, true) => Ok(Source::Workbook(Box::new(file))),
        _ => {
            let mut archive = zip::ZipArchive::new(file).map_err(io::Error::other)?;
            member_of(&mut archive)?;
            Ok(Source::Zip(Box::new(archive)))
        }
    }
}

/// What a file is that holds no table in any form that is read.
fn no_table(head: &[u8]) -> Option<&'static str> {
    let text = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start();
    match text {
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Some(
            "it is an old Excel file (.xls) or one with a password: save it as .xlsx without, or as CSV UTF-8",
        ),
        [b'%', b'P', b'D', b'F', ..] => Some("it is a PDF: export the table as CSV UTF-8"),
        [b'P', b'A', b'R', b'1', ..] => Some("it is Parquet: take the edition in CSV"),
        [b'<', ..] => Some(
            "it is HTML or XML, whatever its name: open it in a spreadsheet and save it as .xlsx or CSV UTF-8",
        ),
        [b'{', ..] | [b'[', b'{' | b'[' | b'"', ..] => {
            Some("it is JSON: contacts in NDJSON go to POST /v1/directory/contacts, files are CSV or .xlsx")
        }
        _ => None,
    }
}

/// The place of the file that is meant: the only CSV file, else the only file. Folders, and the shadow of each file that
/// archives made on Apple's computers hold, count for nothing.
///
/// Errors: there is none, or more than one, or it is packed by a method that is not read.
fn member_of(archive: &mut zip::ZipArchive<Counted>) -> io::Result<usize> {
    let no = |what: String| Err(io::Error::new(io::ErrorKind::InvalidData, what));
    let mut files: Vec<(usize, String)> = Vec::new();
    for place in 0..archive.len() {
        let member = archive.by_index_raw(place).map_err(io::Error::other)?;
        let name = member.name().map_err(io::Error::other)?.into_owned();
        let own = name.rsplit('/').next().unwrap_or_default();
        if member.is_file() && !name.starts_with("__MACOSX/") && !own.starts_with("._") {
            files.push((place, name));
        }
    }
    let named = |ending: &str| {
        let is_so = |it: &&(usize, String)| it.1.to_ascii_lowercase().ends_with(ending);
        files.iter().filter(is_so).collect::<Vec<_>>()
    };
    let found = match (&named(".csv")[..], &files[..]) {
        ([only], _) => *only,
        ([], [only]) => only,
        ([], []) => return no("the ZIP holds no file".to_owned()),
        (_, all) => {
            let names: Vec<&str> = all.iter().take(5).map(|it| it.1.as_str()).collect();
            return no(format!(
                "the ZIP holds several files ({}): unpack it and import the one that is meant",
                names.join(", ")
            ));
        }
    };
    let (place, name) = found;
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    if ending == "parquet" {
        return no(format!("{name} in the ZIP is Parquet: take the edition in CSV"));
    }
    let member = archive.by_index_raw(*place).map_err(io::Error::other)?;
    if member.encrypted() {
        return no(format!("{name} in the ZIP needs a password: pack it without"));
    }
    match member.compression() {
        zip::CompressionMethod::Stored | zip::CompressionMethod::Deflated => Ok(*place),
        method => {
            // Tools write Deflate64 for files of two gigabytes and more.
            let method = match format!("{method:?}").as_str() {
                "Unsupported(9)" => "Deflate64".to_owned(),
                other => other.to_owned(),
            };
            no(format!(
                "{name} in the ZIP is packed by the method {method}, which is not read: unpack it and import the CSV, or pack it with \"deflate\" or gzip"
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn text_of(input: Input) -> String {
        input
            .read_with(|content| match content {
                Content::Text(reader) => io::read_to_string(reader),
                Content::Workbook(_) => Err(io::Error::other("a workbook")),
            })
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
        writer.start_file("__MACOSX/folder/._a.csv", plainly).unwrap();
        writer.write_all(b"shadow").unwrap();
        writer.add_directory("folder/", plainly).unwrap();
        writer.start_file("folder/a.csv", plainly).unwrap();
        writer.write_all(b"siret\n1\n").unwrap();
        writer.finish().unwrap();

        let misnamed = folder.path().join("b.csv");
        std::fs::copy(&zipped, &misnamed).unwrap();
        let misnamed_gz = folder.path().join("c.csv");
        std::fs::copy(&gz, &misnamed_gz).unwrap();
        for path in [plain, gz, zipped, misnamed, misnamed_gz] {
            assert_eq!(
                text_of(Input::open(&path).unwrap()),
                "siret\n1\n",
                "{}",
                path.display()
            );
        }
    }

    fn zipped(path: &Path, members: &[&str]) {
        let mut writer = zip::ZipWriter::new(File::create(path).unwrap());
        for name in members {
            writer
                .start_file(*name, zip::write::SimpleFileOptions::default())
                .unwrap();
            writer.write_all(b"siret\n1\n").unwrap();
        }
        writer.finish().unwrap();
    }

    #[test]
    fn of_a_zip_the_file_is_read_that_is_meant_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        let read = [
            &["__MACOSX/._a.csv", "a.csv"][..],
            &["._a.csv", "README.txt", "folder/A.CSV"],
            &["stock.txt"],
        ];
        for members in read {
            zipped(&path, members);
            assert_eq!(text_of(Input::open(&path).unwrap()), "siret\n1\n", "{members:?}");
        }
        for (members, what) in [
            (&["__MACOSX/._a.csv"][..], "no file"),
            (&["a.csv", "b.csv"], "several files (a.csv, b.csv)"),
            (&["a.txt", "b.txt"], "several files"),
            (&["a.parquet"], "Parquet"),
        ] {
            zipped(&path, members);
            let told = Input::open(&path).unwrap_err().to_string();
            assert!(told.contains(what), "{members:?}: {told}");
        }
    }

    #[test]
    fn a_method_of_packing_that_is_not_read_is_named_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        zipped(&path, &["a.csv"]);
        let mut bytes = std::fs::read(&path).unwrap();
        // The method stands in the file's own header and in the directory at the end.
        for (signature, at) in [(b"PK\x03\x04", 8), (b"PK\x01\x02", 10)] {
            let header = bytes.windows(4).position(|it| it == signature).unwrap();
            bytes[header + at] = 9;
        }
        std::fs::write(&path, bytes).unwrap();
        let told = Input::open(&path).unwrap_err().to_string();
        assert!(told.contains("Deflate64") && told.contains("unpack it"), "{told}");
    }

    #[test]
    fn a_file_that_is_not_what_its_name_says_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        std::fs::write(&path, "siret\n").unwrap();
        assert!(Input::open(&path).is_err());
        for (content, what) in [
            (&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], "old Excel file"),
            (b"%PDF-1.7", "PDF"),
            (b"\xef\xbb\xbf\r\n<html><table>", "HTML"),
            (b"[{\"siret\": \"1\"}]", "JSON"),
            (b"PAR1\x15", "Parquet"),
        ] {
            let path = folder.path().join("a.csv");
            std::fs::write(&path, content).unwrap();
            let told = Input::open(&path).unwrap_err().to_string();
            assert!(told.contains(what), "{told}");
        }
    }
}

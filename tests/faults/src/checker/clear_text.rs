//! I9: nothing of a person stands anywhere in clear: not in a dump, a table's file, the write-ahead log, the stream's store,
//! a log or a metric.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use memchr::memmem::Finder;

use super::Finding;
use crate::people::{MARK, PASSWORD_MARK};

/// Files are read in pieces of this size; a mark that lies across two pieces is found too.
const PIECE: usize = 4 << 20;

/// What is looked for.
pub struct Marks {
    marks: Vec<(String, Finder<'static>)>,
    longest: usize,
}

impl Marks {
    /// The marks of everybody, and these tokens.
    pub fn with(tokens: &[String]) -> Self {
        let capitalised = MARK[..1].to_uppercase() + &MARK[1..];
        let mut texts = vec![
            ("a name or an address".to_owned(), MARK.to_owned()),
            ("a name".to_owned(), capitalised),
            ("a name".to_owned(), MARK.to_uppercase()),
            ("a password".to_owned(), PASSWORD_MARK.to_owned()),
        ];
        texts.extend(tokens.iter().map(|token| ("a token".to_owned(), token.clone())));
        Self {
            longest: texts.iter().map(|(_, text)| text.len()).max().unwrap_or_default(),
            marks: texts.into_iter().map(|(what, text)| (what, Finder::new(&text).into_owned())).collect(),
        }
    }

    /// Looks in bytes that are said to be this.
    pub fn look_in(&self, bytes: &[u8], place: &str) -> Vec<Finding> {
        let found = self.marks.iter().filter(|(_, finder)| finder.find(bytes).is_some());
        found.map(|(what, _)| Finding::new("I9", format!("{what} stands in clear in {place}"))).collect()
    }

    /// Looks in a file, or in every file below a folder. What vanishes meanwhile holds nothing.
    pub fn look_below(&self, place: &Path, root: &Path) -> Vec<Finding> {
        let Ok(kind) = fs::symlink_metadata(place) else {
            return Vec::new();
        };
        if kind.is_dir() {
            let entries = fs::read_dir(place).into_iter().flatten().flatten();
            let paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
            return paths.iter().flat_map(|path| self.look_below(path, root)).collect();
        }
        let name = place.strip_prefix(root).unwrap_or(place).display().to_string();
        let mut findings = match kind.is_file() {
            true => self.look_in_file(place, &name),
            false => Vec::new(),
        };
        findings.dedup();
        findings
    }

    fn look_in_file(&self, path: &Path, name: &str) -> Vec<Finding> {
        let Ok(mut file) = File::open(path) else {
            return Vec::new();
        };
        let (mut buffer, mut kept, mut findings) = (vec![0; self.longest + PIECE], 0, Vec::new());
        while let Ok(read @ 1..) = file.read(&mut buffer[kept..]) {
            let filled = kept + read;
            findings.extend(self.look_in(&buffer[..filled], name));
            kept = filled.min(self.longest);
            buffer.copy_within(filled - kept..filled, 0);
        }
        findings
    }
}

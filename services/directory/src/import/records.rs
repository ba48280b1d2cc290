//! Records of a text file: where each begins and ends, its cells as text, and why one is none.

use std::io;

use encoding_rs::WINDOWS_1252;
use memchr::{memchr, memchr_iter};

use super::quoted::Quoted;
use super::text::Text;

/// Longest record with quotes. A quote that is not closed within so many bytes is never closed.
const QUOTED_BYTES_MAX: usize = 256 * 1024;

/// A record: its lines, and its cells or why there are none.
pub struct Record<'r> {
    /// The number of its first line.
    pub line: u64,
    /// The number of its last line.
    pub last: u64,
    /// Its cells, edges and all.
    pub cells: Result<Vec<&'r str>, &'static str>,
}

/// Where the record's text lies.
enum Found {
    /// In the buffer, without quotes: so many bytes.
    Plain(usize),
    Quoted,
    Bad(&'static str),
}

/// Cuts text into records.
pub struct Records<'r> {
    text: Text<'r>,
    delimiter: u8,
    /// How many cells the heading has.
    count: usize,
    line: u64,
    /// Bytes of the record that was handed out, taken before the next is read.
    handed_out: usize,
    quoted: Quoted,
    decoded: String,
    /// Lines that were no UTF-8 and were read as Windows-1252, and the first of them.
    guessed: Option<(u64, u64)>,
}

impl<'r> Records<'r> {
    /// Records of a text whose heading was taken; `line` is the number of the next line.
    pub fn new(text: Text<'r>, delimiter: u8, count: usize, line: u64) -> Self {
        Self {
            text,
            delimiter,
            count,
            line,
            handed_out: 0,
            quoted: Quoted::default(),
            decoded: String::new(),
            guessed: None,
        }
    }

    /// What the text turned out to be saved as, where its report should say so.
    pub fn encoding(&self) -> Option<String> {
        if let Some((lines, first)) = self.guessed {
            return Some(format!(
                "{lines} lines are not UTF-8 and were read as Windows-1252, line {first} first: look whether accents are right there, or save the file as CSV UTF-8"
            ));
        }
        let encoding = self.text.encoding.filter(|it| *it != "UTF-8")?;
        Some(format!("the file was read as {encoding}"))
    }

    /// The next record; nothing at the end. Lines without any content are passed over.
    pub fn next_record(&mut self) -> io::Result<Option<Record<'_>>> {
        let (found, line) = loop {
            self.text.take(std::mem::take(&mut self.handed_out));
            if self.text.ends_at(0)? {
                return Ok(None);
            }
            let line = self.line;
            let end = self.text.line_end(0)?;
            let bytes = &self.text.head()[..end];
            let found = match memchr(b'"', bytes) {
                Some(_) => self.quoted_record()?,
                None if is_blank(bytes, self.delimiter) => {
                    self.pass(end, 1);
                    continue;
                }
                None => {
                    self.pass(end, 1);
                    Found::Plain(end)
                }
            };
            if matches!(found, Found::Quoted) && self.quoted.text().trim_ascii().is_empty() {
                continue;
            }
            break (found, line);
        };
        let last = self.line - 1;
        let cells = match found {
            Found::Bad(reason) => Err(reason),
            Found::Plain(length) => self.plain_cells(line, length),
            Found::Quoted => self.quoted_cells(line),
        };
        Ok(Some(Record { line, last, cells }))
    }

    /// Leaves so many bytes and the end of their line behind, once they are no longer looked at.
    fn pass(&mut self, bytes: usize, lines: u64) {
        self.handed_out = bytes + 1;
        self.line += lines;
    }

    fn quoted_record(&mut self) -> io::Result<Found> {
        let mut end = self.text.line_end(0)?;
        let first = end;
        loop {
            let (delimiter, terminator) = (self.delimiter, self.text.terminator);
            // The end of the line belongs to what is cut, so that a quote that is open there is seen.
            let seen = (end + 1).min(self.text.head().len());
            if let Some(length) = self.quoted.cut(&self.text.head()[..seen], delimiter, terminator) {
                let lines = self.quoted.line_ends as u64 + 1;
                self.pass(length, lines);
                return Ok(match self.swallowed_lines() {
                    true => Found::Bad("quote-open"),
                    false => Found::Quoted,
                });
            }
            if end >= QUOTED_BYTES_MAX || self.text.ends_at(end + 1)? {
                // It costs its own line: those behind it are read for themselves.
                self.pass(first, 1);
                return Ok(Found::Bad("quote-open"));
            }
            // Twice as far each time, so that a long record is not cut a thousand times.
            let target = (2 * end).min(QUOTED_BYTES_MAX);
            end = self.text.line_end(end + 1)?;
            while end < target && !self.text.ends_at(end + 1)? {
                end = self.text.line_end(end + 1)?;
            }
        }
    }

    /// Whether the record's quotes are such as come of one that was not closed.
    fn swallowed_lines(&self) -> bool {
        let cells = self.quoted.ends().len();
        match self.quoted.line_ends {
            0 => self.quoted.is_torn && cells != self.count,
            _ => self.quoted.is_torn || cells != self.count || self.quoted.swallowed + 1 >= self.count.max(2),
        }
    }

    fn plain_cells(&mut self, line: u64, length: usize) -> Result<Vec<&str>, &'static str> {
        let Self {
            text,
            decoded,
            guessed,
            delimiter,
            count,
            ..
        } = self;
        let text = utf_8(&text.head()[..length], decoded, text.encoding, guessed, line)?;
        let mut cells = Vec::with_capacity(*count);
        let mut begin = 0;
        for end in memchr_iter(*delimiter, text.as_bytes()) {
            cells.push(&text[begin..end]);
            begin = end + 1;
        }
        cells.push(&text[begin..]);
        Ok(cells)
    }

    fn quoted_cells(&mut self, line: u64) -> Result<Vec<&str>, &'static str> {
        let Self {
            text,
            decoded,
            guessed,
            quoted,
            ..
        } = self;
        if std::str::from_utf8(quoted.text()).is_err() {
            return guessed_cells(quoted, decoded, text.encoding, guessed, line);
        }
        let whole = std::str::from_utf8(quoted.text()).map_err(|_| "not-utf-8")?;
        let mut begin = 0;
        let cell = |end: &usize| {
            let cell = whole.get(begin..*end).ok_or("not-utf-8");
            begin = *end;
            cell
        };
        quoted.ends().iter().map(cell).collect()
    }
}

/// Cells whose text is decoded one by one, so that it is known where each ends.
fn guessed_cells<'d>(
    quoted: &Quoted,
    decoded: &'d mut String,
    encoding: Option<&'static str>,
    guessed: &mut Option<(u64, u64)>,
    line: u64,
) -> Result<Vec<&'d str>, &'static str> {
    let (mut whole, mut ends, mut begin) = (String::new(), Vec::new(), 0);
    utf_8(quoted.text(), decoded, encoding, guessed, line)?;
    for &end in quoted.ends() {
        whole.push_str(
            &WINDOWS_1252
                .decode_without_bom_handling(&quoted.text()[begin..end])
                .0,
        );
        ends.push(whole.len());
        begin = end;
    }
    *decoded = whole;
    let mut begin = 0;
    Ok(ends
        .into_iter()
        .map(|end| &decoded[std::mem::replace(&mut begin, end)..end])
        .collect())
}

/// A line's bytes as text. What is no UTF-8 is Windows-1252, which French office programs save, if it can be that.
fn utf_8<'t>(
    bytes: &'t [u8],
    decoded: &'t mut String,
    encoding: Option<&'static str>,
    guessed: &mut Option<(u64, u64)>,
    line: u64,
) -> Result<&'t str, &'static str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text);
    }
    // A file that says what it is, and is not, is broken; so is a line that is UTF-8 in part.
    if encoding.is_some() || bytes.utf8_chunks().any(|it| !it.valid().is_ascii()) {
        return Err("not-utf-8");
    }
    *decoded = WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned();
    if decoded.chars().any(is_of_another_page) {
        return Err("not-utf-8");
    }
    let (lines, first) = guessed.unwrap_or((0, line));
    *guessed = Some((lines + 1, first));
    Ok(decoded)
}

/// Characters that stand where the code pages of MS-DOS and of old Apple computers have accents: names never hold them.
fn is_of_another_page(c: char) -> bool {
    ('\u{80}'..'\u{a0}').contains(&c) || "‚ƒ„†‡ˆ‰˜".contains(c)
}

fn is_blank(bytes: &[u8], delimiter: u8) -> bool {
    bytes
        .iter()
        .all(|it| *it == delimiter || it.is_ascii_whitespace())
}

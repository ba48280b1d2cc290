//! The shape of a CSV file: byte order mark, separator, and which column is where.

use std::io::{self, Chain, Cursor, Read};

use csv::{ByteRecord, Terminator};

use super::ImportError;

/// Longest first line that is looked at, in bytes; INSEE's has about 1,500.
const HEADER_LENGTH_MAX: usize = 64 * 1024;
/// A line put behind the file, which is no line of any: it ends the last record of a file that does not end with a line,
/// and shows whether the file ended inside a quote.
const BEHIND: &[u8] = b"\n\0\x04end\x04\0\n";
/// The same as a field.
const END: &[u8] = b"\0\x04end\x04\0";
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The first line, the rest, and a line behind the file.
type Text<'r> = Chain<Chain<Cursor<Vec<u8>>, &'r mut dyn Read>, &'static [u8]>;

/// A reader of records whose columns are known by name.
pub struct Table<'r> {
    reader: csv::Reader<Text<'r>>,
    /// Place of each needed column, in the order in which they were asked for.
    places: Vec<usize>,
    record: ByteRecord,
}

/// A record, or the reason why there is none.
pub enum Row<'t> {
    /// The fields that were asked for, trimmed, and the line number.
    Fields(u64, Vec<&'t str>),
    /// The same of a record that spans lines: either a quoted text with line breaks, or a quote that was never closed and
    /// swallowed the lines behind it.
    SpanningFields(u64, Vec<&'t str>),
    /// A line that is not UTF-8, has too few fields, or opens a quote that the file does not close.
    Bad(u64, &'static str),
}

impl<'r> Table<'r> {
    /// Reads the first line and finds the columns. Names are compared without case; other columns are ignored.
    pub fn open(input: &'r mut dyn Read, needed: &[&'static str]) -> Result<Self, ImportError> {
        let head = first_line(input)?;
        let delimiter = delimiter_of(&head);
        let text = Cursor::new(head).chain(input).chain(BEHIND);
        // A carriage return is left to be trimmed as white space: with it, the reader's own count of lines is off.
        let terminator = Terminator::Any(b'\n');
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .terminator(terminator)
            .from_reader(text);
        let places = places_of(reader.byte_headers().map_err(read_error)?, needed)?;
        Ok(Self {
            reader,
            places,
            record: ByteRecord::new(),
        })
    }

    /// The next record; nothing at the end of the file. Lines without any content are passed over.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, ImportError> {
        loop {
            let more = self
                .reader
                .read_byte_record(&mut self.record)
                .map_err(read_error)?;
            if !more || (self.record.len() == 1 && self.record.get(0) == Some(END)) {
                return Ok(None);
            }
            if self.record.iter().any(|field| !field.trim_ascii().is_empty()) {
                break;
            }
        }
        let within = self.record.as_slice().iter().filter(|it| **it == b'\n').count() as u64;
        let behind = self.reader.position().line().saturating_sub(within);
        // A quote that the file does not close swallows the line behind the file too.
        if self
            .record
            .as_slice()
            .strip_suffix(b"\n")
            .is_some_and(|it| it.ends_with(END))
        {
            return Ok(Some(Row::Bad(behind, "quote-open")));
        }
        let line = behind.saturating_sub(1);
        let mut fields = Vec::with_capacity(self.places.len());
        for &place in &self.places {
            let Some(bytes) = self.record.get(place) else {
                return Ok(Some(Row::Bad(line, "too-few-fields")));
            };
            match std::str::from_utf8(bytes) {
                Ok(text) => fields.push(text.trim()),
                Err(_) => return Ok(Some(Row::Bad(line, "not-utf-8"))),
            }
        }
        Ok(Some(match within {
            0 => Row::Fields(line, fields),
            _ => Row::SpanningFields(line, fields),
        }))
    }
}

/// The first line without its byte order mark, with whatever was read along with it. A byte at a time:
/// what lies behind the reader buffers by itself or is one line long here.
fn first_line(input: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut byte = [0];
    while head.len() < HEADER_LENGTH_MAX && input.read(&mut byte)? == 1 {
        head.push(byte[0]);
        if byte[0] == b'\n' {
            break;
        }
    }
    if head.starts_with(BYTE_ORDER_MARK) {
        head.drain(..BYTE_ORDER_MARK.len());
    }
    Ok(head)
}

/// Where each needed column is. Names are compared without case.
///
/// Errors: one is missing, or named twice.
pub fn places_of(header: &ByteRecord, needed: &[&'static str]) -> Result<Vec<usize>, ImportError> {
    let mut places = Vec::with_capacity(needed.len());
    let mut missing = Vec::new();
    for &name in needed {
        let mut found = header.iter().enumerate().filter(|(_, it)| names(it, name));
        match (found.next(), found.next()) {
            (Some((place, _)), None) => places.push(place),
            (Some(_), Some(_)) => return Err(ImportError::ColumnTwice(name)),
            (None, _) => missing.push(name),
        }
    }
    if missing.is_empty() {
        Ok(places)
    } else {
        Err(ImportError::MissingColumns(missing))
    }
}

/// A semicolon where the first line holds more of them than commas.
pub fn delimiter_of(head: &[u8]) -> u8 {
    let count = |delimiter| head.iter().filter(|it| **it == delimiter).count();
    if count(b';') > count(b',') { b';' } else { b',' }
}

fn names(header: &[u8], name: &str) -> bool {
    std::str::from_utf8(header).is_ok_and(|it| it.trim().eq_ignore_ascii_case(name))
}

fn read_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        // Flexible byte records know no other fault. The text could hold a field, so it goes no further.
        _ => io::Error::new(io::ErrorKind::InvalidData, "not a CSV file"),
    }
}

/// Every row as text: its line number, and its fields or what is wrong with it.
#[cfg(test)]
pub fn rows_of(bytes: &[u8], needed: &[&'static str]) -> Result<Vec<String>, ImportError> {
    let mut input = Cursor::new(bytes.to_vec());
    let mut table = Table::open(&mut input, needed)?;
    let mut rows = Vec::new();
    while let Some(row) = table.next_row()? {
        rows.push(match row {
            Row::Fields(line, fields) | Row::SpanningFields(line, fields) => {
                format!("{line}:{}", fields.join("/"))
            }
            Row::Bad(line, reason) => format!("{line}!{reason}"),
        });
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Result<Vec<String>, ImportError> {
        rows_of(bytes, &["siret", "name"])
    }

    #[test]
    fn columns_are_found_by_name_in_any_order_and_with_either_separator() {
        assert_eq!(
            rows(b"siret,name\n1,a\n2,\"b,c\"\n").unwrap(),
            ["2:1/a", "3:2/b,c"]
        );
        assert_eq!(
            rows(b"\xef\xbb\xbfNAME;x;Siret\r\na;y;1\r\n\r\n;;\r\nb, c;y; 2 \r\n").unwrap(),
            ["2:1/a", "5:2/b, c"]
        );
    }

    #[test]
    fn bad_lines_are_told_by_their_number() {
        assert_eq!(
            rows(b"siret,name\n1\n\xe9,a\n2,\"b\nc\"\n3,d").unwrap(),
            ["2!too-few-fields", "3!not-utf-8", "4:2/b\nc", "6:3/d"]
        );
    }

    #[test]
    fn a_quote_that_is_never_closed_is_told_where_it_opens() {
        assert_eq!(
            rows(b"siret,name\n1,a\n2,\"b\n3,c\n4,d\n").unwrap(),
            ["2:1/a", "3!quote-open"]
        );
        assert_eq!(rows(b"siret,name\n1,\"a").unwrap(), ["2!quote-open"]);
        assert_eq!(rows(b"siret,name\n1,\"a\"").unwrap(), ["2:1/a"]);
    }

    #[test]
    fn a_file_without_the_columns_is_refused() {
        assert!(
            matches!(rows(b"siret;nom\n"), Err(ImportError::MissingColumns(missing)) if missing == ["name"])
        );
        assert!(matches!(rows(b""), Err(ImportError::MissingColumns(missing)) if missing.len() == 2));
        assert!(matches!(
            rows(b"siret,name,siret\n"),
            Err(ImportError::ColumnTwice("siret"))
        ));
    }
}

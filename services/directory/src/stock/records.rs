//! Records of CSV text that comes in chunks: cut into fields in place where nothing is quoted, as all of INSEE's lines
//! but few are; the rest goes through the same machine as every other import.
//!
//! A line with as many fields as the first one is walked from both ends, as far as the needed fields: the searches for
//! a line's end, for quotes, and for the number of fields look at many bytes at a time.

use csv_core::{ReadRecordResult, Terminator};
use memchr::{memchr, memchr_iter, memchr2};

use super::columns::{Columns, Fields};

/// Longest record over several chunks or with quotes. A quote that is never closed, or a file without lines, would else
/// fill the memory.
const RECORD_BYTES_MAX: usize = 64 * 1024;

/// A record, or the reason why there is none.
pub enum Record<'r> {
    /// The fields that are needed, trimmed.
    Fields(Fields<'r>),
    /// A line of which nothing can be read.
    Bad(&'static str),
}

/// Cuts text into records.
pub struct Records {
    columns: Columns,
    machine: csv_core::Reader,
    /// What the last chunk ended with, when that was no whole record.
    begun: Vec<u8>,
    /// Fields of a record with quotes, one behind the other, and where each ends.
    text: Vec<u8>,
    ends: Vec<usize>,
    /// Whether the line that is begun was given up, so that its rest counts for nothing.
    is_given_up: bool,
    /// The number of the next line.
    line: u64,
}

impl Records {
    /// Records with these columns; `line` is the number of the first.
    pub fn new(columns: Columns, line: u64) -> Self {
        let machine = csv_core::ReaderBuilder::new()
            .delimiter(columns.delimiter)
            // As in the other imports: a carriage return is white space at the end of the last field.
            .terminator(Terminator::Any(b'\n'))
            .build();
        Self {
            columns,
            machine,
            begun: Vec::new(),
            text: vec![0; RECORD_BYTES_MAX],
            ends: vec![0; 256],
            is_given_up: false,
            line,
        }
    }

    /// Hands over each record that ends in this chunk, with its line number.
    pub fn chunk<E>(
        &mut self,
        mut chunk: &[u8],
        each: &mut impl FnMut(u64, Record<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.is_given_up {
            let Some(at) = memchr(b'\n', chunk) else {
                return Ok(());
            };
            chunk = &chunk[at + 1..];
            self.is_given_up = false;
            self.line += 1;
        }
        if self.begun.is_empty() {
            self.cut(chunk, false, each)
        } else {
            let mut text = std::mem::take(&mut self.begun);
            text.extend_from_slice(chunk);
            self.cut(&text, false, each)
        }
    }

    /// Hands over what is left at the end of the text: a last line without its end.
    pub fn end<E>(&mut self, each: &mut impl FnMut(u64, Record<'_>) -> Result<(), E>) -> Result<(), E> {
        let mut text = std::mem::take(&mut self.begun);
        if text.is_empty() {
            return Ok(());
        }
        text.push(b'\n');
        self.cut(&text, true, each)
    }

    fn cut<E>(
        &mut self,
        mut text: &[u8],
        is_end: bool,
        each: &mut impl FnMut(u64, Record<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        while let Some(at) = memchr2(b'\n', b'"', text) {
            if text[at] == b'\n' {
                let line = &text[..at];
                if let Some(record) = unquoted(&self.columns, line) {
                    each(self.line, record)?;
                }
                self.line += 1;
                text = &text[at + 1..];
            } else {
                let Some(length) = self.quoted(text, is_end, each)? else {
                    break;
                };
                text = &text[length..];
            }
        }
        if text.len() > RECORD_BYTES_MAX {
            self.is_given_up = true;
            return each(self.line, Record::Bad("too-long"));
        }
        self.begun.extend_from_slice(text);
        Ok(())
    }

    /// Hands over the record with quotes that begins here and gives its length; nothing when it does not end here.
    fn quoted<E>(
        &mut self,
        text: &[u8],
        is_end: bool,
        each: &mut impl FnMut(u64, Record<'_>) -> Result<(), E>,
    ) -> Result<Option<usize>, E> {
        self.machine.reset();
        let within = &text[..text.len().min(RECORD_BYTES_MAX)];
        let (result, read, _, fields) = self.machine.read_record(within, &mut self.text, &mut self.ends);
        let length = match result {
            ReadRecordResult::Record => read,
            ReadRecordResult::InputEmpty if within.len() == text.len() && !is_end => return Ok(None),
            // Too long, too many fields, or the text ends within quotes: the line is given up, the next one begins anew.
            _ => {
                each(self.line, Record::Bad("quote-open"))?;
                self.line += 1;
                return Ok(Some(memchr(b'\n', text).map_or(text.len(), |at| at + 1)));
            }
        };
        let ends = &self.ends[..fields];
        if let Some(record) = of_fields(&self.columns, &self.text, ends) {
            each(self.line, record)?;
        }
        self.line += memchr_iter(b'\n', &text[..length]).count() as u64;
        Ok(Some(length))
    }
}

/// The record of a line without quotes; nothing when the line is blank.
fn unquoted<'t>(columns: &Columns, line: &'t [u8]) -> Option<Record<'t>> {
    let mut fields = Fields::default();
    let delimiters = memchr_iter(columns.delimiter, line).count();
    let is_whole = if delimiters + 1 == columns.count {
        walk_both(columns, line, &mut fields)
    } else {
        // Places counted from the end hold for whole lines only.
        let mut wanted: Vec<_> = columns.places.into_iter().zip(0..).collect();
        wanted.sort_unstable();
        walk_front(columns.delimiter, line, &wanted, &mut fields)
    };
    trimmed(fields, is_whole, || is_blank(columns, line))
}

fn walk_both<'t>(columns: &Columns, line: &'t [u8], fields: &mut Fields<'t>) -> bool {
    walk_front(columns.delimiter, line, &columns.from_front, fields)
        && walk_back(columns.delimiter, line, &columns.from_back, fields)
}

/// Takes the fields at these places, counted from the beginning; false when the line ends before.
fn walk_front<'t>(delimiter: u8, line: &'t [u8], wanted: &[(usize, usize)], fields: &mut Fields<'t>) -> bool {
    let mut wanted = wanted.iter().peekable();
    let mut start = 0;
    for (place, end) in memchr_iter(delimiter, line).chain([line.len()]).enumerate() {
        let Some((next, which)) = wanted.peek() else {
            return true;
        };
        if place == *next {
            fields[*which] = &line[start..end];
            wanted.next();
        }
        start = end + 1;
    }
    wanted.peek().is_none()
}

/// Takes the fields at these places, counted from the end; false when the line begins before.
fn walk_back<'t>(delimiter: u8, line: &'t [u8], wanted: &[(usize, usize)], fields: &mut Fields<'t>) -> bool {
    let mut wanted = wanted.iter().peekable();
    let mut end = line.len();
    let starts = memchr_iter(delimiter, line).rev().map(|at| at + 1).chain([0]);
    for (place, start) in starts.enumerate() {
        let Some((next, which)) = wanted.peek() else {
            return true;
        };
        if place == *next {
            fields[*which] = &line[start..end];
            wanted.next();
        }
        end = start.saturating_sub(1);
    }
    wanted.peek().is_none()
}

/// The record of fields that lie one behind the other.
fn of_fields<'t>(columns: &Columns, text: &'t [u8], ends: &[usize]) -> Option<Record<'t>> {
    let mut fields = Fields::default();
    let is_whole = columns.places.into_iter().zip(&mut fields).all(|(place, field)| {
        let start = place.checked_sub(1).map_or(Some(0), |it| ends.get(it).copied());
        let found = start
            .zip(ends.get(place))
            .and_then(|(start, end)| text.get(start..*end));
        *field = found.unwrap_or_default();
        found.is_some()
    });
    let length = ends.last().copied().unwrap_or_default();
    trimmed(fields, is_whole, || text[..length].trim_ascii().is_empty())
}

fn trimmed(fields: Fields<'_>, is_whole: bool, is_blank: impl FnOnce() -> bool) -> Option<Record<'_>> {
    let fields = fields.map(<[u8]>::trim_ascii);
    if fields.iter().all(|it| it.is_empty()) && is_blank() {
        return None;
    }
    Some(if is_whole {
        Record::Fields(fields)
    } else {
        Record::Bad("too-few-fields")
    })
}

fn is_blank(columns: &Columns, line: &[u8]) -> bool {
    line.iter()
        .all(|it| *it == columns.delimiter || it.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;
    use crate::import::{columns_of, rows_of};
    use crate::stock::columns::NEEDED;

    /// Every record as text: its line number, and its fields or what is wrong with it.
    fn records(text: &[u8], chunk_bytes: usize) -> Vec<String> {
        let body = memchr(b'\n', text).unwrap() + 1;
        let mut records = Records::new(Columns::of(&text[..body]).unwrap(), 2);
        let mut told = Vec::new();
        let mut each = |line: u64, record: Record<'_>| {
            told.push(match record {
                Record::Fields(fields) => {
                    let fields = fields.map(|it| std::str::from_utf8(it).unwrap());
                    format!("{line}:{}", fields.join("/"))
                }
                Record::Bad(reason) => format!("{line}!{reason}"),
            });
            Ok::<_, Infallible>(())
        };
        for chunk in text[body..].chunks(chunk_bytes) {
            let Ok(()) = records.chunk(chunk, &mut each);
        }
        let Ok(()) = records.end(&mut each);
        told
    }

    fn field() -> impl Strategy<Value = String> {
        prop_oneof![
            "[0-9A a]{0,6}",
            // Anything may stand in quotes, and quotes twice.
            "[0-9A,;\n\r a]{0,6}".prop_map(|it| format!("\"{it}\"")),
            Just("\"say \"\"A\"\"\"".to_owned()),
            Just("5\" A".to_owned()),
        ]
    }

    fn line() -> impl Strategy<Value = String> {
        let ending = prop_oneof![Just("\n"), Just("\r\n")];
        (proptest::collection::vec(field(), 0..9), ending).prop_map(|(fields, end)| fields.join(",") + end)
    }

    /// The needed columns at both ends and in the middle, and some of no interest.
    fn header() -> impl Strategy<Value = String> {
        let names: Vec<&str> = NEEDED.into_iter().chain(["x", "y", "z"]).collect();
        Just(names)
            .prop_shuffle()
            .prop_map(|names| names.join(",") + "\n")
    }

    proptest! {
        #[test]
        fn records_are_those_of_every_other_import(
            header in header(),
            lines in proptest::collection::vec(line(), 0..20),
            chunk_bytes in 1usize..200,
            cut_last in any::<bool>(),
        ) {
            let mut text = header + &lines.concat();
            if cut_last && !text.ends_with("\r\n") && !lines.is_empty() {
                text.pop();
            }
            // The organisation's own files are read more strictly: what looks like a quote that swallowed lines, or has more
            // cells than the heading, is refused there, and a record that is refused counts with each of its lines.
            let theirs = rows_of(text.as_bytes(), &columns_of(&NEEDED)).unwrap();
            let line = |it: &String| it.split(['-', ':', '!']).next().unwrap().to_owned();
            let is_strict = |it: &&String| it.contains("!quote-open") || it.contains("!too-many-fields");
            let strict: Vec<String> = theirs.iter().filter(is_strict).map(line).collect();
            let is_shared = |it: &String| !strict.contains(&line(it));
            let ours: Vec<_> = records(text.as_bytes(), chunk_bytes).into_iter().filter(is_shared).collect();
            let theirs: Vec<_> = theirs.into_iter().filter(is_shared).collect();
            prop_assert_eq!(ours, theirs);
        }
    }

    const HEADER: &str = "siret,etatAdministratifEtablissement,dateDebut,dateDernierTraitementEtablissement,enseigne1Etablissement\n";

    #[test]
    fn a_quote_that_is_never_closed_costs_its_line_only() {
        let good = "1,A,,,x\n".repeat(20_000);
        let text = format!("{HEADER}{good}2,A,,,\"y\n{good}3,A,,,\"z");
        let told = records(text.as_bytes(), 1_000);
        assert_eq!(told.len(), 40_002);
        let bad: Vec<_> = told.iter().filter(|it| it.contains('!')).collect();
        assert_eq!(bad, ["20002!quote-open", "40003!quote-open"]);
    }

    #[test]
    fn a_line_without_end_is_given_up_and_not_kept_in_memory() {
        let text = format!("{HEADER}1,A,,,{}\n2,A,,,\n", "x".repeat(1_000_000));
        let told = records(text.as_bytes(), 50_000);
        assert_eq!(told, ["2!too-long", "3:2/A//"]);
    }
}

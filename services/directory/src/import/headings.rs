//! Which column is where: names in the heading, the separator, and lines that stand before the heading.

use csv::ByteRecord;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::ImportError;
use super::quoted::Quoted;
use super::text::Text;

/// A heading stands within so many lines: a title and a date may stand before it.
const LINES_BEFORE_MAX: usize = 10;
const DELIMITERS: [u8; 4] = *b";,\t|";

/// A column of a file.
pub struct Column {
    /// Its name in this project.
    pub name: &'static str,
    /// How French files call it, most exact first: lower case without accents and signs.
    pub also: &'static [&'static str],
    /// Columns that together say the same; a file that has neither is refused. None: the column may be absent.
    pub needed: Option<&'static [&'static str]>,
}

/// A column that must be there.
pub const fn needed(name: &'static str, also: &'static [&'static str]) -> Column {
    Column {
        name,
        also,
        needed: Some(&[]),
    }
}

/// A column that may be absent.
pub const fn optional(name: &'static str, also: &'static [&'static str]) -> Column {
    Column {
        name,
        also,
        needed: None,
    }
}

/// The heading of a file.
#[derive(Debug)]
pub struct Heading {
    /// What stands between cells.
    pub delimiter: u8,
    /// How many cells it has.
    pub count: usize,
    /// Place of each column; none of one that is absent and may be.
    pub places: Vec<Option<usize>>,
    /// Its line; what stands before it is no record.
    pub line: u64,
}

/// Finds the heading, and takes it and what stands before it.
///
/// Errors: no line names the needed columns, or one is named twice.
pub fn take_heading(text: &mut Text<'_>, columns: &[Column]) -> Result<Heading, ImportError> {
    let (mut cells, mut at, mut line, mut said) = (Quoted::default(), 0, 1, None);
    let mut best: Option<ImportError> = None;
    for _ in 0..LINES_BEFORE_MAX {
        if text.ends_at(at)? {
            break;
        }
        let end = text.line_end(at)?;
        let bytes = &text.head()[at..end];
        if let Some(separator) = separator_said(bytes) {
            said = Some(separator);
        } else {
            let from = &text.head()[at..];
            for delimiter in said.map_or_else(|| likely(bytes), |it| vec![it]) {
                let Some(length) = cells.cut(from, delimiter, text.terminator) else {
                    continue;
                };
                match places(&names(&cells), columns) {
                    Ok(places) => {
                        let heading = Heading {
                            delimiter,
                            count: cells.ends().len(),
                            places,
                            line: line + cells.line_ends as u64,
                        };
                        text.take(at + length + 1);
                        return Ok(heading);
                    }
                    Err(why) => best = Some(nearer(best, why)),
                }
            }
        }
        (at, line) = (end + 1, line + 1);
    }
    Err(best.unwrap_or_else(|| missing(columns)))
}

/// `sep=;` in a line of its own, which spreadsheets heed and do not show.
fn separator_said(line: &[u8]) -> Option<u8> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = line
        .strip_prefix(b"\"")
        .and_then(|it| it.strip_suffix(b"\""))
        .unwrap_or(line);
    let (name, separator) = line.split_at_checked(4)?;
    match separator {
        [one] if name.eq_ignore_ascii_case(b"sep=") => Some(*one),
        b"\\t" if name.eq_ignore_ascii_case(b"sep=") => Some(b'\t'),
        _ => None,
    }
}

/// The separators that this line may have, the most frequent first.
fn likely(line: &[u8]) -> Vec<u8> {
    let count = |delimiter: &u8| line.iter().filter(|it| *it == delimiter).count();
    let mut delimiters = DELIMITERS.to_vec();
    delimiters.sort_by_key(|it| std::cmp::Reverse(count(it)));
    delimiters
}

/// The one of two attempts that lacks least.
pub fn nearer(best: Option<ImportError>, other: ImportError) -> ImportError {
    let lacks = |it: &ImportError| match it {
        ImportError::MissingColumns(missing) => missing.len(),
        _ => 0,
    };
    match best {
        Some(best) if lacks(&best) <= lacks(&other) => best,
        _ => other,
    }
}

/// Every needed column is missing.
pub fn missing(columns: &[Column]) -> ImportError {
    let needed = columns.iter().filter(|it| it.needed.is_some());
    ImportError::MissingColumns(needed.map(|it| it.name).collect())
}

fn names(cells: &Quoted) -> Vec<String> {
    let mut begin = 0;
    let cell = |end: &usize| {
        let bytes = &cells.text()[begin..*end];
        begin = *end;
        let text = std::str::from_utf8(bytes).map_or_else(
            |_| encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
            Into::into,
        );
        folded(&text)
    };
    cells.ends().iter().map(cell).collect()
}

/// Lower case without accents and signs: `N° d’adhérent` is `ndadherent`.
pub fn folded(name: &str) -> String {
    name.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// Where each column is. Its own name goes before the others, which are tried in their order.
///
/// Errors: one that is needed is missing, or named twice.
pub fn places(names: &[String], columns: &[Column]) -> Result<Vec<Option<usize>>, ImportError> {
    let found = columns.iter().map(|column| {
        let own = folded(column.name);
        let mut spellings = std::iter::once(own.as_str()).chain(column.also.iter().copied());
        spellings
            .find_map(|spelling| {
                let mut at = names.iter().enumerate().filter(|(_, it)| *it == spelling);
                let (place, _) = at.next()?;
                Some(
                    at.next()
                        .map_or(Ok(place), |_| Err(ImportError::ColumnTwice(column.name))),
                )
            })
            .transpose()
    });
    let places = found.collect::<Result<Vec<_>, _>>()?;
    let is_there = |name: &str| {
        let at = columns.iter().position(|it| it.name == name);
        at.is_some_and(|it| places[it].is_some())
    };
    let missing: Vec<_> = columns
        .iter()
        .filter(|column| {
            let others = column.needed.filter(|_| !is_there(column.name));
            others.is_some_and(|it| it.is_empty() || !it.iter().all(|other| is_there(other)))
        })
        .map(|column| column.name)
        .collect();
    match missing.is_empty() {
        true => Ok(places),
        false => Err(ImportError::MissingColumns(missing)),
    }
}

/// Where each needed column of INSEE's file is: by its own name, without regard to case.
///
/// Errors: one is missing, or named twice.
pub fn places_of(header: &ByteRecord, needed: &[&'static str]) -> Result<Vec<usize>, ImportError> {
    let mut places = Vec::with_capacity(needed.len());
    let mut missing = Vec::new();
    for &name in needed {
        let names = |it: &[u8]| std::str::from_utf8(it).is_ok_and(|it| it.trim().eq_ignore_ascii_case(name));
        let mut found = header.iter().enumerate().filter(|(_, it)| names(it));
        match (found.next(), found.next()) {
            (Some((place, _)), None) => places.push(place),
            (Some(_), Some(_)) => return Err(ImportError::ColumnTwice(name)),
            (None, _) => missing.push(name),
        }
    }
    match missing.is_empty() {
        true => Ok(places),
        false => Err(ImportError::MissingColumns(missing)),
    }
}

/// A semicolon where the first line holds more of them than commas.
pub fn delimiter_of(head: &[u8]) -> u8 {
    let count = |delimiter| head.iter().filter(|it| **it == delimiter).count();
    if count(b';') > count(b',') { b';' } else { b',' }
}

/// For tests of others: columns of these names and no others.
#[cfg(test)]
pub fn columns_of(names: &[&'static str]) -> Vec<Column> {
    names.iter().map(|name| needed(name, &[])).collect()
}

//! Rows of a file, whatever kind of file it is: the cells that an import needs, each without what stands around it.

use std::io::{self, Read};

use domain::values::trim_edges;

use super::headings::{Column, Heading, take_heading};
use super::kind::Faults;
use super::records::Records;
use super::text::Text;
use super::{ImportError, workbook};

/// A file's content.
pub(crate) enum Content<'c> {
    /// Text with separators.
    Text(&'c mut dyn Read),
    /// An Excel workbook, `.xlsx`.
    Workbook(&'c mut dyn ReadSeek),
}

/// What a workbook is read from: its parts stand in no order.
pub(crate) trait ReadSeek: Read + io::Seek {}
impl<T: Read + io::Seek> ReadSeek for T {}

/// A row, or the reason why there is none.
pub enum Row<'t> {
    /// The cells that were asked for, in that order, empty where their column is absent; and the faults of those that cannot
    /// be taken as text.
    Cells {
        /// The row's number in its file; the last line of a record that spans lines.
        line: u64,
        /// The cells.
        cells: Vec<&'t str>,
        /// Faults of cells, which are empty above.
        faults: Faults,
        /// True for a record that spans lines.
        spans: bool,
    },
    /// Lines of which nothing can be read, from the first to the last.
    Bad(u64, u64, &'static str),
}

/// Rows from first to last.
pub trait Rows {
    /// The next row; nothing at the end. Rows without any content are passed over.
    fn next_row(&mut self) -> Result<Option<Row<'_>>, ImportError>;

    /// What the report should say of how the file was read.
    fn notes(&self) -> Vec<String>;
}

/// Finds the columns, and hands the rows to whoever reads them.
///
/// Errors: the file cannot be read, lacks a column, or the reader's own.
pub fn with_rows<T>(
    content: Content<'_>,
    columns: &[Column],
    read: impl FnOnce(&mut dyn Rows) -> Result<T, ImportError>,
) -> Result<T, ImportError> {
    match content {
        Content::Text(input) => read(&mut TextRows::open(input, columns)?),
        Content::Workbook(file) => workbook::with_rows(file, columns, read),
    }
}

/// Rows of a text file.
struct TextRows<'r> {
    records: Records<'r>,
    heading: Heading,
    columns: Vec<&'static str>,
}

impl<'r> TextRows<'r> {
    fn open(input: &'r mut dyn Read, columns: &[Column]) -> Result<Self, ImportError> {
        let mut text = Text::open(input)?;
        let heading = take_heading(&mut text, columns)?;
        Ok(Self {
            records: Records::new(text, heading.delimiter, heading.count, heading.line + 1),
            heading,
            columns: columns.iter().map(|it| it.name).collect(),
        })
    }
}

impl Rows for TextRows<'_> {
    fn next_row(&mut self) -> Result<Option<Row<'_>>, ImportError> {
        let Some(record) = self.records.next_record()? else {
            return Ok(None);
        };
        let (line, last) = (record.line, record.last);
        let bad = |reason| Ok(Some(Row::Bad(line, last, reason)));
        let cells = match record.cells {
            Ok(cells) => cells,
            Err(reason) => return bad(reason),
        };
        let beyond = cells.get(self.heading.count..).unwrap_or_default();
        if beyond.iter().any(|it| !trim_edges(it).is_empty()) {
            return bad("too-many-fields");
        }
        let mut wanted = Vec::with_capacity(self.columns.len());
        for place in &self.heading.places {
            match place.map(|it| cells.get(it)) {
                None => wanted.push(""),
                Some(Some(cell)) => wanted.push(cell_text(cell)),
                Some(None) => return bad("too-few-fields"),
            }
        }
        Ok(Some(Row::Cells {
            line,
            cells: wanted,
            faults: Vec::new(),
            spans: last > line,
        }))
    }

    fn notes(&self) -> Vec<String> {
        let heading =
            (self.heading.line > 1).then(|| format!("the heading was found in line {}", self.heading.line));
        heading.into_iter().chain(self.records.encoding()).collect()
    }
}

/// A cell's text without its edges, and without `="…"`, by which spreadsheets keep text text.
pub fn cell_text(cell: &str) -> &str {
    let text = trim_edges(cell);
    let formula = text.strip_prefix("=\"").and_then(|it| it.strip_suffix('"'));
    formula.map_or(text, trim_edges)
}

/// Every row as text: its line number, and its cells or what is wrong with it.
#[cfg(test)]
pub fn rows_of(bytes: &[u8], columns: &[Column]) -> Result<Vec<String>, ImportError> {
    let mut input = io::Cursor::new(bytes.to_vec());
    let mut rows = TextRows::open(&mut input, columns)?;
    let mut told = Vec::new();
    while let Some(row) = rows.next_row()? {
        told.push(match row {
            Row::Cells { line, cells, .. } => format!("{line}:{}", cells.join("/")),
            Row::Bad(line, last, reason) if last > line => format!("{line}-{last}!{reason}"),
            Row::Bad(line, _, reason) => format!("{line}!{reason}"),
        });
    }
    told.extend(rows.notes());
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::super::headings::columns_of;
    use super::*;

    fn rows(bytes: &[u8]) -> Result<Vec<String>, ImportError> {
        rows_of(bytes, &columns_of(&["siret", "name"]))
    }

    #[test]
    fn columns_are_found_by_name_in_any_order_and_with_each_separator() {
        assert_eq!(
            rows(b"siret,name\n1,a\n2,\"b,c\"\n").unwrap(),
            ["2:1/a", "3:2/b,c"]
        );
        assert_eq!(
            rows(b"\xef\xbb\xbfNAME;x;Siret\r\na;y;1\r\n\r\n;;\r\nb, c;y; 2 \r\n").unwrap(),
            ["2:1/a", "5:2/b, c"]
        );
        assert_eq!(rows(b"siret\tname\n1\ta;b,c\n").unwrap(), ["2:1/a;b,c"]);
        assert_eq!(rows(b"siret|name\n1|a;b,c\n").unwrap(), ["2:1/a;b,c"]);
        assert_eq!(
            rows(b"sep=;\r\nsiret;name\r\n1;a\r\n").unwrap(),
            ["3:1/a", "the heading was found in line 2"]
        );
        assert_eq!(
            rows(b"Export, of today, for us;\n\nsiret;name;x\n1;a;b\n").unwrap(),
            ["4:1/a", "the heading was found in line 3"]
        );
        assert_eq!(rows(b"siret;name\r1;a\r2;b").unwrap(), ["2:1/a", "3:2/b"]);
    }

    #[test]
    fn a_text_is_read_as_what_it_was_saved_as() {
        let text = "siret;name\n1;Café\n2;Œuvre\n";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let good = ["2:1/Café", "3:2/Œuvre"];
        for (bytes, note) in [
            (text.as_bytes().to_vec(), None),
            ([b"\xef\xbb\xbf", text.as_bytes()].concat(), None),
            (
                [b"\xff\xfe", &little[..]].concat(),
                Some("the file was read as UTF-16LE"),
            ),
            (
                [b"\xfe\xff", &big[..]].concat(),
                Some("the file was read as UTF-16BE"),
            ),
            (little, Some("the file was read as UTF-16LE")),
            (big, Some("the file was read as UTF-16BE")),
        ] {
            let expected: Vec<&str> = good.into_iter().chain(note).collect();
            assert_eq!(rows(&bytes).unwrap(), expected);
        }
        let told = rows(b"siret;name\n1;a\n2;Caf\xe9\n3;\"\x8cuvre; d\x92art\"\n").unwrap();
        assert_eq!(told[..3], ["2:1/a", "3:2/Café", "4:3/Œuvre; d’art"]);
        assert!(told[3].starts_with("2 lines are not UTF-8 and were read as Windows-1252, line 3 first"));
    }

    #[test]
    fn what_is_of_no_known_encoding_is_refused() {
        // MS-DOS, an old Apple computer, UTF-8 in part, and what says that it is UTF-8.
        assert_eq!(rows(b"siret;name\n1;Caf\x82\n").unwrap(), ["2!not-utf-8"]);
        assert_eq!(rows(b"siret;name\n1;Ch\x89teau\n").unwrap(), ["2!not-utf-8"]);
        assert_eq!(
            rows(b"siret;name\n1;Caf\xc3\xa9 caf\xe9\n").unwrap(),
            ["2!not-utf-8"]
        );
        assert_eq!(
            rows(b"\xef\xbb\xbfsiret;name\n1;Caf\xe9\n").unwrap(),
            ["2!not-utf-8"]
        );
    }

    #[test]
    fn bad_lines_are_told_by_their_number() {
        assert_eq!(
            rows(b"siret,name\n1\n2,\"b\nc\"\n3,d,,\n4,e,f\n5,g").unwrap(),
            [
                "2!too-few-fields",
                "3:2/b\nc",
                "5:3/d",
                "6!too-many-fields",
                "7:5/g"
            ]
        );
    }

    #[test]
    fn cells_are_taken_without_what_stands_around_them() {
        assert_eq!(
            rows("siret;name\n=\"01\"; \u{a0}a\u{200b}\t\n\"=\"\"02\"\"\";'t Hooft\n".as_bytes()).unwrap(),
            ["2:01/a", "3:02/'t Hooft"]
        );
    }

    #[test]
    fn a_quote_that_is_not_closed_swallows_nothing_in_silence() {
        let of = |body: &str| rows(format!("siret;name\n{body}").as_bytes()).unwrap();
        // The next quote closes it, with text behind.
        assert_eq!(of("1;\"a\n2;b\n3;\"c\"\n4;d\n"), ["2-4!quote-open", "5:4/d"]);
        // It closes as if nothing were wrong.
        assert_eq!(of("1;\"a\n2;b\"\n3;c\n"), ["2-3!quote-open", "4:3/c"]);
        // None closes it: its line is lost, and no other.
        assert_eq!(
            of("1;a\n2;\"b\n3;c\n4;d\n"),
            ["2:1/a", "3!quote-open", "4:3/c", "5:4/d"]
        );
        assert_eq!(of("1;\"a"), ["2!quote-open"]);
        assert_eq!(of("1;\"a\""), ["2:1/a"]);
        // Within one line.
        assert_eq!(of("\"1;\"a\"\n2;b\n"), ["2!quote-open", "3:2/b"]);
        assert_eq!(of("1;\"LE PETIT\" BISTRO\n"), ["2:1/LE PETIT BISTRO"]);
        let long = format!("1;\"a\n{}", "2;b\n".repeat(200_000));
        assert_eq!(of(&long)[..2], ["2!quote-open", "3:2/b"]);
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

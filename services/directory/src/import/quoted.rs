//! One record of CSV with quotes, cut as the crate csv cuts it, with what that crate does not tell: whether text stands
//! behind a closing quote, and whether a quoted cell holds what looks like other records. Both are what a quote does that was
//! never closed.

/// A record cut into cells.
#[derive(Default)]
pub struct Quoted {
    /// The cells, one behind the other, and where each ends.
    text: Vec<u8>,
    ends: Vec<usize>,
    /// Text that is no white space stands behind a closing quote.
    pub is_torn: bool,
    /// Lines that end within the record.
    pub line_ends: usize,
    /// Most separators in a cell that spans lines.
    pub swallowed: usize,
}

/// Where the reading of a cell stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    CellBegins,
    Plain,
    Quoted,
    /// Behind a quote within quotes: it ends the cell, or is the first of two that stand for one.
    QuoteSeen,
    /// Behind the closing quote.
    Behind,
}

impl Quoted {
    /// Cuts the record that begins here. Answers its length, the end of its last line not counted; nothing when the text ends
    /// within quotes.
    pub fn cut(&mut self, bytes: &[u8], delimiter: u8, terminator: u8) -> Option<usize> {
        *self = Self {
            text: std::mem::take(&mut self.text),
            ends: std::mem::take(&mut self.ends),
            ..Self::default()
        };
        self.text.clear();
        self.ends.clear();
        let (mut place, mut lines_before, mut delimiters) = (Place::CellBegins, 0, 0);
        for (at, &byte) in bytes.iter().enumerate() {
            place = match place {
                Place::Quoted if byte == b'"' => Place::QuoteSeen,
                Place::Quoted => {
                    self.line_ends += usize::from(byte == terminator);
                    delimiters += usize::from(byte == delimiter);
                    self.text.push(byte);
                    Place::Quoted
                }
                Place::QuoteSeen if byte == b'"' => {
                    self.text.push(byte);
                    Place::Quoted
                }
                _ if byte == delimiter || byte == terminator => {
                    self.ends.push(self.text.len());
                    if self.line_ends > lines_before {
                        self.swallowed = self.swallowed.max(delimiters);
                    }
                    (lines_before, delimiters) = (self.line_ends, 0);
                    if byte == terminator {
                        return Some(at);
                    }
                    Place::CellBegins
                }
                Place::CellBegins if byte == b'"' => Place::Quoted,
                Place::QuoteSeen | Place::Behind => {
                    self.is_torn |= !byte.is_ascii_whitespace();
                    self.text.push(byte);
                    Place::Behind
                }
                Place::CellBegins | Place::Plain => {
                    self.text.push(byte);
                    Place::Plain
                }
            };
        }
        if place == Place::Quoted {
            return None;
        }
        self.ends.push(self.text.len());
        if self.line_ends > lines_before {
            self.swallowed = self.swallowed.max(delimiters);
        }
        Some(bytes.len())
    }

    /// The text of all cells.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Where each cell ends in it.
    pub fn ends(&self) -> &[usize] {
        &self.ends
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cells(bytes: &[u8]) -> Option<Vec<String>> {
        let mut quoted = Quoted::default();
        quoted.cut(bytes, b';', b'\n')?;
        let mut begin = 0;
        let cell = |end: &usize| {
            let cell = &quoted.text[begin..*end];
            begin = *end;
            String::from_utf8_lossy(cell).into_owned()
        };
        Some(quoted.ends.iter().map(cell).collect())
    }

    #[test]
    fn what_a_quote_does_that_was_not_closed_is_seen() {
        let mut quoted = Quoted::default();
        for (text, length, is_torn, line_ends, swallowed) in [
            ("a;\"b;c\"\nd", Some(7), false, 0, 0),
            ("a;\"b\nc\";d\n", Some(9), false, 1, 0),
            ("a;\"b;c\nd;\"e\";f\n", Some(14), true, 1, 2),
            ("a;\"b;c\nd;e\";f\n", Some(13), false, 1, 2),
            ("a;\"b\" \r\n", Some(7), false, 0, 0),
            ("a;\"b;c\nd", None, false, 1, 1),
            ("a;=\"b\"\n", Some(6), false, 0, 0),
        ] {
            assert_eq!(quoted.cut(text.as_bytes(), b';', b'\n'), length, "{text}");
            if length.is_some() {
                assert_eq!(
                    (quoted.is_torn, quoted.line_ends, quoted.swallowed),
                    (is_torn, line_ends, swallowed),
                    "{text}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn cells_are_those_of_the_crate_csv(text in "([a;\" \n\r]{0,12}|(\"[a;\n]{0,3}\"[;\n]?){0,4})") {
            let text = format!("x{text}");
            let mut reader = csv::ReaderBuilder::new()
                .delimiter(b';')
                .has_headers(false)
                .flexible(true)
                .terminator(csv::Terminator::Any(b'\n'))
                .from_reader(text.as_bytes());
            let mut record = csv::ByteRecord::new();
            reader.read_byte_record(&mut record).unwrap();
            if let Some(cells) = cells(text.as_bytes()) {
                let theirs: Vec<_> = record.iter().map(|it| String::from_utf8_lossy(it).into_owned()).collect();
                prop_assert_eq!(cells, theirs);
            }
        }
    }
}

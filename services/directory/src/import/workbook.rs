//! Rows of an Excel workbook (`.xlsx`): each cell as the text that was typed, or the reason why that is not known.
//!
//! Numbers are quantities here, of fifteen digits at most: one that needs more has lost the others. Zeros in front are gone
//! unless the cell's format shows them. Dates, truth values and failed formulas are no text of anybody's.

use std::collections::HashSet;
use std::io::{BufReader, SeekFrom};

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxCellReader, XlsxError};
use sha2::{Digest, Sha256};

use super::ImportError;
use super::headings::{Column, Heading, folded, places};
use super::table::{ReadSeek, Row, Rows, cell_text};

/// A heading stands within so many rows.
const ROWS_BEFORE_MAX: u32 = 10;
/// From here on a spreadsheet's numbers lack digits: it keeps fifteen.
const WHOLE_MAX: f64 = 1e15;

type Book<'f> = Xlsx<BufReader<&'f mut dyn ReadSeek>>;
type Cells<'b, 'f> = XlsxCellReader<'b, BufReader<&'f mut dyn ReadSeek>>;

/// Finds the sheet and its columns, and hands its rows to whoever reads them.
///
/// Errors: the file is no workbook that can be read, no sheet has the columns, or the reader's own.
pub fn with_rows<T>(
    file: &mut dyn ReadSeek,
    columns: &[Column],
    read: impl FnOnce(&mut dyn Rows) -> Result<T, ImportError>,
) -> Result<T, ImportError> {
    let mut book: Book<'_> = Xlsx::new(BufReader::new(file)).map_err(unreadable)?;
    let mut sheets: Vec<_> = book.sheets_metadata().to_vec();
    sheets.retain(|it| it.typ == SheetType::WorkSheet);
    sheets.sort_by_key(|it| it.visible != SheetVisible::Visible);
    let mut best = None;
    let mut found = None;
    for sheet in &sheets {
        match heading_of(&mut book, &sheet.name, columns)? {
            Ok(heading) => {
                found = Some((sheet.name.clone(), heading));
                break;
            }
            Err(why) => best = best.or(Some(why)),
        }
    }
    let Some((name, heading)) = found else {
        return Err(best.unwrap_or(ImportError::Workbook("it has no sheet with cells")));
    };
    let unread: Vec<_> = sheets
        .iter()
        .filter(|it| it.name != name)
        .map(|it| it.name.as_str())
        .collect();
    let mut notes = vec![format!(
        "the sheet “{name}” was read, its heading in row {}",
        heading.line
    )];
    if !unread.is_empty() {
        notes.push(format!(
            "not read: {} more sheets (“{}”)",
            unread.len(),
            unread.join("”, “")
        ));
    }
    let unevaluated = unevaluated(&mut book, &name)?;
    let formats = Formats::of(&mut book, &name)?;
    let mut rows = SheetRows {
        cells: book.worksheet_cells_reader(&name).map_err(unreadable)?,
        formats,
        unevaluated,
        heading,
        columns: columns.iter().map(|it| it.name).collect(),
        ahead: None,
        ended: false,
        texts: Vec::new(),
        notes,
    };
    read(&mut rows)
}

/// SHA-256 of the whole file, which is then at its beginning again.
pub fn digest_of(file: &mut dyn ReadSeek) -> std::io::Result<Sha256> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            read => digest.update(&buffer[..read]),
        }
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(digest)
}

/// The library's own words can hold a cell's content, so they go no further.
fn unreadable(error: XlsxError) -> ImportError {
    ImportError::Workbook(match error {
        XlsxError::Password => "it is protected by a password: save it without, or as CSV UTF-8",
        XlsxError::Zip(_) | XlsxError::Io(_) => "it is cut off or damaged: save it again",
        _ => "it holds what is not understood: save it as CSV UTF-8",
    })
}

fn heading_of(
    book: &mut Book<'_>,
    sheet: &str,
    columns: &[Column],
) -> Result<Result<Heading, ImportError>, ImportError> {
    let mut cells = book.worksheet_cells_reader(sheet).map_err(unreadable)?;
    let mut names: Vec<Vec<String>> = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        if row >= ROWS_BEFORE_MAX {
            break;
        }
        names.resize_with(names.len().max(row as usize + 1), Vec::new);
        let row = &mut names[row as usize];
        row.resize(row.len().max(column as usize + 1), String::new());
        if let DataRef::String(_) | DataRef::SharedString(_) = cell.get_value() {
            row[column as usize] = folded(&text_of(cell.get_value()));
        }
    }
    let mut best: Option<ImportError> = None;
    for (row, names) in names.iter().enumerate().filter(|(_, names)| !names.is_empty()) {
        match places(names, columns) {
            Ok(places) => {
                return Ok(Ok(Heading {
                    delimiter: b'\t',
                    count: names.len(),
                    places,
                    line: row as u64 + 1,
                }));
            }
            Err(why) => best = Some(super::headings::nearer(best, why)),
        }
    }
    Ok(Err(best.unwrap_or_else(|| super::headings::missing(columns))))
}

fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        _ => String::new(),
    }
}

/// Cells of formulas whose value nobody has worked out: programs that make workbooks leave that to Excel.
fn unevaluated(book: &mut Book<'_>, sheet: &str) -> Result<HashSet<(u32, u32)>, ImportError> {
    let mut cells = book.worksheet_cells_reader(sheet).map_err(unreadable)?;
    let mut found = HashSet::new();
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(unreadable)? {
        if cell.formula.is_some() && matches!(cell.value, DataRef::Empty) {
            found.insert(cell.pos);
        }
    }
    Ok(found)
}

/// How many digits each style of a number shows at least: a format made of zeros, such as `00000` or `000 000 000 00000`.
struct Formats(Vec<usize>);

impl Formats {
    fn of(book: &mut Book<'_>, sheet: &str) -> Result<Self, ImportError> {
        let cells = book.worksheet_cells_reader(sheet).map_err(unreadable)?;
        let digits = |code: &str| {
            let code = code.split(';').next().unwrap_or_default();
            let zeros = code.chars().filter(|c| *c == '0').count();
            let others = code
                .chars()
                .filter(|c| *c != '0')
                .all(|c| " \\\"_-\u{a0}\u{202f}".contains(c));
            if others { zeros } else { 0 }
        };
        let of_style =
            |it: &calamine::Style| it.number_format.as_ref().map_or(0, |it| digits(&it.format_code));
        Ok(Self(cells.styles().iter().map(of_style).collect()))
    }

    fn digits(&self, style: usize) -> usize {
        self.0.get(style).copied().unwrap_or(0)
    }
}

/// A cell: its place, and its text or why there is none.
type Placed = ((u32, u32), Result<String, &'static str>);

/// Rows of a sheet.
struct SheetRows<'b, 'f> {
    cells: Cells<'b, 'f>,
    formats: Formats,
    unevaluated: HashSet<(u32, u32)>,
    heading: Heading,
    columns: Vec<&'static str>,
    /// The first cell of the next row.
    ahead: Option<Placed>,
    ended: bool,
    texts: Vec<Result<String, &'static str>>,
    notes: Vec<String>,
}

impl SheetRows<'_, '_> {
    fn next_cell(&mut self) -> Result<Option<Placed>, ImportError> {
        // Asked once more, the library would take the sheet's end for that of a broken file.
        let next = match self.ended {
            true => None,
            false => self.cells.next_cell_with_style_id().map_err(unreadable)?,
        };
        let Some((cell, style)) = next else {
            self.ended = true;
            return Ok(None);
        };
        let place = cell.get_position();
        let text = match cell.get_value() {
            DataRef::Empty if self.unevaluated.contains(&place) => Err("cell-formula"),
            value => text_or_fault(value, self.formats.digits(style)),
        };
        Ok(Some((place, text)))
    }

    /// Gathers the next row that has any content; its number, or nothing at the end.
    fn gather(&mut self) -> Result<Option<u64>, ImportError> {
        loop {
            let first = match self.ahead.take() {
                Some(cell) => cell,
                None => match self.next_cell()? {
                    Some(cell) => cell,
                    None => return Ok(None),
                },
            };
            let row = first.0.0;
            self.texts.clear();
            let mut next = Some(first);
            while let Some(((at, column), text)) = next {
                if at != row {
                    self.ahead = Some(((at, column), text));
                    break;
                }
                let column = column as usize;
                self.texts
                    .resize(self.texts.len().max(column + 1), Ok(String::new()));
                self.texts[column] = text;
                next = self.next_cell()?;
            }
            let line = u64::from(row) + 1;
            let is_blank = self
                .texts
                .iter()
                .all(|it| it.as_ref().is_ok_and(|it| cell_text(it).is_empty()));
            if line > self.heading.line && !is_blank {
                return Ok(Some(line));
            }
        }
    }
}

impl Rows for SheetRows<'_, '_> {
    fn next_row(&mut self) -> Result<Option<Row<'_>>, ImportError> {
        let Some(line) = self.gather()? else {
            return Ok(None);
        };
        let (mut cells, mut faults) = (Vec::with_capacity(self.columns.len()), Vec::new());
        for (place, column) in self.heading.places.iter().zip(&self.columns) {
            match place.and_then(|it| self.texts.get(it)) {
                Some(Ok(text)) => cells.push(cell_text(text)),
                Some(Err(fault)) => {
                    faults.push((*column, *fault));
                    cells.push("");
                }
                None => cells.push(""),
            }
        }
        Ok(Some(Row::Cells {
            line,
            cells,
            faults,
            spans: false,
        }))
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }
}

/// A value as the text that was typed; `digits`: how many its format shows at least.
fn text_or_fault(value: &DataRef<'_>, digits: usize) -> Result<String, &'static str> {
    match value {
        DataRef::Empty => Ok(String::new()),
        DataRef::String(_) | DataRef::SharedString(_) => Ok(text_of(value)),
        DataRef::Float(number) if number.abs() >= WHOLE_MAX => Err("number-digits-lost"),
        DataRef::Float(number) if number.fract() == 0.0 && *number >= 0.0 => {
            Ok(format!("{number:0>digits$}"))
        }
        DataRef::Float(number) => Ok(number.to_string()),
        DataRef::Int(number) => Ok(format!("{number:0>digits$}")),
        DataRef::Bool(_) => Err("cell-boolean"),
        DataRef::DateTime(_) | DataRef::DateTimeIso(_) | DataRef::DurationIso(_) => Err("cell-date"),
        DataRef::Error(_) => Err("cell-error"),
    }
}

#[cfg(test)]
mod tests {
    use calamine::CellErrorType;

    use super::*;

    #[test]
    fn a_cell_is_what_was_typed_or_is_refused() {
        for (value, digits, expected) in [
            (DataRef::Float(13_002_526_500_013.0), 0, Ok("13002526500013")),
            (DataRef::Float(2_241_586_300_335.0), 0, Ok("2241586300335")),
            (DataRef::Float(2_241_586_300_335.0), 14, Ok("02241586300335")),
            (DataRef::Float(16.0), 4, Ok("0016")),
            (DataRef::Float(16.5), 0, Ok("16.5")),
            (DataRef::Float(-1.0), 0, Ok("-1")),
            (DataRef::Float(999_999_999_999_999.0), 0, Ok("999999999999999")),
            (
                DataRef::Float(1_234_567_890_123_450.0),
                0,
                Err("number-digits-lost"),
            ),
            (DataRef::Float(1e300), 0, Err("number-digits-lost")),
            (DataRef::SharedString("0016"), 0, Ok("0016")),
            (DataRef::Bool(true), 0, Err("cell-boolean")),
            (DataRef::DateTimeIso("2026-11-29".to_owned()), 0, Err("cell-date")),
            (DataRef::Error(CellErrorType::NA), 0, Err("cell-error")),
            (DataRef::Empty, 14, Ok("")),
        ] {
            assert_eq!(
                text_or_fault(&value, digits).as_deref(),
                expected.as_deref(),
                "{value:?}"
            );
        }
    }
}

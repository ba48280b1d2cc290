//! Numbers as people type them and as programs write them: what may be taken off without another number coming of it,
//! and what tells that digits are gone.
//!
//! A SIRET, a member number or an agreement is a name made of digits and no quantity. Programs that hold them as quantities
//! add a tail (`1000001.0`, `16,0`), lose zeros in front, or write `1,3E+13`; spreadsheets hold them as text by
//! `="…"` or an apostrophe in front. One that is not understood is refused and never becomes another number.

use super::Fault;
use super::edges::{is_invisible, trim_edges};

/// What spreadsheets write where a formula failed, in English and French.
const CELL_ERRORS: [&str; 13] = [
    "#n/a", "#ref!", "#value!", "#valeur!", "#div/0!", "#name?", "#nom?", "#num!", "#nombre!", "#null!",
    "#nul!", "#spill!", "#calc!",
];

/// The number as it was meant, separators still in it.
///
/// `is_group`: whether digits before and behind the only dot are a way of grouping them, by their counts.
///
/// Faults: `number-exponent`, `number-decimals`, `cell-error`.
pub(super) fn meant(text: &str, is_group: fn(usize, usize) -> bool) -> Result<&str, Fault> {
    let text = unwrapped(text);
    if text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(text);
    }
    if is_cell_error(text) {
        return Err(Fault("cell-error"));
    }
    if is_exponent(text) {
        return Err(Fault("number-exponent"));
    }
    without_tail(text, is_group)
}

/// The text that a spreadsheet shows for this cell: without edges, without `="…"` and without the apostrophe that marks text.
pub fn unwrapped(text: &str) -> &str {
    let text = trim_edges(text);
    let formula = text.strip_prefix("=\"").and_then(|it| it.strip_suffix('"'));
    let text = formula.map_or(text, trim_edges);
    match text.strip_prefix(['\'', '’']) {
        Some(rest) if !rest.is_empty() => trim_edges(rest),
        _ => text,
    }
}

/// Whether a formula failed here, or its column was too narrow when the text was made.
pub fn is_cell_error(text: &str) -> bool {
    let text = trim_edges(text);
    text.starts_with('#')
        && (text.len() > 2 && text.bytes().all(|b| b == b'#')
            || CELL_ERRORS.contains(&text.to_lowercase().as_str()))
}

/// Digits, a power of ten: most of the digits are gone. A plain `12E5` may be a number of somebody's and is none.
fn is_exponent(text: &str) -> bool {
    let Some((mantissa, power)) = text.split_once(['e', 'E']) else {
        return false;
    };
    let digits = |it: &str| !it.is_empty() && it.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let has_mark = whole.len() < mantissa.len();
    let is_mantissa = digits(whole) && (!has_mark || digits(fraction));
    let unsigned = power.strip_prefix(['+', '-']).unwrap_or(power);
    is_mantissa && digits(unsigned) && (has_mark || power.starts_with('+'))
}

/// Takes the tail off that a whole number has as a quantity: a decimal mark and nothing but zeros.
fn without_tail(text: &str, is_group: fn(usize, usize) -> bool) -> Result<&str, Fault> {
    let is_number = text
        .chars()
        .all(|c| c.is_ascii_digit() || c == ',' || is_separator(c));
    let Some(at) = text.rfind(['.', ',']).filter(|_| is_number) else {
        return Ok(text);
    };
    let (head, tail) = (&text[..at], &text[at + 1..]);
    let decimals = Err(Fault("number-decimals"));
    if !tail.bytes().all(|b| b.is_ascii_digit()) {
        // A separator stands behind it, so that it is none of a quantity's.
        return if text.contains(',') { decimals } else { Ok(text) };
    }
    if !is_quantity(head) {
        // Digits in groups of somebody's own.
        return if text.contains(',') { decimals } else { Ok(text) };
    }
    let before = head.chars().filter(char::is_ascii_digit).count();
    let is_zeros = !tail.is_empty() && tail.bytes().all(|b| b == b'0');
    let is_thousands = tail.len() == 3 && (1..=3).contains(&before);
    let dots_before = head.contains('.');
    match text.as_bytes()[at] {
        b',' if head.contains(',') || !is_zeros || before == 0 => decimals,
        // `1,000`: a thousand in English, one in French.
        b',' if is_thousands && !dots_before => decimals,
        b',' => Ok(head),
        _ if head.contains(',') => decimals,
        _ if dots_before && is_zeros && tail.len() != 3 => decimals,
        _ if dots_before || tail.is_empty() || before == 0 => Ok(text),
        _ if is_thousands && is_zeros => decimals,
        _ if is_zeros => Ok(head),
        _ if is_thousands || is_group(before, tail.len()) => Ok(text),
        _ => decimals,
    }
}

/// Whether this is how a quantity's whole part is written: without separators, or with one before each three digits.
fn is_quantity(text: &str) -> bool {
    let mut groups = text.split(|c: char| c == ',' || is_separator(c)).map(str::len);
    let first = groups.next().unwrap_or_default();
    let mut others = groups.peekable();
    others.peek().is_none() || ((1..=3).contains(&first) && others.all(|it| it == 3))
}

/// The number without what people put between its characters.
pub(super) fn without_separators(text: &str) -> String {
    text.chars().filter(|c| !is_separator(*c)).collect()
}

/// Whether people, or the pages they copy from, put this character between digits.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || is_invisible(c)
        || matches!(
            c,
            '.' | '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}'
        )
}

/// Whether this is a quantity below zero, as systems write `-1` for what is not known.
pub(super) fn is_negative(text: &str) -> bool {
    let mut characters = text.chars().filter(|c| !c.is_whitespace());
    matches!(characters.next(), Some('-' | '\u{2212}')) && characters.all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, &'static str> {
        meant(text, |_, _| false)
            .map(without_separators)
            .map_err(Fault::code)
    }

    #[test]
    fn what_programs_put_around_a_number_is_taken_off() {
        for (text, expected) in [
            ("1000001.0", "1000001"),
            ("1000001.00", "1000001"),
            ("1000001.000", "1000001"),
            ("16,0", "16"),
            ("1979,00", "1979"),
            ("1 000 001,0", "1000001"),
            ("1\u{202f}000\u{202f}001,00", "1000001"),
            ("1.000.001,00", "1000001"),
            ("1.000.001", "1000001"),
            ("1.979", "1979"),
            ("100-0001", "1000001"),
            ("11.75.90006.75", "11759000675"),
            ("=\"0016\"", "0016"),
            ("'0016", "0016"),
            ("\u{feff}0016\u{200b}", "0016"),
            ("130\u{200b}025", "130025"),
            ("=\"'0016\"", "0016"),
            ("7331P005131", "7331P005131"),
            ("12E5", "12E5"),
            ("A.12", "A12"),
            ("1000001.", "1000001"),
            ("1 3 0.0", "1300"),
            ("1 000 001.0", "1000001"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_whole_number_is_refused_by_its_reason() {
        for (text, expected) in [
            ("1,3E+13", "number-exponent"),
            ("1.3e13", "number-exponent"),
            ("1E+06", "number-exponent"),
            ("1.3002526500013E+13", "number-exponent"),
            ("16.5", "number-decimals"),
            ("16,5", "number-decimals"),
            ("1000001.5", "number-decimals"),
            ("1000001.125", "number-decimals"),
            ("1,000", "number-decimals"),
            ("1.000", "number-decimals"),
            ("1,000,001", "number-decimals"),
            ("1,000,001.0", "number-decimals"),
            ("12.34,0", "number-decimals"),
            ("1.000.001.0", "number-decimals"),
            (",0", "number-decimals"),
            ("#N/A", "cell-error"),
            ("#NOM?", "cell-error"),
            ("########", "cell-error"),
        ] {
            assert_eq!(read(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn a_number_below_zero_is_told_from_a_dash() {
        assert!(is_negative("-1") && is_negative("\u{2212} 16"));
        assert!(!is_negative("1-1") && !is_negative("-A1"));
    }
}

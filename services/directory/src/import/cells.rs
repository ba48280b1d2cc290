//! What the organisation's files, messages and requests hold, read the same way whichever of them it comes by.

use domain::inbound::NAME_LENGTH_MAX;
use domain::values::{EstablishmentNumber, Fault, Idcc, Siret, is_cell_error, trim_edges, unwrapped};

/// Longest reference, in characters.
const REFERENCE_LENGTH_MAX: usize = 200;
/// Most establishments of one contact: more is a broken line, and a burden on whoever answers for them.
pub const SIRETS_MAX: usize = 5_000;

/// What programs write for nothing.
const ABSENT: [&str; 13] = [
    "nan", "<na>", "n/a", "na", "null", "(null)", "none", "nil", "nat", "néant", "neant", "(vide)", "\\n",
];

/// An agreement, or none.
///
/// Faults: those of [`Idcc::parse`], and `cell-date`.
pub fn parse_idcc(text: &str) -> Result<Option<Idcc>, Fault> {
    optional(text, Idcc::parse)
}

/// A member number, or none. What has no digit is none of the organisation's numbers.
///
/// Faults: those of [`EstablishmentNumber::parse`], `cell-date`, and `number-without-digits`.
pub fn parse_member_number(text: &str) -> Result<Option<EstablishmentNumber>, Fault> {
    let number = optional(text, EstablishmentNumber::parse)?;
    match number {
        Some(number) if !number.as_str().bytes().any(|b| b.is_ascii_digit()) => {
            Err(Fault("number-without-digits"))
        }
        number => Ok(number),
    }
}

/// A training organisation's number, or none.
///
/// Faults: those of [`parse_member_number`], and `training-number-zeros-lost` for ten digits.
pub fn parse_training_number(text: &str) -> Result<Option<EstablishmentNumber>, Fault> {
    match parse_member_number(text)? {
        Some(number) if number.lacks_training_zero() => Err(Fault("training-number-zeros-lost")),
        number => Ok(number),
    }
}

/// The name of an establishment: 1 to 200 characters, none of them a control character.
///
/// Faults: `required`, `invalid-character`, `too-long`, `cell-error`.
pub fn parse_name(text: &str) -> Result<String, Fault> {
    let text = trim_edges(text);
    if is_cell_error(text) {
        return Err(Fault("cell-error"));
    }
    bounded(text, NAME_LENGTH_MAX)
}

/// Whether an establishment is open, as the organisation and INSEE write it; empty is `active`.
///
/// Fault: `unknown-value`.
pub fn parse_state(text: &str) -> Result<&'static str, Fault> {
    match trim_edges(text).to_lowercase().as_str() {
        "" | "active" | "actif" | "a" => Ok("active"),
        "closed" | "fermé" | "fermée" | "ferme" | "fermee" | "f" | "cessé" | "cessée" => Ok("closed"),
        _ => Err(Fault("unknown-value")),
    }
}

/// A reference of the organisation's own: 1 to 200 characters, none of them a control character. One that a program wrote as
/// a quantity (`12.0`) is the whole number.
///
/// Faults: `required`, `invalid-character`, `too-long`, `cell-error`.
pub fn parse_reference(text: &str) -> Result<String, Fault> {
    let text = unwrapped(text);
    if is_cell_error(text) {
        return Err(Fault("cell-error"));
    }
    let whole = text.strip_suffix(".0").or_else(|| text.strip_suffix(",0"));
    let whole = whole.filter(|it| !it.is_empty() && it.bytes().all(|b| b.is_ascii_digit()));
    bounded(whole.unwrap_or(text), REFERENCE_LENGTH_MAX)
}

/// The establishments of a contact, separated by `|`, each once. A list that was pasted may have line breaks, semicolons or
/// commas in their place.
///
/// Faults: those of [`Siret::parse_exported`], and `too-long`.
pub fn parse_sirets(text: &str) -> Result<Vec<Siret>, Fault> {
    let text = unwrapped(text);
    if is_absent(text) {
        return Ok(Vec::new());
    }
    let mut sirets = Vec::new();
    for part in text.split(['|', ';', '\n']).flat_map(comma_parted) {
        let siret = Siret::parse_exported(part)?;
        if !sirets.contains(&siret) {
            sirets.push(siret);
        }
        if sirets.len() > SIRETS_MAX {
            return Err(Fault("too-long"));
        }
    }
    Ok(sirets)
}

/// A comma parts numbers, save where it is a quantity's decimal mark.
fn comma_parted(text: &str) -> impl Iterator<Item = &str> {
    let parts_numbers = text
        .split(',')
        .skip(1)
        .any(|it| it.bytes().filter(u8::is_ascii_digit).count() > 3);
    let separator = if parts_numbers { ',' } else { '\n' };
    text.split(separator).filter(|it| !trim_edges(it).is_empty())
}

fn bounded(text: &str, length_max: usize) -> Result<String, Fault> {
    match text.chars().count() {
        0 => Err(Fault("required")),
        _ if text.chars().any(char::is_control) => Err(Fault("invalid-character")),
        length if length <= length_max => Ok(text.to_owned()),
        _ => Err(Fault("too-long")),
    }
}

fn optional<T>(text: &str, parse: fn(&str) -> Result<T, Fault>) -> Result<Option<T>, Fault> {
    let text = unwrapped(text);
    if is_absent(text) {
        return Ok(None);
    }
    if is_date(text) {
        return Err(Fault("cell-date"));
    }
    parse(text).map(Some)
}

/// Whether nothing stands here, or what stands for nothing.
fn is_absent(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '-' | '–' | '—' | '_' | '?'))
        || text.len() <= 8 && ABSENT.contains(&text.to_lowercase().as_str())
}

/// `2026-11-29`, `29/11/2026`: what spreadsheets make of numbers that look like days.
fn is_date(text: &str) -> bool {
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    let Some(mark) = day
        .chars()
        .find(|c| !c.is_ascii_digit())
        .filter(|c| matches!(c, '-' | '/'))
    else {
        return false;
    };
    let parts: Vec<&str> = day.split(mark).collect();
    let number = |it: &str| it.parse::<u32>().ok().filter(|_| it.len() <= 4);
    match parts
        .iter()
        .map(|it| number(it))
        .collect::<Option<Vec<_>>>()
        .as_deref()
    {
        Some([year, month, last]) if mark == '-' => {
            parts[0].len() == 4 && (1..=12).contains(month) && (1..=31).contains(last) && *year >= 1900
        }
        Some([first, second, _]) => (1..=31).contains(first) && (1..=31).contains(second),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told<T>(read: Result<Option<T>, Fault>, text: fn(&T) -> &str) -> Result<String, &'static str> {
        read.map(|it| it.as_ref().map_or("", text).to_owned())
            .map_err(Fault::code)
    }

    /// Real cells, and what is kept of them: empty for nothing.
    #[test]
    fn numbers_are_kept_as_they_were_meant_or_not_at_all() {
        for (cell, expected) in [
            ("1000001.0", Ok("1000001")),
            ("=\"0012\"", Ok("0012")),
            ("'0012", Ok("0012")),
            ("A-12 b", Ok("A12B")),
            ("", Ok("")),
            ("nan", Ok("")),
            ("NULL", Ok("")),
            ("N/A", Ok("")),
            ("-", Ok("")),
            ("#N/A", Err("cell-error")),
            ("VRAI", Err("number-without-digits")),
            ("2026-11-29", Err("cell-date")),
            ("2026-11-29 00:00:00", Err("cell-date")),
            ("01/02/1979", Err("cell-date")),
            ("1E+06", Err("number-exponent")),
            ("12,5", Err("number-decimals")),
            ("-1", Err("invalid-character")),
        ] {
            assert_eq!(
                told(parse_member_number(cell), EstablishmentNumber::as_str).as_deref(),
                expected.as_deref(),
                "{cell}"
            );
        }
        for (cell, expected) in [
            ("11759000675", Ok("11759000675")),
            ("11 75 P0006 75", Ok("1175P000675")),
            ("11759000675.0", Ok("11759000675")),
            ("4973107997", Err("training-number-zeros-lost")),
            ("4973107997.0", Err("training-number-zeros-lost")),
            ("1,1759E+10", Err("number-exponent")),
        ] {
            assert_eq!(
                told(parse_training_number(cell), EstablishmentNumber::as_str).as_deref(),
                expected.as_deref(),
                "{cell}"
            );
        }
        for (cell, expected) in [
            ("16.0", Ok("0016")),
            ("16,0", Ok("0016")),
            ("16", Ok("0016")),
            ("01979", Ok("1979")),
            ("None", Ok("")),
            ("1979-01-01", Err("cell-date")),
            ("16.5", Err("number-decimals")),
        ] {
            assert_eq!(
                told(parse_idcc(cell), Idcc::as_str).as_deref(),
                expected.as_deref(),
                "{cell}"
            );
        }
    }

    #[test]
    fn sirets_are_parted_by_bars_and_kept_once_in_order() {
        for cell in [
            "00000040600025| 000 000 406 00017 ||00000040600025",
            "00000040600025;00000040600017",
            "00000040600025\n00000040600017",
            "00000040600025, 00000040600017",
            "40600025.0|40600017,0",
            "=\"00000040600025|00000040600017\"",
        ] {
            let sirets = parse_sirets(cell).unwrap();
            let digits: Vec<_> = sirets.iter().map(Siret::as_str).collect();
            assert_eq!(digits, ["00000040600025", "00000040600017"], "{cell}");
        }
        assert_eq!(parse_sirets(""), Ok(vec![]));
        assert_eq!(parse_sirets("nan"), Ok(vec![]));
        assert_eq!(
            parse_sirets("2241586300335,0").unwrap()[0].as_str(),
            "02241586300335"
        );
        assert_eq!(parse_sirets("00000040600025|1"), Err(Fault("siret-length")));
        assert_eq!(parse_sirets("1,3E+13"), Err(Fault("number-exponent")));
        assert_eq!(parse_sirets("11122233344455"), Err(Fault("siret-checksum")));
    }

    #[test]
    fn references_and_names_lose_what_stands_around_them() {
        for (cell, expected) in [
            ("12.0", "12"),
            ("=\"0012\"", "0012"),
            ("\u{a0}C-1\u{200b}", "C-1"),
            ("A.0", "A.0"),
            ("1.1", "1.1"),
        ] {
            assert_eq!(parse_reference(cell).as_deref(), Ok(expected), "{cell}");
        }
        assert_eq!(parse_name(" 'T HOOFT\t").as_deref(), Ok("'T HOOFT"));
        assert_eq!(parse_name("#REF!"), Err(Fault("cell-error")));
        assert_eq!(parse_name("\u{200b} "), Err(Fault("required")));
    }

    #[test]
    fn states_are_read_as_the_organisation_and_insee_write_them() {
        for (cell, expected) in [
            ("", "active"),
            ("Actif", "active"),
            ("A", "active"),
            ("F", "closed"),
            (" Fermé ", "closed"),
        ] {
            assert_eq!(parse_state(cell), Ok(expected), "{cell}");
        }
        assert_eq!(parse_state("VRAI"), Err(Fault("unknown-value")));
    }
}

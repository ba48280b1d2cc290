//! SIRET: the 14 digits by which INSEE knows an establishment.
//!
//! Luhn's check holds on all of them save those of La Poste (SIREN 356000000), whose digits add up to a
//! multiple of five; its head office satisfies Luhn. Invented numbers (prefix 000000) are accepted everywhere.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fault, text_value};

const LA_POSTE: &str = "356000000";

/// A valid SIRET: 14 ASCII digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(extend("pattern" = "^[0-9]{14}$"))]
pub struct Siret(String);
text_value!(Siret);

impl Siret {
    /// Parses what a person types: spaces of any kind, dots and dashes are dropped; only ASCII digits count.
    ///
    /// Faults: `required`, `invalid-character`, `siret-siren-typed` (a valid SIREN), `siret-length`,
    /// `siret-all-zero`, `siret-checksum`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let digits: String = text.chars().filter(|c| !is_separator(*c)).collect();
        if digits.is_empty() {
            return Err(Fault("required"));
        }
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Fault("invalid-character"));
        }
        match digits.len() {
            14 => {}
            9 if luhn(&digits) => return Err(Fault("siret-siren-typed")),
            _ => return Err(Fault("siret-length")),
        }
        if digits.bytes().all(|b| b == b'0') {
            return Err(Fault("siret-all-zero"));
        }
        let la_poste = digits.starts_with(LA_POSTE) && digit_sum(&digits).is_multiple_of(5);
        if !luhn(&digits) && !la_poste {
            return Err(Fault("siret-checksum"));
        }
        Ok(Self(digits))
    }

    /// The 14 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first nine digits: the legal unit.
    pub fn siren(&self) -> &str {
        &self.0[..9]
    }
}

impl std::fmt::Display for Siret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether people put this character between digits.
pub(crate) fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '.' | '-' | '\u{2010}'..='\u{2013}' | '\u{202f}' | '\u{a0}')
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .map(|b| u32::from(b - b'0'))
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

fn digit_sum(digits: &str) -> u32 {
    digits.bytes().map(|b| u32::from(b - b'0')).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_numbers_are_read_however_they_are_spaced() {
        for text in [
            "13002526500013",
            "130 025 265 00013",
            " 130.025.265-00013 ",
            "130\u{a0}025\u{202f}265\u{2009}00013",
            "00000040600017",
        ] {
            assert!(Siret::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn la_poste_has_its_own_rule() {
        assert!(
            Siret::parse("35600000013016").is_ok(),
            "digit sum of 25, Luhn fails"
        );
        assert!(Siret::parse("35600000000048").is_ok(), "head office, Luhn holds");
        assert_eq!(Siret::parse("35600000013018"), Err(Fault("siret-checksum")));
    }

    #[test]
    fn each_fault_says_what_is_wrong() {
        for (text, code) in [
            ("", "required"),
            (" - ", "required"),
            ("13002526500014", "siret-checksum"),
            ("1300252650001", "siret-length"),
            ("130025265", "siret-siren-typed"),
            ("1300252650001A", "invalid-character"),
            ("١٣٠٠٢٥٢٦٥٠٠٠١٣", "invalid-character"),
            ("00000000000000", "siret-all-zero"),
        ] {
            assert_eq!(Siret::parse(text), Err(Fault(code)), "{text}");
        }
    }
}

//! The number by which the organisation proves that a person speaks for an establishment: a member number, or a
//! training organisation's declaration number (numéro de déclaration d'activité, 11 characters).

use serde::{Deserialize, Serialize};

use super::written_number::{is_negative, meant, without_separators};
use super::{Fault, text_value};

/// What a person types into "numéro adhérent / organisme de formation": ASCII letters and digits, upper case.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EstablishmentNumber(String);
text_value!(EstablishmentNumber);

impl EstablishmentNumber {
    const LENGTH_MAX: usize = 20;

    /// Parses what is typed: separators dropped, letters folded to upper case.
    ///
    /// Faults: `required`, `invalid-character`, `too-long` (over 20 characters), and `number-exponent`, `number-decimals`,
    /// `cell-error` of a spreadsheet's cell.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.len() > 10 * Self::LENGTH_MAX {
            return Err(Fault("too-long"));
        }
        let text = meant(text, |_, _| false)?;
        if is_negative(text) {
            return Err(Fault("invalid-character"));
        }
        let number = without_separators(text).to_ascii_uppercase();
        match number.len() {
            0 => Err(Fault("required")),
            _ if !number.bytes().all(|b| b.is_ascii_alphanumeric()) => Err(Fault("invalid-character")),
            1..=Self::LENGTH_MAX => Ok(Self(number)),
            _ => Err(Fault("too-long")),
        }
    }

    /// Whether this is a training organisation's number that lost its first zero, as that of an overseas region does in a
    /// spreadsheet: ten digits and nothing else.
    pub fn lacks_training_zero(&self) -> bool {
        self.0.len() == 10 && self.0.bytes().all(|b| b.is_ascii_digit())
    }

    /// The number, for comparison.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for EstablishmentNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EstablishmentNumber([secret])")
    }
}

/// A training organisation's declaration number: 11 characters, not 11 digits.
///
/// Region and department of registration, a serial number, the department again. Public bodies have a letter
/// (`P`) in fifth place, and Corsica's departments are written 2A and 2B.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TrainingOrganisationNumber(String);
text_value!(TrainingOrganisationNumber);

impl TrainingOrganisationNumber {
    /// Parses the number. Faults: `required`, `invalid-format`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let number = without_separators(meant(text, |_, _| false)?).to_ascii_uppercase();
        if number.is_empty() {
            return Err(Fault("required"));
        }
        let well_formed = number.len() == 11
            && number.bytes().enumerate().all(|(place, b)| match place {
                0..=2 | 5..=8 => b.is_ascii_digit(),
                3 | 10 => b.is_ascii_digit() || matches!(b, b'A' | b'B'),
                4 => b.is_ascii_digit() || b.is_ascii_uppercase(),
                _ => b.is_ascii_digit(),
            });
        if well_formed {
            Ok(Self(number))
        } else {
            Err(Fault("invalid-format"))
        }
    }

    /// The 11 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_however_they_are_spaced() {
        assert_eq!(
            EstablishmentNumber::parse(" 100-0001 ").unwrap().as_str(),
            "1000001"
        );
        assert_eq!(
            EstablishmentNumber::parse("7331p005131").unwrap().as_str(),
            "7331P005131"
        );
        for text in [
            "1000001.0",
            "1000001,00",
            "1 000 001,0",
            "=\"1000001\"",
            "'1000001",
            "1000001\u{200b}",
        ] {
            assert_eq!(
                EstablishmentNumber::parse(text).unwrap().as_str(),
                "1000001",
                "{text}"
            );
        }
    }

    #[test]
    fn training_organisations_have_characters_not_digits() {
        for text in ["11759000675", "11 75 90006 75", "7331P005131", "942A0000122"] {
            assert!(TrainingOrganisationNumber::parse(text).is_ok(), "{text}");
        }
        for text in ["1175900067", "117590006750", "1175X0006A5", "ABCDEFGHIJK"] {
            assert_eq!(
                TrainingOrganisationNumber::parse(text),
                Err(Fault("invalid-format")),
                "{text}"
            );
        }
    }

    #[test]
    fn bad_numbers_say_why() {
        for (text, code) in [
            ("", "required"),
            ("12é", "invalid-character"),
            ("123456789012345678901", "too-long"),
            ("1E+06", "number-exponent"),
            ("1000001.5", "number-decimals"),
            ("-1", "invalid-character"),
            ("#REF!", "cell-error"),
        ] {
            assert_eq!(EstablishmentNumber::parse(text), Err(Fault(code)), "{text}");
        }
    }
}

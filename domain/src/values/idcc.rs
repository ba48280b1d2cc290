//! IDCC: the number of a collective agreement (Identifiant De la Convention Collective, Ministry of Labour).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::written_number::{is_negative, meant, without_separators};
use super::{Fault, text_value};

/// A collective agreement's number: four digits, leading zeros kept. Whether it exists is the list's business.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(extend("pattern" = "^[0-9]{4}$"))]
pub struct Idcc(String);
text_value!(Idcc);

impl Idcc {
    /// No collective agreement applies.
    pub const NONE: &'static str = "9999";

    /// Parses one to five digits and pads them to four; the statistics office writes five with a leading zero.
    ///
    /// Faults: `required`, `idcc-format`, and `number-exponent`, `number-decimals`, `cell-error` of a spreadsheet's cell.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = meant(text, |_, _| false)?;
        if is_negative(text) {
            return Err(Fault("idcc-format"));
        }
        let digits = without_separators(text);
        if digits.is_empty() {
            return Err(Fault("required"));
        }
        let significant = match digits.len() {
            5 => digits.strip_prefix('0').ok_or(Fault("idcc-format"))?,
            _ => &digits,
        };
        if significant.len() > 4 || !significant.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Fault("idcc-format"));
        }
        Ok(Self(format!("{significant:0>4}")))
    }

    /// The four digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Idcc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_to_five_digits_become_four() {
        for (text, expected) in [
            ("16", "0016"),
            ("1979", "1979"),
            ("01979", "1979"),
            (" 0 573 ", "0573"),
            ("9999", "9999"),
            ("16.0", "0016"),
            ("16,0", "0016"),
            ("1979.00", "1979"),
            ("=\"0016\"", "0016"),
            ("'16", "0016"),
            ("1.979", "1979"),
            ("\u{a0}1979\u{200b}", "1979"),
        ] {
            assert_eq!(Idcc::parse(text).unwrap().as_str(), expected, "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["12345", "123456", "19a9", "٣", "-1", "160.00.1"] {
            assert_eq!(Idcc::parse(text), Err(Fault("idcc-format")), "{text}");
        }
        for text in ["16.5", "1,6", "1.9", "1.000"] {
            assert_eq!(Idcc::parse(text), Err(Fault("number-decimals")), "{text}");
        }
        assert_eq!(Idcc::parse("1,6E+01"), Err(Fault("number-exponent")));
        assert_eq!(Idcc::parse("  "), Err(Fault("required")));
    }
}

//! IDCC: the number of a collective agreement (Identifiant De la Convention Collective, Ministry of Labour).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::written_number::{is_negative, meant, unwrapped, without_separators};
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

    /// Parses one to five digits and pads them to four; the statistics office writes five with a leading zero. Words around
    /// the number are passed over where they leave no doubt: `IDCC 1979`, `n° 1979`, `1979 - HCR`, `HCR (IDCC 1979)`.
    ///
    /// Not so after `CCN` or `convention`: the numbers there are years by which agreements are called (`CCN 66`, `CCN 1951`),
    /// and some years are numbers of others.
    ///
    /// Faults: `required`, `idcc-format`, and `number-exponent`, `number-decimals`, `cell-error` of a spreadsheet's cell.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = meant(among_words(text).unwrap_or(text), |_, _| false)?;
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

/// The only number that can be meant in a text with words.
fn among_words(text: &str) -> Option<&str> {
    let text = unwrapped(text);
    if !text.chars().any(char::is_alphabetic) {
        return None;
    }
    let labelled = text
        .match_indices(|c: char| c.eq_ignore_ascii_case(&'i'))
        .filter_map(|(at, _)| behind_label(&text[at..], &["idcc"]));
    let mut labelled = labelled.collect::<Vec<_>>();
    labelled.dedup();
    match labelled[..] {
        [number] => Some(number).filter(|it| !stands_beside_another(text, it)),
        [] => before_words(text).or_else(|| {
            let labels = [
                "code n°", "code", "numéro", "numero", "num", "n°", "nº", "no", "n",
            ];
            behind_label(text, &labels)
                .filter(|number| number.as_bytes().as_ptr_range().end == text.as_bytes().as_ptr_range().end)
        }),
        _ => None,
    }
}

/// The number behind one of these labels, with which the text begins.
fn behind_label<'a>(text: &'a str, labels: &[&str]) -> Option<&'a str> {
    let rest = labels.iter().find_map(|label| without(text, label))?;
    let rest = ["numéro", "numero", "num", "n°", "nº", "no", "n"]
        .iter()
        .find_map(|word| without(rest.trim_start(), word))
        .unwrap_or(rest);
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || ":=#._-(".contains(c));
    let number = leading_groups(rest)?;
    let next = rest[number.len()..].chars().next();
    next.is_none_or(|c| !c.is_alphanumeric()).then_some(number)
}

/// Words between two numbers of which either may be meant.
const JOINING: [&str; 8] = ["et", "ou", "and", "or", "to", "puis", "à", "a"];

/// Whether a number within the text is one of several: `IDCC 1979 / 1501`, `1501 ou IDCC 1979`.
fn stands_beside_another(text: &str, number: &str) -> bool {
    let at = number.as_ptr() as usize - text.as_ptr() as usize;
    let is_mark = |c: char| !c.is_alphanumeric();
    let words = |text: &str| -> Vec<String> {
        let words = text.split(is_mark).filter(|it| !it.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let is_number = |word: &String| word.bytes().all(|b| b.is_ascii_digit());
    let joins = |word: &String| JOINING.contains(&word.as_str());
    let behind = words(&text[at + number.len()..]);
    let mut before = words(&text[..at]);
    // Where a name stands before it too, a number there is the name's: `CCN 66, IDCC 413`.
    before.retain(|it| !joins(it) && !it.starts_with("idcc") && it != "n" && it != "no");
    let behind = behind.iter().find(|it| !joins(it));
    behind.is_some_and(is_number) || (!before.is_empty() && before.iter().all(is_number))
}

/// The digits with which the text begins, further groups of them behind spaces included: `2 941` is not 2.
fn leading_groups(text: &str) -> Option<&str> {
    let mut number = leading_digits(text)?;
    loop {
        let rest = text[number.len()..].trim_start();
        let spaces = text.len() - number.len() - rest.len();
        let Some(more) = leading_digits(rest).filter(|_| spaces > 0) else {
            return Some(number);
        };
        number = &text[..number.len() + spaces + more.len()];
    }
}

/// The number with which the text begins, and which words explain. Other digits may be another number.
fn before_words(text: &str) -> Option<&str> {
    let number = leading_digits(text)?;
    let rest = &text[number.len()..];
    let explained = rest.trim_start();
    let words = explained.trim_start_matches(|c: char| c.is_whitespace() || "-–—:/|(".contains(c));
    let is_set_off = words.len() < explained.len() || (rest.len() > explained.len() && number.len() >= 3);
    let mut each = words.split(|c: char| !c.is_alphanumeric());
    let first = each.clone().next()?.to_lowercase();
    let is_word = first.starts_with(char::is_alphabetic) && each.any(|it| it.chars().count() > 1);
    let is_only_number = !words.chars().any(char::is_numeric);
    let joins_another = JOINING.contains(&first.as_str());
    (is_set_off && is_word && is_only_number && !joins_another).then_some(number)
}

/// The text without a word at its beginning, in whatever case.
fn without<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let mut characters = text.chars();
    for expected in word.chars() {
        if !characters.next()?.to_lowercase().eq(expected.to_lowercase()) {
            return None;
        }
    }
    Some(characters.as_str())
}

/// The digits with which the text begins, with a decimal mark among them: `16.5` is not 16.
fn leading_digits(text: &str) -> Option<&str> {
    let is_mark = |c: char| matches!(c, '.' | ',');
    let end = text.find(|c: char| !c.is_ascii_digit() && !is_mark(c));
    let digits = text[..end.unwrap_or(text.len())].trim_end_matches(is_mark);
    Some(digits).filter(|it| it.starts_with(|c: char| c.is_ascii_digit()))
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
    fn words_around_the_number_are_passed_over() {
        for (text, expected) in [
            ("IDCC 1979", "1979"),
            ("idcc1979", "1979"),
            ("IDCC n° 01979", "1979"),
            ("IDCC : 16", "0016"),
            ("IDCC 16.0", "0016"),
            ("Idcc-16", "0016"),
            ("code IDCC 1979", "1979"),
            ("N° IDCC : 1979", "1979"),
            ("n°1979", "1979"),
            ("numéro 1979", "1979"),
            ("Numéro : 573", "0573"),
            ("1979 - HCR", "1979"),
            ("1979 – Hôtels, cafés, restaurants", "1979"),
            ("1979 : HCR", "1979"),
            ("1979 - l’hôtellerie", "1979"),
            ("1979 HCR", "1979"),
            ("1979 (HCR)", "1979"),
            ("16 - Transports routiers", "0016"),
            ("IDCC 3043 propreté (26 juillet 2011)", "3043"),
            ("HCR (IDCC 1979)", "1979"),
            ("IDCC 2 941", "2941"),
            ("IDCC 3\u{202f}043 propreté", "3043"),
            ("n° 1 979", "1979"),
            ("CCN 66, IDCC 413", "0413"),
            ("IDCC 1979 - brochure 3292", "1979"),
            ("Hôtels, cafés, restaurants - IDCC 1979", "1979"),
            ("1979 (IDCC)", "1979"),
            ("IDCC 1979, IDCC 1979", "1979"),
            ("'IDCC 1979", "1979"),
            ("\u{a0}IDCC\u{202f}1979\u{a0}", "1979"),
        ] {
            assert_eq!(
                Idcc::parse(text).map(String::from).as_deref(),
                Ok(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn a_number_that_may_be_another_thing_is_none() {
        for text in [
            "CCN 66",
            "ccn66",
            "CCN 1951",
            "convention 1966",
            "brochure 3292",
            "IDCC 1979 ou IDCC 1501",
            "N1+A1",
            "IDCC 1979 ou 1501",
            "IDCC 1979 / 1501",
            "IDCC 1979, 1501",
            "IDCC 1979;1501",
            "IDCC 1979 1501",
            "1501 ou IDCC 1979",
            "1501 / IDCC 1979",
            "IDCC 1979-1501",
            "1979 et 1501",
            "1979 - 1501 HCR",
            "10 rue de la Paix",
            "1-A0",
            "1 - A",
            "1979 HCR 2",
            "3D",
            "IDCC",
            "HCR",
            "IDCC 19790",
            "IDCC 1979A",
            "convention du 30 avril 1997",
        ] {
            assert_eq!(Idcc::parse(text), Err(Fault("idcc-format")), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["12345", "123456", "19a9", "٣", "-1", "160.00.1"] {
            assert_eq!(Idcc::parse(text), Err(Fault("idcc-format")), "{text}");
        }
        for text in ["16.5", "1,6", "1.9", "1.000", "IDCC 16.5", "16,5 - Transports"] {
            assert_eq!(Idcc::parse(text), Err(Fault("number-decimals")), "{text}");
        }
        assert_eq!(Idcc::parse("1,6E+01"), Err(Fault("number-exponent")));
        assert_eq!(Idcc::parse("  "), Err(Fault("required")));
    }
}

//! A last or first name, as its bearer writes it.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Fault, text_value};

/// A name: letters and marks of any script, spaces, apostrophes, hyphens and full stops, in Unicode's form NFC.
///
/// Nothing else: a name is written into a mail's greeting and header, where links and control characters harm.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);
text_value!(PersonName);

impl PersonName {
    /// The longest name accepted, in characters.
    pub const LENGTH_MAX: usize = 100;

    /// Parses a name: trimmed, inner spaces folded, composed.
    ///
    /// Faults: `required`, `too-long`, `invalid-character`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.len() > 16 * Self::LENGTH_MAX {
            return Err(Fault("too-long"));
        }
        if text.chars().any(|c| c.is_control()) {
            return Err(Fault("invalid-character"));
        }
        let name = text
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .nfc()
            .collect::<String>();
        if name.is_empty() {
            return Err(Fault("required"));
        }
        if name.chars().count() > Self::LENGTH_MAX {
            return Err(Fault("too-long"));
        }
        if !name.chars().all(is_name_character)
            || !name.chars().any(char::is_alphabetic)
            || holds_a_domain(&name)
        {
            return Err(Fault("invalid-character"));
        }
        Ok(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A full stop ends an abbreviation (`J.-P.`, `M. A.`); before a letter it makes a domain, which mail programs turn into
/// a link.
fn holds_a_domain(name: &str) -> bool {
    name.chars()
        .zip(name.chars().skip(1))
        .any(|(stop, next)| stop == '.' && !matches!(next, ' ' | '-' | '‐' | '‑'))
}

fn is_name_character(c: char) -> bool {
    c.is_alphabetic()
        || is_combining_mark(c)
        || matches!(c, ' ' | '\'' | '’' | '‘' | 'ʼ' | '-' | '‐' | '‑' | '.' | '·')
}

impl std::fmt::Debug for PersonName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonName([personal])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_as_their_bearers_write_them() {
        for name in [
            "Œuvrard-Test",
            "D’Exemple",
            "O'Factice",
            "Çelik-Spécimen",
            "Mc Dummy",
            "de La Maquette",
            "Ÿ-Démo",
            "Nguyễn",
            "李",
            "J.-P.",
        ] {
            assert_eq!(PersonName::parse(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn spaces_are_folded_and_accents_composed() {
        assert_eq!(
            PersonName::parse("  Anne\u{a0} Marie ").unwrap().as_str(),
            "Anne Marie"
        );
        assert_eq!(PersonName::parse("Zoe\u{301}").unwrap().as_str(), "Zoé");
    }

    #[test]
    fn what_could_harm_a_mail_is_refused() {
        for text in [
            "Jean\r\nBcc: x",
            "a\u{0}b",
            "<b>Eve</b>",
            "http://x",
            "Eve\u{202e}",
            "Eve\u{200b}",
            "---",
            "Eve2",
            "www.exemple.fr",
            "bit.ly",
        ] {
            assert_eq!(
                PersonName::parse(text),
                Err(Fault("invalid-character")),
                "{text:?}"
            );
        }
        assert_eq!(PersonName::parse(" "), Err(Fault("required")));
        assert_eq!(PersonName::parse(&"a".repeat(101)), Err(Fault("too-long")));
        assert_eq!(PersonName::parse(&"a".repeat(10_000)), Err(Fault("too-long")));
    }

    #[test]
    fn a_name_is_not_shown_by_debug() {
        assert!(!format!("{:?}", PersonName::parse("Dupont").unwrap()).contains("Dupont"));
    }
}

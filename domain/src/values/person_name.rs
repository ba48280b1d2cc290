//! A last or first name, as its bearer writes it.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::edges::turns_direction;
use super::{Fault, is_invisible, text_value, trim_edges};

/// A name: letters and marks of any script with what people write between them, in Unicode's form NFC.
///
/// Between letters: spaces, apostrophes, hyphens, full stops behind initials and abbreviations, commas, a slash, and
/// a part in parentheses (`Dupont (née Martin)`). Nothing else: a name is written into a mail's greeting and header, where
/// links and control characters harm.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonName(String);
text_value!(PersonName);

impl PersonName {
    /// The longest name accepted, in characters.
    pub const LENGTH_MAX: usize = 100;

    /// Parses a name: edges dropped, inner spaces folded, composed; accents and dashes that were typed for an apostrophe or a
    /// hyphen become one.
    ///
    /// Faults: `required`, `too-long`, `invalid-character`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if text.len() > 16 * Self::LENGTH_MAX {
            return Err(Fault("too-long"));
        }
        let name = as_written(text).ok_or(Fault("invalid-character"))?;
        if name.is_empty() {
            return Err(Fault("required"));
        }
        if name.chars().count() > Self::LENGTH_MAX {
            return Err(Fault("too-long"));
        }
        if refused_in(&name).is_some() || !name.chars().any(char::is_alphabetic) {
            return Err(Fault("invalid-character"));
        }
        Ok(Self(name))
    }

    /// The first character for which a name is refused as `invalid-character`.
    pub fn refused_character(text: &str) -> Option<char> {
        match as_written(text) {
            None => trim_edges(text)
                .chars()
                .chain(text.chars())
                .find(|c| (c.is_control() && *c != '\t') || turns_direction(*c)),
            Some(name) => refused_in(&name).or_else(|| name.chars().next().filter(|c| !c.is_alphabetic())),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name as its bearer would write it; nothing when it holds what harms.
fn as_written(text: &str) -> Option<String> {
    // A line's end at the edge is of whoever copied it; within a name it would begin a header. A tab parts words, as where
    // two cells were copied.
    let within = trim_edges(text);
    if text.chars().any(turns_direction) || within.chars().any(|c| c.is_control() && c != '\t') {
        return None;
    }
    let seen = within.replace(SOFT_HYPHEN, "");
    let words: Vec<&str> = seen.split_whitespace().collect();
    let name: String = words.join(" ").nfc().map(folded).collect();
    Some(with_spaced_initials(&name))
}

/// Where a page may break a word: it comes along when a name is copied from one.
const SOFT_HYPHEN: char = '\u{ad}';

/// What is typed or pasted for an apostrophe or a hyphen. The printed ones (`’`, `‐`) stay as they are.
fn folded(c: char) -> char {
    match c {
        '´' | '`' | '\u{2b9}' | '\u{2ca}' | '\u{2cb}' | '\u{2032}' | '\u{2035}' | '\u{201b}' | '\u{5f3}'
        | '\u{ff07}' => '\'',
        '\u{2012}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => '-',
        _ => c,
    }
}

/// `J.Paul` becomes `J. Paul`: a full stop within a word would make a link of it.
fn with_spaced_initials(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let letter = |place: usize| characters.get(place).is_some_and(|c| c.is_alphabetic());
    let mut spaced = String::with_capacity(name.len());
    for (place, c) in characters.iter().enumerate() {
        spaced.push(*c);
        let is_initial = *c == '.' && place > 0 && letter(place - 1) && (place < 2 || !letter(place - 2));
        if is_initial && letter(place + 1) && letter(place + 2) {
            spaced.push(' ');
        }
    }
    spaced
}

/// The first character that may not stand where it does.
fn refused_in(name: &str) -> Option<char> {
    let characters: Vec<char> = name.chars().collect();
    let at = |place: Option<usize>| place.and_then(|it| characters.get(it)).copied().unwrap_or(' ');
    let mut open = 0;
    for (place, &c) in characters.iter().enumerate() {
        let (before, behind, second) = (
            at(place.checked_sub(1)),
            at(place.checked_add(1)),
            at(place.checked_add(2)),
        );
        let fits = match c {
            // A single letter behind a stop is an initial (`J.P.`); more of them would make a domain, which mail programs
            // turn into a link.
            '.' => !is_of_word(behind) || (behind.is_alphabetic() && !is_of_word(second)),
            ',' => place > 0 && before != ' ',
            '/' => is_of_word(before) && is_of_word(behind),
            '(' => {
                open += 1;
                open == 1 && place > 0
            }
            ')' => {
                open -= 1;
                open == 0 && before != '('
            }
            '\u{200c}' | '\u{200d}' => is_joined(before) && is_joined(behind),
            _ => is_name_character(c),
        };
        if !fits {
            return Some(c);
        }
    }
    (open != 0).then_some('(')
}

fn is_of_word(c: char) -> bool {
    c.is_alphabetic() || is_combining_mark(c)
}

/// Letters and marks of scripts whose spelling needs joiners: Arabic, Persian, Syriac, those of India, Khmer, Mongolian.
fn is_joined(c: char) -> bool {
    is_of_word(c)
        && matches!(
            c,
            '\u{600}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{18af}'
                | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        )
}

fn is_name_character(c: char) -> bool {
    (is_of_word(c) && !is_invisible(c))
        || matches!(c, ' ' | '\'' | '’' | '‘' | 'ʼ' | '-' | '‐' | '‑' | '·' | '・')
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
            "J.P.",
            "J.P.R. Factice",
            "Ph.D.",
            "Marie Anne, Louise",
            "Durand, Jr.",
            "Dupont (née Martin)",
            "DUPONT/MARTIN",
            "می\u{200c}نو",
            "क\u{94d}\u{200d}ष",
        ] {
            assert_eq!(PersonName::parse(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn what_is_typed_for_an_apostrophe_or_a_hyphen_becomes_one() {
        for (typed, expected) in [
            ("L´Exemple", "L'Exemple"),
            ("D`Exemple", "D'Exemple"),
            ("D\u{2032}Exemple", "D'Exemple"),
            ("Jean–Paul", "Jean-Paul"),
            ("Jean—Paul", "Jean-Paul"),
            ("Jean\u{2212}Paul", "Jean-Paul"),
            ("J.Paul", "J. Paul"),
            ("J.-P.Martin", "J.-P. Martin"),
            ("Zoe\u{301}", "Zoé"),
            ("Girou\u{ad}ette", "Girouette"),
            ("d\u{5f3}Arc", "d'Arc"),
            ("Anne\tMarie", "Anne Marie"),
        ] {
            assert_eq!(PersonName::parse(typed).unwrap().as_str(), expected, "{typed}");
        }
    }

    #[test]
    fn the_character_that_is_refused_can_be_told() {
        for (typed, refused) in [
            ("Eve2", Some('2')),
            ("<b>Eve", Some('<')),
            ("E\u{202e}ve", Some('\u{202e}')),
            ("Jean\nPaul", Some('\n')),
            ("E\u{200b}ve", Some('\u{200b}')),
            ("E\u{200d}ve", Some('\u{200d}')),
            ("bit.ly", Some('.')),
            ("Dupont (Martin", Some('(')),
            ("Dupont) Martin", Some(')')),
            ("a//b", Some('/')),
            ("---", Some('-')),
            ("Dupont", None),
        ] {
            assert_eq!(PersonName::refused_character(typed), refused, "{typed:?}");
            assert_eq!(PersonName::parse(typed).is_err(), refused.is_some(), "{typed:?}");
        }
    }

    #[test]
    fn spaces_are_folded_and_accents_composed() {
        assert_eq!(
            PersonName::parse("  Anne\u{a0} Marie ").unwrap().as_str(),
            "Anne Marie"
        );
        for typed in [
            "Zoe\u{301}",
            "Zoé\u{200b}",
            "\u{feff}Zoé\u{a0}\t",
            "Zoé\r\n",
            "\u{200e}Zoé",
        ] {
            assert_eq!(PersonName::parse(typed).unwrap().as_str(), "Zoé", "{typed:?}");
        }
    }

    #[test]
    fn what_could_harm_a_mail_is_refused() {
        for text in [
            "Jean\r\nBcc: x",
            "a\u{0}b",
            "<b>Eve</b>",
            "http://x",
            "Eve\u{202e}",
            "E\u{200b}ve",
            "E\u{200d}ve",
            "a\u{3164}b",
            "---",
            "Eve2",
            "www.exemple.fr",
            "bit.ly",
            "t.co.uk",
            "http:/x",
            "Dupont (",
            "(Dupont)",
            ", Dupont",
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

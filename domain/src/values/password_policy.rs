//! What a password must be. Two policies: the organisation's guide, and the stricter one of the CNIL's advice.
//!
//! Beside its own rules each refuses the passwords that attackers try first and those made of the person's own
//! name or address (NIST SP 800-63B, 3.1.1.2; ASVS 5.0, 6.2.4 and 6.2.11). Characters are Unicode code points.

use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use super::codes::PolicyName;
use super::identity::Identity;
use super::is_invisible;

/// The longest password accepted, in characters. It bounds bandwidth, not the cost of hashing.
pub const LENGTH_MAX: usize = 256;

/// Passwords of eight characters or more that attackers try first, one a line, lower case.
static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("../../data/common-passwords.txt")
        .lines()
        .filter(|it| !it.starts_with('#'))
        .collect()
});

/// A rule that a password may fail to meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordRule {
    /// At least so many characters.
    MinimumLength(usize),
    /// At least one digit.
    Digit,
    /// At least one letter.
    Letter,
    /// At most [`LENGTH_MAX`] characters.
    MaximumLength,
    /// No control characters.
    NoControlCharacter,
    /// Not one that attackers try first.
    NotCommon,
    /// Not made of the person's own name or address.
    NotPersonal,
}

impl PasswordRule {
    /// The stable fault code.
    pub fn code(self) -> &'static str {
        match self {
            Self::MinimumLength(_) => "password-minimum-length",
            Self::Digit => "password-digit",
            Self::Letter => "password-letter",
            Self::MaximumLength => "password-maximum-length",
            Self::NoControlCharacter => "password-control-character",
            Self::NotCommon => "password-common",
            Self::NotPersonal => "password-personal",
        }
    }
}

/// A password policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// Its name.
    pub name: PolicyName,
    /// Fewest characters.
    pub minimum_length: usize,
    /// Whether a digit and a letter are asked for.
    pub digit_and_letter: bool,
}

impl PasswordPolicy {
    /// The policy of this name.
    pub fn of(name: PolicyName) -> Self {
        match name {
            PolicyName::Guide => Self {
                name,
                minimum_length: 8,
                digit_and_letter: true,
            },
            PolicyName::Cnil => Self {
                name,
                minimum_length: 12,
                digit_and_letter: false,
            },
        }
    }

    /// The rules that one ticks off while typing, in the order in which they are shown.
    pub fn visible_rules(&self) -> Vec<PasswordRule> {
        let mut rules = vec![PasswordRule::MinimumLength(self.minimum_length)];
        if self.digit_and_letter {
            rules.extend([PasswordRule::Digit, PasswordRule::Letter]);
        }
        rules
    }

    /// Every rule that `password` fails to meet for this person; none when it may be used.
    pub fn unmet(&self, password: &str, person: &Identity) -> Vec<PasswordRule> {
        let length = password.chars().count();
        let mut unmet: Vec<PasswordRule> = self
            .visible_rules()
            .into_iter()
            .filter(|rule| match rule {
                PasswordRule::MinimumLength(minimum) => length < *minimum,
                PasswordRule::Digit => !password.chars().any(|c| c.is_numeric()),
                PasswordRule::Letter => !password.chars().any(char::is_alphabetic),
                _ => false,
            })
            .collect();
        if length > LENGTH_MAX {
            unmet.push(PasswordRule::MaximumLength);
        }
        if password.chars().any(char::is_control) {
            unmet.push(PasswordRule::NoControlCharacter);
        }
        if COMMON.contains(password.to_lowercase().as_str()) || is_one_character_repeated(password) {
            unmet.push(PasswordRule::NotCommon);
        }
        if is_personal(password, person) {
            unmet.push(PasswordRule::NotPersonal);
        }
        unmet
    }
}

/// The form in which a password is hashed and compared: Unicode NFC, as RFC 8265 asks (OpaqueString).
pub fn normalise(password: &str) -> String {
    password.nfc().collect()
}

fn is_one_character_repeated(password: &str) -> bool {
    let mut characters = password.chars();
    characters
        .next()
        .is_some_and(|first| characters.all(|c| c == first))
}

/// Whether the password holds a name or the address's local part. Words under four letters would refuse
/// too many innocent passwords; they count only when they are all of its letters.
fn is_personal(password: &str, person: &Identity) -> bool {
    let folded = fold(password);
    let letters: String = folded.chars().filter(|c| c.is_alphabetic()).collect();
    let address = fold(person.email.as_str());
    let local = fold(person.email.local_part());
    let mut words: Vec<String> = [person.last_name.as_str(), person.first_name.as_str()]
        .iter()
        .map(|it| fold(it))
        .collect();
    words.extend(words.clone().iter().flat_map(|it| {
        it.split(|c: char| !c.is_alphanumeric())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    }));
    words.extend([address, local]);
    words
        .iter()
        .filter(|word| !word.is_empty())
        .any(|word| match word.chars().count() {
            0..=3 => letters == *word,
            _ => folded.contains(word.as_str()),
        })
}

/// Lower case without accents and without what nobody sees, so that `Élodie` and `elodie` are the same word.
fn fold(text: &str) -> String {
    text.nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c) && !is_invisible(*c))
        .collect::<String>()
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::{Civility, EmailAddress, PersonName};

    fn unmet(policy: PolicyName, password: &str) -> Vec<&'static str> {
        let person = Identity {
            civility: Civility::Mme,
            last_name: PersonName::parse("Œuvrard-Démonval").unwrap(),
            first_name: PersonName::parse("Ève").unwrap(),
            email: EmailAddress::parse("contact05@demo.test").unwrap(),
        };
        PasswordPolicy::of(policy)
            .unmet(password, &person)
            .into_iter()
            .map(PasswordRule::code)
            .collect()
    }

    #[test]
    fn the_guide_asks_for_eight_characters_a_digit_and_a_letter() {
        assert_eq!(unmet(PolicyName::Guide, "tr0mbone"), [""; 0]);
        assert_eq!(
            unmet(PolicyName::Guide, "a"),
            ["password-minimum-length", "password-digit", "password-common"]
        );
        assert_eq!(unmet(PolicyName::Guide, "83610247"), ["password-letter"]);
        assert_eq!(
            unmet(PolicyName::Guide, ""),
            ["password-minimum-length", "password-digit", "password-letter"]
        );
    }

    #[test]
    fn the_cnil_asks_for_twelve_characters_of_any_kind() {
        assert_eq!(unmet(PolicyName::Cnil, "trombone à coulisse"), [""; 0]);
        assert_eq!(unmet(PolicyName::Cnil, "tr0mbone"), ["password-minimum-length"]);
    }

    #[test]
    fn what_attackers_try_first_is_refused() {
        assert_eq!(unmet(PolicyName::Guide, "Password1"), ["password-common"]);
        assert_eq!(unmet(PolicyName::Guide, "azerty123"), ["password-common"]);
    }

    #[test]
    fn ones_own_name_and_address_are_refused() {
        for password in [
            "demonval2024",
            "DÉMONVAL2024",
            "contact05",
            "eve12345",
            "contact05@demo.test1",
        ] {
            assert_eq!(
                unmet(PolicyName::Guide, password),
                ["password-personal"],
                "{password}"
            );
        }
        assert_eq!(
            unmet(PolicyName::Guide, "forever99x"),
            [""; 0],
            "a short name inside another word is innocent"
        );
    }

    #[test]
    fn lengths_are_bounded_and_control_characters_refused() {
        assert_eq!(
            unmet(PolicyName::Guide, &"a1".repeat(129)),
            ["password-maximum-length"]
        );
        assert_eq!(
            unmet(PolicyName::Guide, "tr0mb\u{0}one"),
            ["password-control-character"]
        );
    }
}

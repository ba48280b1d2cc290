//! Small closed sets, and the codes that the catalogue gives meaning to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fault, text_value, trim_edges};

/// How a person is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Civility {
    /// Madame.
    Mme,
    /// Monsieur.
    M,
}

impl Civility {
    /// Parses `mme` or `m`, also as people and files write them (`Mme`, `M.`, `Madame`, `Mr`).
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = trim_edges(text).trim_end_matches('.');
        match text.to_lowercase().as_str() {
            "" => Err(Fault("required")),
            "mme" | "madame" | "mlle" | "mademoiselle" | "mrs" | "ms" | "miss" => Ok(Self::Mme),
            "m" | "mr" | "monsieur" | "mister" => Ok(Self::M),
            _ => Err(Fault("unknown-value")),
        }
    }

    /// The code, as in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Mme => "mme",
            Self::M => "m",
        }
    }
}

/// A language that the service speaks.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Locale {
    /// French.
    #[default]
    Fr,
    /// English.
    En,
}

impl Locale {
    /// Parses a language that the service speaks, with or without a region: `fr`, `fr-FR`, `en_GB`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Self::preferred(text)?.ok_or(Fault("unknown-value"))
    }

    /// Reads the tag of a language as browsers send it (RFC 5646; also with `_`): ours, or none for one that the service does
    /// not speak. Fault: `unknown-value` for what is no tag.
    pub fn preferred(text: &str) -> Result<Option<Self>, Fault> {
        let mut parts = trim_edges(text).split(['-', '_']);
        let language = parts.next().unwrap_or_default();
        let is_language =
            (2..=8).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_alphabetic());
        let is_part = |it: &str| (1..=8).contains(&it.len()) && it.bytes().all(|b| b.is_ascii_alphanumeric());
        if !is_language || !parts.all(is_part) {
            return Err(Fault("unknown-value"));
        }
        Ok(match language.to_ascii_lowercase().as_str() {
            "fr" => Some(Self::Fr),
            "en" => Some(Self::En),
            _ => None,
        })
    }

    /// The language tag.
    pub fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }
}

/// When the address is proven.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Flow {
    /// Last, as in the organisation's guide. A known address is recognised at once, which whoever types it can see.
    #[default]
    Guide,
    /// First: every start looks the same, and the branch continues from the mailed link.
    Private,
}

/// A password policy's name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PolicyName {
    /// Eight characters, one digit, one letter.
    #[default]
    Guide,
    /// Twelve characters, without rules of composition.
    Cnil,
}

impl PolicyName {
    /// The code, as in configuration and events.
    pub fn code(self) -> &'static str {
        match self {
            Self::Guide => "guide",
            Self::Cnil => "cnil",
        }
    }
}

/// A catalogue code: lower-case ASCII letters, digits and `_`, up to 64 characters.
fn parse_code(text: &str) -> Result<String, Fault> {
    let fits = text.len() <= 64
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    match text {
        "" => Err(Fault("required")),
        _ if fits => Ok(text.to_owned()),
        _ => Err(Fault("unknown-value")),
    }
}

/// The code of a topic that one may be written to about. Whether it exists is the catalogue's business.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(extend("pattern" = "^[a-z0-9_]{1,64}$"))]
pub struct TopicCode(String);
text_value!(TopicCode);

impl TopicCode {
    /// Parses a code's form.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        parse_code(text).map(Self)
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The code of an answer to "Vous êtes (ou votre client est)". Whether it exists is the catalogue's business.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(extend("pattern" = "^[a-z0-9_]{1,64}$"))]
pub struct ProfileCode(String);
text_value!(ProfileCode);

impl ProfileCode {
    /// Parses a code's form.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        parse_code(text).map(Self)
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civilities_are_read_as_people_and_files_write_them() {
        for (text, expected) in [
            ("mme", Civility::Mme),
            ("Mme", Civility::Mme),
            ("M.", Civility::M),
            ("m", Civility::M),
            ("Madame", Civility::Mme),
            ("MLLE", Civility::Mme),
            ("Mrs.", Civility::Mme),
            ("Monsieur", Civility::M),
            ("Mr", Civility::M),
            ("\u{a0}MME.\t", Civility::Mme),
        ] {
            assert_eq!(Civility::parse(text), Ok(expected), "{text}");
        }
        assert_eq!(Civility::parse("Dr"), Err(Fault("unknown-value")));
    }

    #[test]
    fn languages_are_read_as_browsers_send_them() {
        for (text, expected) in [
            ("fr", Ok(Some(Locale::Fr))),
            ("fr-FR", Ok(Some(Locale::Fr))),
            ("fr_CA", Ok(Some(Locale::Fr))),
            ("en-US", Ok(Some(Locale::En))),
            (" EN ", Ok(Some(Locale::En))),
            ("en-GB-oxendict", Ok(Some(Locale::En))),
            ("fr_FR.UTF-8", Err(Fault("unknown-value"))),
            ("de-DE", Ok(None)),
            ("zh-Hant-TW", Ok(None)),
            ("", Err(Fault("unknown-value"))),
            ("français", Err(Fault("unknown-value"))),
            ("fr-", Err(Fault("unknown-value"))),
            ("f", Err(Fault("unknown-value"))),
            ("*", Err(Fault("unknown-value"))),
        ] {
            assert_eq!(Locale::preferred(text), expected, "{text}");
        }
        assert_eq!(Locale::parse("fr-FR"), Ok(Locale::Fr));
        assert_eq!(Locale::parse("de"), Err(Fault("unknown-value")));
    }

    #[test]
    fn codes_have_one_plain_form() {
        assert!(TopicCode::parse("funding_requests").is_ok());
        for text in ["", "Été", "a b", "A", &"x".repeat(65)] {
            assert!(ProfileCode::parse(text).is_err(), "{text}");
        }
    }
}

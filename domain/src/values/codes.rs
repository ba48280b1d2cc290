//! Small closed sets, and the codes that the catalogue gives meaning to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fault, text_value};

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
    /// Parses `mme` or `m`, also as the organisation's files write them (`Mme`, `M.`).
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match text.trim().trim_end_matches('.').to_lowercase().as_str() {
            "" => Err(Fault("required")),
            "mme" => Ok(Self::Mme),
            "m" => Ok(Self::M),
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
    /// Parses `fr` or `en`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match text.trim().to_ascii_lowercase().as_str() {
            "fr" => Ok(Self::Fr),
            "en" => Ok(Self::En),
            _ => Err(Fault("unknown-value")),
        }
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
        ] {
            assert_eq!(Civility::parse(text), Ok(expected), "{text}");
        }
        assert_eq!(Civility::parse("Dr"), Err(Fault("unknown-value")));
    }

    #[test]
    fn codes_have_one_plain_form() {
        assert!(TopicCode::parse("funding_requests").is_ok());
        for text in ["", "Été", "a b", "A", &"x".repeat(65)] {
            assert!(ProfileCode::parse(text).is_err(), "{text}");
        }
    }
}

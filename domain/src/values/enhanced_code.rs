//! Enhanced mail system status codes (RFC 3463): `5.1.1`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::Fault;

/// What a mail server says more exactly than by three digits: class (2, 4 or 5), subject and detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EnhancedCode {
    /// 2: done; 4: not now; 5: not as it stands.
    pub class: u8,
    /// What it is about: 1 an address, 2 a mailbox, 3 the mail system, 4 network and routing, 5 the protocol, 6 the content,
    /// 7 policy and security.
    pub subject: u16,
    /// What exactly.
    pub detail: u16,
}

impl EnhancedCode {
    /// Parses `class.subject.detail`, each of one to three digits.
    ///
    /// Fault: `enhanced-code-format`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let wrong = Fault("enhanced-code-format");
        let mut parts = text.split('.').map(|part| {
            let plain = (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse::<u16>().ok().filter(|_| plain).ok_or(wrong)
        });
        let mut next = || parts.next().unwrap_or(Err(wrong));
        let (class, subject, detail) = (next()?, next()?, next()?);
        match (u8::try_from(class), parts.next()) {
            (Ok(class @ (2 | 4 | 5)), None) => Ok(Self {
                class,
                subject,
                detail,
            }),
            _ => Err(wrong),
        }
    }
}

impl fmt::Display for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

impl TryFrom<String> for EnhancedCode {
    type Error = Fault;

    fn try_from(text: String) -> Result<Self, Fault> {
        Self::parse(&text)
    }
}

impl From<EnhancedCode> for String {
    fn from(code: EnhancedCode) -> Self {
        code.to_string()
    }
}

impl JsonSchema for EnhancedCode {
    fn schema_name() -> Cow<'static, str> {
        "EnhancedCode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "An enhanced mail system status code (RFC 3463): class, subject, detail.",
            "pattern": "^[245]\\.[0-9]{1,3}\\.[0-9]{1,3}$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_numbers_with_dots_between() {
        for text in ["5.1.1", "4.7.28", "5.7.515", "2.0.0"] {
            assert_eq!(EnhancedCode::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "", "5.1", "5.1.1.1", "3.1.1", "5.1.1,", "5..1", "5.1234.1", "+5.1.1", "5.1.x", "550",
        ] {
            assert!(EnhancedCode::parse(text).is_err(), "{text}");
        }
    }
}

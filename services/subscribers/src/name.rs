//! A subscriber's name, and everything that is called after it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::SubscriberError;

/// Longest name: it stands in subjects, and in the names of a stream and a consumer.
const LENGTH_MAX: usize = 31;

/// A subscriber's name: a lower-case letter, then lower-case letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SubscriberName(String);

impl SubscriberName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its own stream. Names have no capitals and no underscore, so that no two of them share one.
    pub fn stream(&self) -> String {
        format!("{STREAM_PREFIX}{}", self.0.to_uppercase())
    }

    /// The durable consumer in it.
    pub fn consumer(&self) -> &str {
        &self.0
    }

    /// Every subject of its stream: one a registration follows.
    pub fn subjects(&self) -> String {
        format!("{SUBJECT_PREFIX}.{}.*", self.0)
    }

    /// What its client must set as the prefix of its inboxes, so that it hears no other's answers.
    pub fn inbox_prefix(&self) -> String {
        format!("_INBOX_{}", self.0)
    }

    /// The name whose own stream this is.
    pub fn of_stream(stream: &str) -> Option<Self> {
        stream.strip_prefix(STREAM_PREFIX)?.to_lowercase().parse().ok()
    }
}

/// What every own stream's name begins with.
pub const STREAM_PREFIX: &str = "SUBSCRIBER_";
/// What every subject of an own stream begins with; the subscriber's name and the registration follow.
pub const SUBJECT_PREFIX: &str = "subscriber";

impl FromStr for SubscriberName {
    type Err = SubscriberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = text.bytes();
        let begins = bytes.next().is_some_and(|first| first.is_ascii_lowercase());
        let goes_on = bytes.all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');
        if begins && goes_on && text.len() <= LENGTH_MAX {
            Ok(Self(text.to_owned()))
        } else {
            Err(SubscriberError::Name)
        }
    }
}

impl TryFrom<String> for SubscriberName {
    type Error = SubscriberError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<SubscriberName> for String {
    fn from(name: SubscriberName) -> Self {
        name.0
    }
}

impl fmt::Display for SubscriberName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_reach_into_another_subject() {
        for good in ["crm", "a", "crm-2", "a23456789012345678901234567890b"] {
            let name: SubscriberName = good.parse().unwrap();
            assert_eq!(SubscriberName::of_stream(&name.stream()), Some(name));
        }
        for bad in [
            "",
            "2crm",
            "Crm",
            "crm.x",
            "crm*",
            "crm>",
            "crm_x",
            "crm x",
            "é",
            "a234567890123456789012345678901b",
        ] {
            assert!(bad.parse::<SubscriberName>().is_err(), "{bad}");
        }
        assert_eq!(SubscriberName::of_stream("ONBOARDING"), None);
    }
}

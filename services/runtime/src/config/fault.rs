//! What is wrong with a configuration: all of it at once, so that one reading mends the whole.

use std::fmt;

/// One thing that is wrong, and where. It never repeats a configured value: a value may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The variable or the key in its file, as the operator wrote it.
    pub place: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.message)
    }
}

/// A configuration that cannot be used, with every fault in it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError(pub Vec<Fault>);

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the configuration has {} fault(s)", self.0.len())?;
        self.0
            .iter()
            .try_for_each(|fault| write!(formatter, "\n  {fault}"))
    }
}

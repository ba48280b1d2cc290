//! What was looked at, and how it was found: `onboarding doctor` prints it, the console's first page shows it.

use serde::Serialize;

/// How something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Fine,
    /// It works, and somebody should know.
    Warning,
    /// It does not work, or not for long.
    Fault,
}

impl Level {
    /// Its name, for a label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Warning => "warning",
            Self::Fault => "fault",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is about, in words that do not change.
    pub subject: &'static str,
    /// Whether its level is [`Level::Fine`], for scripts that ask nothing else.
    pub fine: bool,
    /// How it was found.
    pub level: Level,
    /// What was found, for operators.
    pub found: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<&'static str>,
}

impl Finding {
    /// As it should be.
    pub fn fine(subject: &'static str, found: impl Into<String>) -> Self {
        Self::of(Level::Fine, subject, found, None)
    }

    /// Somebody should know.
    pub fn warning(subject: &'static str, found: impl Into<String>, remedy: &'static str) -> Self {
        Self::of(Level::Warning, subject, found, Some(remedy))
    }

    /// Somebody must do something.
    pub fn fault(subject: &'static str, found: impl Into<String>, remedy: &'static str) -> Self {
        Self::of(Level::Fault, subject, found, Some(remedy))
    }

    /// Fine, or a fault.
    pub fn judged(subject: &'static str, fine: bool, found: impl Into<String>, remedy: &'static str) -> Self {
        match fine {
            true => Self::fine(subject, found),
            false => Self::fault(subject, found, remedy),
        }
    }

    fn of(
        level: Level,
        subject: &'static str,
        found: impl Into<String>,
        remedy: Option<&'static str>,
    ) -> Self {
        Self {
            subject,
            fine: level == Level::Fine,
            level,
            found: found.into(),
            remedy,
        }
    }
}

/// How many findings are of a level.
pub fn count(findings: &[Finding], level: Level) -> usize {
    findings.iter().filter(|it| it.level == level).count()
}

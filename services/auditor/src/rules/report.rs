//! What today's rules say of the past, to be read.

use std::collections::BTreeMap;

use domain::values::RegistrationId;
use serde::Serialize;

/// What today's rules say of the past.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rejudged {
    /// How many commands were judged.
    pub commands: u64,
    /// How many of them would be decided as they were.
    pub same: u64,
    /// How many would be decided otherwise.
    pub otherwise: u64,
    /// How many could not be judged, by the reason.
    pub not_judged: BTreeMap<&'static str, u64>,
    /// The first of those that would be decided otherwise.
    pub listed: Vec<Otherwise>,
}

/// A command that would be decided otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Otherwise {
    /// Whose.
    pub registration: RegistrationId,
    /// The sequence of the first event that was recorded.
    pub sequence: u64,
    /// Its place in the log.
    pub position: u64,
    /// The events that were recorded.
    pub recorded: Vec<&'static str>,
    /// The events of today; empty when it would be refused, or would change nothing.
    pub today: Vec<&'static str>,
    /// The refusal's code, where it would be refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<&'static str>,
    /// The members in which events of the same names differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
}

impl std::fmt::Display for Rejudged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for it in &self.listed {
            let today = match (it.refused, &it.today[..]) {
                (Some(code), _) => format!("refused ({code})"),
                (None, []) => "nothing".to_owned(),
                (None, names) => names.join(", "),
            };
            write!(
                f,
                "position {}, registration {}, sequence {}: ",
                it.position, it.registration, it.sequence
            )?;
            write!(f, "then {}, today {today}", it.recorded.join(", "))?;
            match it.members.is_empty() {
                true => writeln!(f)?,
                false => writeln!(f, " (other: {})", it.members.join(", "))?,
            }
        }
        write!(
            f,
            "{} commands judged, {} decided as then, {} otherwise",
            self.commands, self.same, self.otherwise
        )?;
        self.not_judged
            .iter()
            .try_for_each(|(why, count)| write!(f, "\n{count} not judged: {why}"))
    }
}

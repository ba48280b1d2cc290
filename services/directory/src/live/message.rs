//! One message: the members of the CSV file's columns as JSON, or that the establishment is no longer known.
//!
//! Every fault is found at once, and none says what stood there.

use chrono::NaiveDate;
use domain::inbound::SUBJECT_PREFIX;
use domain::values::{Fault, Siret, trim_edges};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::import::{
    EstablishmentLine, parse_idcc, parse_member_number, parse_name, parse_state, parse_training_number,
};

/// Most faults told of one message.
const FAULTS_MAX: usize = 32;
/// How much of the name of an unknown member is told, in characters.
const MEMBER_LENGTH_MAX: usize = 32;

/// What some systems put before a text; it says nothing.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One fault of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveFault {
    /// The member; `subject` or `body` when it is not a member's.
    pub field: String,
    /// A stable code, such as `siret-checksum`.
    pub reason: String,
}

/// What a message says of an establishment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiveMessage {
    /// It is known, and so.
    Known(Box<EstablishmentLine>, Option<NaiveDate>),
    /// It is known no longer.
    Deleted,
}

/// The establishment that a subject names; nothing when the subject is not of the form that is promised.
pub fn siret_of(subject: &str) -> Option<Siret> {
    let token = subject.strip_prefix(SUBJECT_PREFIX)?.strip_prefix('.')?;
    // Typed forms with separators are for people: a state has one subject.
    Siret::parse(token).ok().filter(|siret| siret.as_str() == token)
}

/// Reads the body of a message about this establishment, or lists each fault.
pub fn read(siret: &Siret, body: &[u8]) -> Result<LiveMessage, Vec<LiveFault>> {
    if body.is_empty() {
        return Ok(LiveMessage::Deleted);
    }
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    let members = serde_json::from_slice(body).map_err(|_| vec![fault("body", "malformed-json")])?;
    let Value::Object(members) = members else {
        return Err(vec![fault("body", "wrong-type")]);
    };
    let mut members = Members {
        members,
        faults: Vec::new(),
    };
    let said = members.read(siret);
    members.finish(said)
}

/// The members not yet taken, and the faults found so far.
struct Members {
    members: Map<String, Value>,
    faults: Vec<LiveFault>,
}

impl Members {
    fn read(&mut self, siret: &Siret) -> Option<LiveMessage> {
        let same = |text: &str| match Siret::parse_exported(text)? == *siret {
            true => Ok(()),
            false => Err(Fault("other-than-subject")),
        };
        self.text("siret", same).or_else(|| self.lacking("siret"));
        if self
            .members
            .remove("deleted")
            .is_some_and(|it| self.is_true("deleted", &it))
        {
            return Some(LiveMessage::Deleted);
        }
        let name = self.text("name", parse_name).or_else(|| self.lacking("name"));
        let idcc = self.text("idcc", parse_idcc).flatten();
        let member_number = self.text("member_number", parse_member_number).flatten();
        let training_number = self
            .text("training_declaration_number", parse_training_number)
            .flatten();
        let state = self.text("state", parse_state).unwrap_or("active");
        let closed_on = self.text("closed_on", |text| {
            text.parse::<NaiveDate>()
                .ok()
                .filter(|_| text.len() == "2026-01-31".len())
                .ok_or(Fault("invalid-format"))
        });
        if closed_on.is_some() && state == "active" {
            self.faults.push(fault("closed_on", "not-closed"));
        }
        let line = EstablishmentLine {
            siret: siret.clone(),
            name: name?,
            idcc,
            member_number,
            training_number,
            state,
        };
        Some(LiveMessage::Known(Box::new(line), closed_on))
    }

    /// A text, parsed. Absent, null and empty are alike, as an empty field of the file is.
    fn text<T>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, Fault>) -> Option<T> {
        let parsed = match self.members.remove(name)? {
            Value::Null => return None,
            Value::String(text) if trim_edges(&text).is_empty() => return None,
            Value::String(text) => parse(trim_edges(&text)),
            _ => Err(Fault("wrong-type")),
        };
        parsed.map_err(|it| self.faults.push(fault(name, it.code()))).ok()
    }

    /// Notes that a member is needed, unless a fault of it is noted already.
    fn lacking<T>(&mut self, name: &str) -> Option<T> {
        if self.faults.iter().all(|it| it.field != name) {
            self.faults.push(fault(name, "required"));
        }
        None
    }

    fn is_true(&mut self, name: &str, value: &Value) -> bool {
        match value {
            Value::Bool(truth) => *truth,
            Value::Null => false,
            _ => {
                self.faults.push(fault(name, "wrong-type"));
                false
            }
        }
    }

    /// What was said, if nothing is wrong. A member that nobody took is a fault: it may be a number under a slipped name,
    /// and passing over it would make the number vanish.
    fn finish(mut self, said: Option<LiveMessage>) -> Result<LiveMessage, Vec<LiveFault>> {
        let is_deletion = said == Some(LiveMessage::Deleted);
        for name in self.members.keys() {
            let is_known = is_deletion && KNOWN.contains(&name.as_str());
            if !is_known {
                self.faults.push(fault(told(name), "unknown-field"));
            }
        }
        self.faults.truncate(FAULTS_MAX);
        match said {
            Some(said) if self.faults.is_empty() => Ok(said),
            _ => Err(self.faults),
        }
    }
}

/// Members that may stand beside a deletion, unread: a system may send its whole last state with it.
const KNOWN: [&str; 6] = [
    "name",
    "idcc",
    "member_number",
    "training_declaration_number",
    "state",
    "closed_on",
];

/// A name that could be one of ours; any other could be anything, and is not told.
fn told(name: &str) -> &str {
    let is_plain =
        name.len() <= MEMBER_LENGTH_MAX && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if is_plain { name } else { "body" }
}

fn fault(field: &str, reason: &str) -> LiveFault {
    LiveFault {
        field: field.to_owned(),
        reason: reason.to_owned(),
    }
}

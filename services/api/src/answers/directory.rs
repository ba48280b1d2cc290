//! What the organisation's own system is told of the contacts that it sends.

use serde::Serialize;
use utoipa::ToSchema;

/// What became of a contact.
#[derive(Serialize, ToSchema)]
pub struct ContactAnswer {
    /// Whether it is new, changed or stood so already.
    #[schema(value_type = super::vocabulary::ContactOutcome)]
    pub contact: String,
}

/// What became of many contacts.
#[derive(Default, Serialize, ToSchema)]
pub struct ContactsReportAnswer {
    /// Lines read, blank ones not counted: those kept, removed and refused.
    pub read: u64,
    /// Good lines with a contact: it stands in the directory now.
    pub kept: u64,
    /// Contacts among them that stood there already, word for word.
    pub unchanged: u64,
    /// Good lines that ask for a removal: the contact does not stand there now.
    pub removed: u64,
    /// Lines refused.
    pub refused: u64,
    /// Faults of the refused lines, in their order: the first 1,000.
    pub bad: Vec<BadLineAnswer>,
}

/// One fault of a line.
#[derive(Serialize, ToSchema)]
pub struct BadLineAnswer {
    /// Its number in the body, from 1, blank lines counted.
    pub line: u64,
    /// The member, or `line` when the line as a whole cannot be read.
    #[schema(example = "email")]
    pub field: String,
    /// A stable code.
    #[schema(example = "email-format")]
    pub reason: &'static str,
}

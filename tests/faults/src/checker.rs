//! The checker: what was promised, held against what is there. It knows the log, `schemas/events` and the written form of a
//! leaf, and none of the service's code; its own tests tamper with what it is given.

pub mod accounts;
pub mod acknowledged;
pub mod answers;
pub mod clear_text;
pub mod fold;
pub mod leaf;
pub mod log;
pub mod mails;
pub mod read_models;
pub mod state;
pub mod stream;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::evidence::Evidence;

/// How many findings of one invariant are told one by one.
const TOLD_MAX: usize = 12;

/// Something that is not as promised.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The invariant: `I1` to `I12`.
    pub invariant: &'static str,
    /// What is wrong, and where.
    pub what: String,
}

impl Finding {
    /// A finding.
    pub fn new(invariant: &'static str, what: impl Into<String>) -> Self {
        Self {
            invariant,
            what: what.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(text, "{}: {}", self.invariant, self.what)
    }
}

/// Checks all that can be read from the evidence.
pub fn check(evidence: &Evidence) -> Vec<Finding> {
    let checks: [fn(&Evidence) -> Vec<Finding>; 8] = [
        acknowledged::check,
        log::check,
        stream::check,
        read_models::check,
        mails::check,
        accounts::check,
        accounts::check_erasures,
        answers::check,
    ];
    checks.iter().flat_map(|check| check(evidence)).collect()
}

/// The first findings of each invariant, and how many more there are.
pub fn abridged(findings: &[Finding]) -> Vec<String> {
    let mut by_invariant: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        by_invariant.entry(finding.invariant).or_default().push(finding);
    }
    let mut told = Vec::new();
    for (invariant, findings) in by_invariant {
        told.extend(findings.iter().take(TOLD_MAX).map(ToString::to_string));
        if findings.len() > TOLD_MAX {
            told.push(format!("{invariant}: and {} more", findings.len() - TOLD_MAX));
        }
    }
    told
}

//! I5: every row of the read models is what the checker's own fold of the log makes of it, and no row is missing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Finding, fold};
use crate::evidence::Evidence;

/// Checks it.
pub fn check(evidence: &Evidence) -> Vec<Finding> {
    let (_, due) = fold::fold(evidence);
    let found = &evidence.tables;
    let mut findings = Vec::new();
    if found.position != due.position {
        let (found, due) = (found.position, due.position);
        findings.push(Finding::new(
            "I5",
            format!("the read models stand at {found}, the log at {due}"),
        ));
    }
    findings.extend(compare("registrations", &found.registrations, &due.registrations));
    findings.extend(compare("people", &found.people, &due.people));
    findings.extend(compare(
        "people_establishments",
        &found.attachments,
        &due.attachments,
    ));
    findings.extend(compare("funnel", &found.funnel, &due.funnel));
    findings
}

fn compare(table: &str, found: &BTreeMap<String, Value>, due: &BTreeMap<String, Value>) -> Vec<Finding> {
    let keys: BTreeSet<&String> = found.keys().chain(due.keys()).collect();
    let differ = keys.into_iter().filter(|key| found.get(*key) != due.get(*key));
    let told = |row: Option<&Value>| row.map_or("no row".to_owned(), Value::to_string);
    differ
        .map(|key| {
            let (found, due) = (told(found.get(key)), told(due.get(key)));
            Finding::new("I5", format!("{table}, {key}: {found} where the log says {due}"))
        })
        .collect()
}

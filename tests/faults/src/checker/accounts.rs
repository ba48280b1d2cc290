//! I8: one account an address. I7: who was erased has no key, no account and no mail any more.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, acknowledged, fold};
use crate::evidence::Evidence;

/// A mail that was on the wire while somebody was erased may still arrive within this time, in seconds.
const ON_THE_WIRE: f64 = 20.0;

/// Checks I8.
pub fn check(evidence: &Evidence) -> Vec<Finding> {
    let (states, _) = fold::fold(evidence);
    let due: BTreeSet<&str> = states
        .iter()
        .filter(|(_, state)| state.is_account())
        .map(|(id, _)| id.as_str())
        .collect();
    let found: BTreeSet<&str> = evidence.accounts.iter().map(String::as_str).collect();
    let mut findings = Vec::new();
    for id in due.symmetric_difference(&found) {
        let which = if due.contains(id) {
            "the log says so, the table does not"
        } else {
            "the table says so, the log does not"
        };
        findings.push(Finding::new("I8", format!("{id} is an account: {which}")));
    }
    let mut by_address: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (registration, address) in addresses(evidence) {
        if due.contains(registration) {
            by_address.entry(address).or_default().insert(registration);
        }
    }
    let several = by_address.values().filter(|accounts| accounts.len() > 1);
    findings.extend(
        several.map(|accounts| Finding::new("I8", format!("{accounts:?} are accounts of one address"))),
    );
    findings
}

/// Checks I7.
pub fn check_erasures(evidence: &Evidence) -> Vec<Finding> {
    let (states, _) = fold::fold(evidence);
    let erased: BTreeSet<&str> = states
        .iter()
        .filter(|(_, state)| state.is_erased())
        .map(|(id, _)| id.as_str())
        .collect();
    let mut findings = Vec::new();
    for id in evidence
        .living_keys
        .iter()
        .filter(|id| erased.contains(id.as_str()))
    {
        findings.push(Finding::new(
            "I7",
            format!("{id} is erased, and its key can still be used"),
        ));
    }
    let mut last_mail: BTreeMap<u64, f64> = BTreeMap::new();
    for mail in &evidence.mails {
        if let Some(person) = person_of(&mail.recipient) {
            last_mail.insert(person, mail.at);
        }
    }
    for (request, _) in acknowledged::promises(&evidence.requests)
        .filter(|(request, _)| request.what == "POST /v1/me/erasure")
    {
        if last_mail
            .get(&request.person)
            .is_some_and(|at| *at > request.ended + ON_THE_WIRE)
        {
            findings.push(Finding::new(
                "I7",
                format!("person {} was written to after their erasure", request.person),
            ));
        }
    }
    let asked = acknowledged::promises(&evidence.requests)
        .filter(|(request, _)| request.what == "POST /v1/me/erasure");
    let people: BTreeSet<u64> = asked.map(|(request, _)| request.person).collect();
    if erased.len() < people.len() {
        findings.push(Finding::new(
            "I7",
            format!(
                "{} erasures were promised, {} are in the log",
                people.len(),
                erased.len()
            ),
        ));
    }
    findings
}

/// Registrations with the address that their mails went to.
fn addresses(evidence: &Evidence) -> impl Iterator<Item = (&str, &str)> {
    let mut by_request: BTreeMap<String, &str> = BTreeMap::new();
    for event in evidence
        .events
        .iter()
        .filter(|event| event.event_type == "VerificationRequested")
    {
        let request = event.parsed()["request_id"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        by_request.insert(request, &event.aggregate_id);
    }
    evidence
        .mails
        .iter()
        .filter_map(move |mail| Some((*by_request.get(&mail.key)?, mail.recipient.as_str())))
}

/// `plain+new12@…`: 12.
fn person_of(address: &str) -> Option<u64> {
    let name = address.split('@').next()?;
    name.trim_start_matches(|it: char| !it.is_ascii_digit())
        .parse()
        .ok()
}

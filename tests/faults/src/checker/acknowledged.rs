//! I1: what was acknowledged is in the log. I2: one key, at most one registration.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use crate::evidence::Evidence;
use crate::ledger::{Answer, Outcome, Request};

/// Checks both.
pub fn check(evidence: &Evidence) -> Vec<Finding> {
    let mut findings = lost(evidence);
    findings.extend(unknown_again(evidence));
    findings.extend(doubled(evidence));
    findings
}

/// The answers that promise something, with their requests.
pub fn promises(requests: &[Request]) -> impl Iterator<Item = (&Request, &Answer)> {
    requests.iter().filter_map(|request| match &request.outcome {
        Outcome::Answered(answer) if answer.is_acknowledged() => Some((request, answer)),
        _ => None,
    })
}

fn lost(evidence: &Evidence) -> Vec<Finding> {
    let stored: BTreeSet<(&str, i64)> = evidence
        .events
        .iter()
        .map(|event| (event.aggregate_id.as_str(), event.sequence))
        .collect();
    let placed: BTreeSet<(&str, i64)> = evidence
        .in_order()
        .into_iter()
        .map(|(_, event)| (event.aggregate_id.as_str(), event.sequence))
        .collect();
    let mut findings = Vec::new();
    for (request, answer) in promises(&evidence.requests) {
        let (Some(registration), Some(version)) = (&answer.registration, answer.version) else {
            continue;
        };
        let told = (registration.as_str(), version as i64);
        let missing = match (stored.contains(&told), placed.contains(&told)) {
            (false, _) => "is not among the events",
            (true, false) => "has no place in the log",
            (true, true) => continue,
        };
        findings.push(Finding::new(
            "I1",
            format!(
                "{} at {:.2} s was answered {} with version {version} of {registration}, which {missing}",
                request.what, request.ended, answer.status
            ),
        ));
    }
    findings
}

/// Whoever was acknowledged a step and then goes on is known: no refusal says otherwise.
fn unknown_again(evidence: &Evidence) -> Vec<Finding> {
    let mut with_two_devices: BTreeSet<u64> = BTreeSet::new();
    for request in &evidence.requests {
        if request.key.as_deref().is_some_and(|key| key.contains("-b-")) {
            with_two_devices.insert(request.person);
        }
    }
    let mut findings = Vec::new();
    let mut keys_seen: BTreeSet<&str> = BTreeSet::new();
    for request in &evidence.requests {
        let is_repeated = request.key.as_deref().is_some_and(|key| !keys_seen.insert(key));
        let Outcome::Answered(answer) = &request.outcome else {
            continue;
        };
        let is_refusal = (400..500).contains(&answer.status) && answer.status != 429;
        let is_subscriber = request.person == u64::MAX;
        // Whoever is erased has no session any more by which to hear it again.
        let is_erased = is_repeated && request.what == "POST /v1/me/erasure" && answer.status == 401;
        if is_refusal && !is_subscriber && !is_erased && !with_two_devices.contains(&request.person) {
            findings.push(Finding::new(
                "I1",
                format!(
                    "{} of person {} at {:.2} s was refused with {} {}, though every step before was acknowledged",
                    request.what,
                    request.person,
                    request.ended,
                    answer.status,
                    answer.code.as_deref().unwrap_or_default()
                ),
            ));
        }
    }
    findings
}

fn doubled(evidence: &Evidence) -> Vec<Finding> {
    let starts = |request: &&Request| request.what == "POST /v1/registrations";
    let mut by_key: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (request, answer) in promises(&evidence.requests).filter(|(request, _)| starts(request)) {
        if let (Some(key), Some(registration)) = (&request.key, &answer.registration) {
            by_key.entry(key).or_default().insert(registration);
        }
    }
    let mut findings: Vec<Finding> = by_key
        .iter()
        .filter(|(_, registrations)| registrations.len() > 1)
        .map(|(key, registrations)| {
            Finding::new("I2", format!("the key {key} was answered with {registrations:?}"))
        })
        .collect();
    // A second registration under one key may have been answered to nobody: there are no more registrations than keys.
    let keys: BTreeSet<&str> = evidence
        .requests
        .iter()
        .filter(starts)
        .filter_map(|it| it.key.as_deref())
        .collect();
    let registrations = evidence.events.iter().filter(|event| event.sequence == 1).count();
    if registrations > keys.len() {
        findings.push(Finding::new(
            "I2",
            format!("{registrations} registrations came of {} keys", keys.len()),
        ));
    }
    findings
}

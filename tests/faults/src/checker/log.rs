//! I3: the log has no gaps, each registration counts from one, and hashes and signed roots are those of what is stored.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, leaf};
use crate::evidence::Evidence;

/// Checks it.
pub fn check(evidence: &Evidence) -> Vec<Finding> {
    let mut findings = places(evidence);
    findings.extend(sequences(evidence));
    findings.extend(hashes(evidence));
    findings
}

fn places(evidence: &Evidence) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (place, expected) in evidence.places.iter().zip(1..) {
        if place.position != expected {
            findings.push(Finding::new(
                "I3",
                format!("position {} stands where {expected} is due", place.position),
            ));
            break;
        }
    }
    let placed: BTreeSet<i64> = evidence.places.iter().map(|place| place.insert_order).collect();
    if placed.len() != evidence.places.len() {
        findings.push(Finding::new("I3", "an event has two places in the log"));
    }
    for event in evidence
        .events
        .iter()
        .filter(|event| !placed.contains(&event.insert_order))
    {
        findings.push(Finding::new(
            "I3",
            format!(
                "event {} of {} has no place in the log",
                event.sequence, event.aggregate_id
            ),
        ));
    }
    let stored: BTreeSet<i64> = evidence.events.iter().map(|event| event.insert_order).collect();
    for place in evidence
        .places
        .iter()
        .filter(|place| !stored.contains(&place.insert_order))
    {
        findings.push(Finding::new(
            "I3",
            format!("position {} is nobody's", place.position),
        ));
    }
    findings
}

/// Each registration counts 1, 2, 3 in the order of the log.
fn sequences(evidence: &Evidence) -> Vec<Finding> {
    let mut counted: BTreeMap<&str, i64> = BTreeMap::new();
    let mut findings = Vec::new();
    for (position, event) in evidence.in_order() {
        let sequence = counted.entry(&event.aggregate_id).or_default();
        *sequence += 1;
        if event.sequence != *sequence {
            findings.push(Finding::new(
                "I3",
                format!(
                    "position {position}: sequence {} of {} comes where {sequence} is due",
                    event.sequence, event.aggregate_id
                ),
            ));
        }
    }
    findings
}

fn hashes(evidence: &Evidence) -> Vec<Finding> {
    let by_insertion: BTreeMap<i64, _> = evidence
        .events
        .iter()
        .map(|event| (event.insert_order, event))
        .collect();
    let signed: BTreeMap<u64, &Vec<u8>> = evidence.signed.iter().map(|(size, root)| (*size, root)).collect();
    let mut findings = Vec::new();
    let mut tree = leaf::Tree::default();
    for (place, size) in evidence.places.iter().zip(1_u64..) {
        let computed = by_insertion
            .get(&place.insert_order)
            .and_then(|event| leaf::of(event));
        if computed.map(|hash| hash.to_vec()).as_ref() != Some(&place.leaf_hash) {
            findings.push(Finding::new(
                "I3",
                format!("the leaf at position {} is not that of its event", place.position),
            ));
        }
        let Ok(kept) = place.leaf_hash.as_slice().try_into() else {
            break;
        };
        tree.push(kept);
        if signed.get(&size).is_some_and(|root| **root != tree.root()) {
            findings.push(Finding::new(
                "I3",
                format!("the root signed at size {size} is not that of the leaves"),
            ));
        }
    }
    let last = evidence.places.len() as u64;
    if let Some((size, _)) = evidence.signed.iter().find(|(size, _)| *size > last) {
        findings.push(Finding::new(
            "I3",
            format!("size {size} was signed, and the log has {last}"),
        ));
    }
    if !evidence.signed.iter().any(|(size, _)| *size == last) {
        findings.push(Finding::new(
            "I3",
            format!("the log's {last} events are covered by no signature"),
        ));
    }
    findings
}

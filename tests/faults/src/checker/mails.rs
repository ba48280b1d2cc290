//! I6: each mail that was asked for went out once, or its doubt or failure is told; one link a request.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Finding;
use crate::evidence::{Evidence, StoredEvent};

/// A mail that the log asks for.
#[derive(Clone, Debug)]
struct Wanted<'a> {
    registration: &'a str,
    sequence: i64,
    /// What happened first of: its outcome, and what made it needless.
    outcome: Option<Outcome>,
    is_needless: bool,
    /// Nothing more is told of somebody who is erased.
    is_forgotten: bool,
}

#[derive(Clone, Copy, Debug)]
struct Outcome {
    was_sent: bool,
    possibly_twice: bool,
}

/// Checks it.
pub fn check(evidence: &Evidence) -> Vec<Finding> {
    let wanted = wanted(evidence);
    let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
    for mail in &evidence.mails {
        *taken.entry(&mail.key).or_default() += 1;
    }
    let mut findings = Vec::new();
    for (key, mail) in &wanted {
        let copies = taken.get(key.as_str()).copied().unwrap_or_default();
        let wrong = match (mail.outcome, copies) {
            (None, 0) if mail.is_needless => continue,
            (None, 0 | 1) if mail.is_forgotten => continue,
            (None, 0) => "has no outcome, and no mail went out".to_owned(),
            (None, copies) => format!("went out {copies} times, and no outcome tells it"),
            (Some(Outcome { was_sent: true, .. }), 0) => {
                "is told as sent, and the mail server has none".to_owned()
            }
            (Some(Outcome { was_sent: false, .. }), 1..) => {
                format!("is told as failed, and went out {copies} times")
            }
            (
                Some(Outcome {
                    possibly_twice: false,
                    ..
                }),
                2..,
            ) => format!("went out {copies} times, and the doubt is not told"),
            _ => continue,
        };
        let (registration, sequence) = (mail.registration, mail.sequence);
        findings.push(Finding::new(
            "I6",
            format!("the mail asked for by event {sequence} of {registration} {wrong}"),
        ));
    }
    for key in taken.keys().filter(|key| !wanted.contains_key(**key)) {
        findings.push(Finding::new(
            "I6",
            format!("a mail {key} went out that nobody asked for"),
        ));
    }
    findings.extend(links(evidence));
    findings
}

/// One request, one link; no two requests share one.
fn links(evidence: &Evidence) -> Vec<Finding> {
    let mut by_request: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut by_token: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for mail in &evidence.mails {
        if let Some(token) = &mail.token {
            by_request.entry(&mail.key).or_default().insert(token);
            by_token.entry(token).or_default().insert(&mail.key);
        }
    }
    let several = by_request.iter().filter(|(_, tokens)| tokens.len() > 1);
    let shared = by_token.values().filter(|requests| requests.len() > 1);
    several
        .map(|(request, tokens)| {
            Finding::new("I6", format!("the request {request} has {} links", tokens.len()))
        })
        .chain(shared.map(|requests| Finding::new("I6", format!("the requests {requests:?} share a link"))))
        .collect()
}

/// Every mail that the log asks for, by the name that its Message-ID bears.
fn wanted(evidence: &Evidence) -> BTreeMap<String, Wanted<'_>> {
    let mut wanted: BTreeMap<String, Wanted<'_>> = BTreeMap::new();
    let mut latest: BTreeMap<&str, String> = BTreeMap::new();
    for (_, event) in evidence.in_order() {
        let data = event.parsed();
        let registration = event.aggregate_id.as_str();
        let text = |member: &str| data[member].as_str().unwrap_or_default().to_owned();
        let is_void = match event.event_type.as_str() {
            "IdentitySubmitted" => data["new_address"] == true,
            "VerificationRequested" | "RegistrationExpired" | "ErasureRequested" | "PersonErased" => true,
            _ => false,
        };
        if is_void {
            // A link that was replaced before its mail went out needs none.
            let open = latest.get(registration).and_then(|key| wanted.get_mut(key));
            open.into_iter().for_each(|mail| mail.is_needless = true);
        }
        if event.event_type == "PersonErased" {
            let theirs = wanted
                .values_mut()
                .filter(|mail| mail.registration == registration);
            theirs.for_each(|mail| mail.is_forgotten = true);
        }
        let asked = match event.event_type.as_str() {
            "VerificationRequested" => text("request_id"),
            "PasswordSet" => notice_key(event, event.sequence, "password_set"),
            _ => String::new(),
        };
        if !asked.is_empty() {
            if event.event_type == "VerificationRequested" {
                latest.insert(registration, asked.clone());
            }
            wanted.insert(
                asked,
                Wanted {
                    registration,
                    sequence: event.sequence,
                    outcome: None,
                    is_needless: false,
                    is_forgotten: false,
                },
            );
        }
        let ended = match event.event_type.as_str() {
            "VerificationMailSent" | "VerificationMailFailed" => text("request_id"),
            "NoticeMailSent" | "NoticeMailFailed" => {
                notice_key(event, data["about"].as_i64().unwrap_or_default(), &text("notice"))
            }
            _ => continue,
        };
        if let Some(mail) = wanted.get_mut(&ended) {
            mail.outcome = Some(outcome_of(event, &data));
        }
    }
    wanted
}

fn notice_key(event: &StoredEvent, about: i64, notice: &str) -> String {
    format!("{}.{about}.{notice}", event.aggregate_id)
}

fn outcome_of(event: &StoredEvent, data: &Value) -> Outcome {
    Outcome {
        was_sent: event.event_type.ends_with("Sent"),
        possibly_twice: data["possibly_twice"] == true,
    }
}

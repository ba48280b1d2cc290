//! I4: each event of the log is on the stream once, in the log's order, as its schema says.

use std::collections::BTreeMap;
use std::fs;

use jsonschema::Validator;
use serde_json::Value;
use tests::programs::repository;

use super::Finding;
use crate::evidence::{Evidence, Message, StoredEvent};

/// Checks it.
pub fn check(evidence: &Evidence) -> Vec<Finding> {
    let schemas = schemas();
    let log = evidence.in_order();
    let mut findings = Vec::new();
    if log.len() != evidence.stream.len() {
        findings.push(Finding::new(
            "I4",
            format!(
                "the log has {} events, the stream {} messages",
                log.len(),
                evidence.stream.len()
            ),
        ));
    }
    for ((position, event), message) in log.iter().zip(&evidence.stream) {
        let mut wrong: Vec<String> = differences(*position, event, message);
        wrong.extend(against_schema(&schemas, message));
        findings.extend(
            wrong
                .into_iter()
                .map(|what| Finding::new("I4", format!("position {position}: {what}"))),
        );
    }
    findings
}

fn differences(position: i64, event: &StoredEvent, message: &Message) -> Vec<String> {
    let header = |name: &str| Value::from(message.headers.get(name).map_or("", String::as_str));
    let kind = format!(
        "onboarding.registration.{}.v{}",
        event.event_type, event.event_version
    );
    let subject = format!(
        "onboarding.v1.registration.{}.{}",
        event.aggregate_id, event.event_type
    );
    let told = &message.event;
    let pairs = [
        (
            "the stream's own number",
            Value::from(message.stream_sequence),
            Value::from(position),
        ),
        (
            "the subject",
            Value::from(message.subject.as_str()),
            Value::from(subject),
        ),
        ("position", told["position"].clone(), Value::from(position)),
        ("sequence", told["sequence"].clone(), Value::from(event.sequence)),
        ("id", told["id"].clone(), Value::from(event.event_id.as_str())),
        ("type", told["type"].clone(), Value::from(kind)),
        (
            "subject of the event",
            told["subject"].clone(),
            Value::from(event.aggregate_id.as_str()),
        ),
        ("data", told["data"].clone(), event.parsed()),
        (
            "Nats-Msg-Id",
            header("Nats-Msg-Id"),
            Value::from(event.event_id.as_str()),
        ),
        (
            "Onboarding-Position",
            header("Onboarding-Position"),
            Value::from(position.to_string()),
        ),
        (
            "Onboarding-Sequence",
            header("Onboarding-Sequence"),
            Value::from(event.sequence.to_string()),
        ),
        (
            "Content-Type",
            header("Content-Type"),
            Value::from("application/cloudevents+json"),
        ),
    ];
    let differ = pairs.into_iter().filter(|(_, found, due)| found != due);
    differ
        .map(|(what, found, due)| format!("{what} is {found} where {due} is due"))
        .collect()
}

fn against_schema(schemas: &BTreeMap<String, Validator>, message: &Message) -> Vec<String> {
    let kind = message.event["type"].as_str().unwrap_or_default();
    let name = kind.strip_prefix("onboarding.registration.").unwrap_or(kind);
    match schemas.get(name) {
        None => vec![format!("schemas/events has no {name}.json")],
        Some(schema) => schema
            .iter_errors(&message.event)
            .map(|fault| format!("{name}: {fault}"))
            .collect(),
    }
}

/// The schemas of `schemas/events`, by the names of their files.
fn schemas() -> BTreeMap<String, Validator> {
    let files = fs::read_dir(repository().join("schemas/events")).expect("schemas");
    let read = |path: std::path::PathBuf| {
        let schema = serde_json::from_slice(&fs::read(&path).expect("a schema")).expect("JSON");
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&schema)
            .expect("a schema");
        (
            path.file_stem().expect("a name").to_string_lossy().into_owned(),
            validator,
        )
    };
    files.map(|file| read(file.expect("a file").path())).collect()
}

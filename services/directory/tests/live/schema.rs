//! The schema of an establishment's message and the code that reads one agree.

use directory::live::message::{read, siret_of};
use domain::values::Siret;
use serde_json::{Value, json};

const SCHEMA: &str = include_str!("../../../../schemas/inbound/establishment.v1.json");
const EXAMPLE: &str = include_str!("../../../../schemas/inbound/establishment.v1.example.json");
const SIRET: &str = "00000040600017";

fn is_read(body: &str) -> bool {
    read(&Siret::parse(SIRET).unwrap(), body.as_bytes()).is_ok()
}

/// A message with these members beside the SIRET.
fn with(members: Value) -> Value {
    let mut message = json!({ "siret": SIRET });
    for (name, value) in members.as_object().unwrap() {
        message[name] = value.clone();
    }
    message
}

#[test]
fn what_the_schema_accepts_is_read_and_what_it_refuses_is_not() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    assert!(is_read(EXAMPLE));
    let good = [
        with(json!({"name": "A"})),
        with(json!({"name": "A", "idcc": null, "member_number": null, "state": null, "closed_on": null})),
        with(
            json!({"name": "A", "idcc": "1979", "member_number": "1000a01", "training_declaration_number": "1175P000675"}),
        ),
        with(json!({"name": "A", "state": "closed"})),
        with(json!({"name": "A", "state": "closed", "closed_on": "2026-01-31"})),
        with(json!({"name": "A", "deleted": false})),
        with(json!({"deleted": true})),
        with(json!({"deleted": true, "name": "A", "state": "active"})),
        with(json!({"name": "é".repeat(200)})),
    ];
    for message in good {
        assert!(validator.is_valid(&message), "{message}");
        assert!(is_read(&message.to_string()), "{message}");
    }
    let bad = [
        json!([]),
        json!({"name": "A"}),
        json!({"siret": "00000040600025x", "name": "A"}),
        json!({"siret": 1, "name": "A"}),
        with(json!({})),
        with(json!({"name": ""})),
        with(json!({"name": " "})),
        with(json!({"name": null})),
        with(json!({"name": "é".repeat(201)})),
        with(json!({"name": "A", "idcc": "123456"})),
        with(json!({"name": "A", "idcc": 1979})),
        with(json!({"name": "A", "member_number": "1é"})),
        with(json!({"name": "A", "member_number": "1".repeat(21)})),
        with(json!({"name": "A", "state": "ouvert"})),
        with(json!({"name": "A", "closed_on": "2026-01-31"})),
        with(json!({"name": "A", "state": "closed", "closed_on": "31/01/2026"})),
        with(json!({"name": "A", "state": "closed", "closed_on": "2026-02-30"})),
        with(json!({"name": "A", "colour": 1})),
        with(json!({"deleted": "yes"})),
        with(json!({"deleted": false})),
        with(json!({"deleted": true, "colour": 1})),
    ];
    for message in bad {
        assert!(!validator.is_valid(&message), "{message}");
        assert!(!is_read(&message.to_string()), "{message}");
    }
    for text in ["{", "null", "\u{feff}{}", " "] {
        assert!(!is_read(text), "{text}");
    }
}

#[test]
fn the_subject_and_the_body_must_agree() {
    let other = json!({"siret": "00000040600025", "name": "A"}).to_string();
    let faults = read(&Siret::parse(SIRET).unwrap(), other.as_bytes()).unwrap_err();
    let told: Vec<(&str, &str)> = faults
        .iter()
        .map(|it| (it.field.as_str(), it.reason.as_str()))
        .collect();
    assert_eq!(told, [("siret", "other-than-subject")]);
    assert!(siret_of("crm.v1.establishment.00000040600017").is_some());
    for subject in [
        "crm.v1.establishment.00000040600018",
        "crm.v1.establishment.0000-0040600017",
        "crm.v1.establishment.",
        "crm.v1.establishment",
        "crm.v2.establishment.00000040600017",
    ] {
        assert!(siret_of(subject).is_none(), "{subject}");
    }
}

#[test]
fn a_member_name_that_could_say_something_is_not_told() {
    let body = format!(r#"{{"siret": "{SIRET}", "name": "A", "eve@example.org": 1}}"#);
    let faults = read(&Siret::parse(SIRET).unwrap(), body.as_bytes()).unwrap_err();
    assert_eq!(
        (faults[0].field.as_str(), faults[0].reason.as_str()),
        ("body", "unknown-field")
    );
}

//! What the organisation's own system publishes: the schema of a message about an establishment, and an example.

use domain::inbound::{ESTABLISHMENT_SCHEMA, NAME_LENGTH_MAX, SUBJECT_PREFIX};
use serde_json::{Value, json};

/// The schema (2020-12), as text. What it accepts the service reads, save check digits and the days of months.
pub fn establishment_schema() -> String {
    super::text::of(&json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ESTABLISHMENT_SCHEMA,
        "title": "Establishment",
        "description": format!(
            "The state of one establishment, published to {SUBJECT_PREFIX}.<siret>. The last message of a subject holds. An empty message, or one with deleted = true, says that the establishment is known no longer."
        ),
        "type": "object",
        "required": ["siret"],
        "properties": properties(),
        "additionalProperties": false,
        "anyOf": [
            { "required": ["deleted"], "properties": { "deleted": { "const": true } } },
            { "required": ["name"], "properties": { "name": { "type": "string" }, "deleted": { "enum": [false, null] } } },
        ],
        "if": { "required": ["closed_on"], "properties": { "closed_on": { "type": "string" } } },
        "then": {
            "anyOf": [
                { "required": ["state"], "properties": { "state": { "const": "closed" } } },
                { "required": ["deleted"], "properties": { "deleted": { "const": true } } },
            ],
        },
    }))
}

fn properties() -> Value {
    let optional = ["string", "null"];
    let mut members = json!({
        "siret": { "type": "string", "pattern": "^[0-9]{14}$", "description": "The establishment, as in the subject." },
        "name": {
            "type": optional, "minLength": 1, "maxLength": NAME_LENGTH_MAX, "pattern": "\\S",
            "description": "Its name, as the organisation writes it. Needed unless deleted.",
        },
        "idcc": { "type": optional, "pattern": "^[0-9]{1,4}$", "description": "Its collective agreement, where known." },
        "member_number": {
            "type": optional, "maxLength": 20, "pattern": "^[0-9A-Za-z]+$",
            "description": "The number by which a person proves that they speak for it.",
        },
        "training_declaration_number": {
            "type": optional, "maxLength": 20, "pattern": "^[0-9A-Za-z]+$",
            "description": "Its number as a training organisation, which proves the same.",
        },
        "state": { "enum": ["active", "closed", null], "description": "Whether it is active; active when absent." },
        "closed_on": { "type": optional, "format": "date", "description": "Since when it is closed, where known." },
        "deleted": { "type": ["boolean", "null"], "description": "True: it is known no longer. What else is said is passed over." },
    });
    super::marks::put("Establishment", &mut members);
    members
}

/// A message, written so that people can read it.
pub fn establishment_example() -> String {
    super::text::of(&json!({
        "siret": "00000040600017",
        "name": "HOTEL DE LA DEMONSTRATION",
        "idcc": "1979",
        "member_number": "1000106",
        "training_declaration_number": null,
        "state": "active",
    }))
}

//! The JSON Schema (2020-12) of the message of one event.

use std::collections::BTreeSet;

use domain::Event;
use domain::message::{DATA_CONTENT_TYPE, SOURCE, SPEC_VERSION, schema_of, type_of};
use serde_json::{Map, Value, json};

use super::marks;

/// The schema of the messages that carry such an event, as text.
pub fn of(event: &Event) -> String {
    let (name, version) = (event.name(), event.version().to_string());
    let all = schemars::schema_for!(Event).to_value();
    let definitions = all["$defs"].as_object().expect("definitions");
    let variant = variant(&all, name);
    let payload = payload(name, &definitions[name]);
    let mut properties = envelope(name, &version);
    properties["data"] = payload;
    marks::put("message", &mut properties);
    marks::put(name, &mut properties["data"]["properties"]);
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": schema_of(name, &version),
        "title": name,
        "description": format!(
            "{} A CloudEvent 1.0 in structured JSON. Members that are not described here may be added within this version: ignore them.",
            variant["description"].as_str().expect("a description of the event"),
        ),
        "type": "object",
        "required": ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "sequence", "position", "data"],
        "properties": properties,
    });
    let mut used = definitions_used(&schema, definitions);
    for (name, definition) in &mut used {
        if let Some(members) = definition.get_mut("properties") {
            marks::put(name, members);
        }
    }
    if !used.is_empty() {
        schema["$defs"] = Value::Object(used);
    }
    super::text::of(&schema)
}

/// What `schemars` makes of the variant: its description stands here.
fn variant<'a>(all: &'a Value, name: &str) -> &'a Value {
    let variants = all["oneOf"].as_array().expect("variants");
    variants
        .iter()
        .find(|it| it["properties"]["type"]["const"] == name)
        .expect("a variant of this name")
}

/// The payload: the variant's own members and, in `type`, its name.
fn payload(name: &str, definition: &Value) -> Value {
    let mut payload = definition.clone();
    payload["description"] = "The payload, byte for byte as the log holds it.".into();
    let own = payload["properties"].as_object().cloned().unwrap_or_default();
    let mut properties = Map::new();
    properties.insert(
        "type".to_owned(),
        json!({ "const": name, "description": "The event's name." }),
    );
    properties.extend(own);
    payload["properties"] = Value::Object(properties);
    let mut required = vec![Value::from("type")];
    required.extend(payload["required"].as_array().cloned().unwrap_or_default());
    payload["required"] = Value::Array(required);
    payload
}

fn envelope(name: &str, version: &str) -> Value {
    json!({
        "specversion": { "const": SPEC_VERSION, "description": "Version of the CloudEvents specification." },
        "id": {
            "type": "string", "format": "uuid",
            "description": "Identifies the event; also the header Nats-Msg-Id. A message that comes again carries the same id.",
        },
        "source": { "const": SOURCE, "description": "The service." },
        "type": { "const": type_of(name, version), "description": "The event's name and the version of its payload." },
        "subject": {
            "type": "string", "format": "uuid",
            "description": "The registration; once it is active, the account. Resolves to the person while they are not erased.",
        },
        "time": {
            "type": "string", "format": "date-time",
            "description": "When the event was stored: UTC, microseconds. Order never depends on it; see position.",
        },
        "datacontenttype": { "const": DATA_CONTENT_TYPE, "description": "Content type of data." },
        "dataschema": { "const": schema_of(name, version), "description": "Identifies this schema." },
        "sequence": {
            "type": "integer", "minimum": 1,
            "description": "Place within the registration: 1, 2, 3 without gaps. Also the header Onboarding-Sequence.",
        },
        "position": {
            "type": "integer", "minimum": 1,
            "description": "Place in the whole log: 1, 2, 3 without gaps; the cursor to keep. Equals the stream's own sequence. Also the header Onboarding-Position.",
        },
        "traceparent": {
            "type": "string", "pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}",
            "description": "W3C trace context of the request that caused the event, where one was traced.",
        },
    })
}

/// The definitions that the schema refers to, directly or through others.
fn definitions_used(schema: &Value, definitions: &Map<String, Value>) -> Map<String, Value> {
    let mut names = BTreeSet::new();
    let mut unread = vec![schema.clone()];
    while let Some(next) = unread.pop() {
        for name in references(&next) {
            if names.insert(name.clone()) {
                unread.push(definitions[&name].clone());
            }
        }
    }
    names
        .into_iter()
        .map(|name| (name.clone(), definitions[&name].clone()))
        .collect()
}

fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(key, member)| match (key.as_str(), member) {
                ("$ref", Value::String(path)) => vec![path.trim_start_matches("#/$defs/").to_owned()],
                _ => references(member),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => vec![],
    }
}

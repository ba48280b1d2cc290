//! What was released, pinned: the shape of every event version as subscribers have it, and what may still change in it.
//!
//! A shape is a schema without words: one line a member, by its path, with everything that a subscriber's code may rest
//! on. `schemas/released.json` holds the shapes; lines are added to it and never changed, so that its history is that of
//! the contract. Within a version an optional member may come. Nothing else may happen.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// Members' paths and what each is.
pub type Shape = BTreeMap<String, Value>;

/// What a subscriber's code may rest on; words and marks are not among it.
const BINDING: [&str; 12] = [
    "type",
    "const",
    "enum",
    "format",
    "pattern",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "default",
];

/// What to do instead of an incompatible change.
pub const WAY_OUT: &str = "Released versions stay as they are. Give the event a new version instead: raise \
    `Event::newest_version` for its name, teach the old version to be read as the new one in \
    domain/src/registration/reading.rs, run script/update, keep the old schema and example, and tell subscribers in \
    schemas/CHANGELOG.md at least six months before. What is merely to be added can be an optional member of this version.";

/// The shape of a schema.
pub fn shape_of(schema: &Value) -> Shape {
    let mut shape = Shape::new();
    walk(schema, schema, "", true, &mut shape);
    shape
}

fn walk(root: &Value, schema: &Value, path: &str, is_required: bool, shape: &mut Shape) {
    let mut facts = Map::new();
    facts.insert("required".to_owned(), is_required.into());
    gather(root, schema, &mut facts);
    shape.insert(path.to_owned(), Value::Object(facts));
    descend(root, schema, path, shape);
}

/// Facts of a schema and of what it refers to. Alternatives with nothing but words become one list of those words.
fn gather(root: &Value, schema: &Value, facts: &mut Map<String, Value>) {
    for name in BINDING {
        if let Some(fact) = schema.get(name) {
            facts.insert(name.to_owned(), fact.clone());
        }
    }
    if let Some(target) = referred(root, schema) {
        gather(root, target, facts);
    }
    for alternatives in ["oneOf", "anyOf"] {
        let Some(list) = schema[alternatives].as_array() else {
            continue;
        };
        let words: Vec<&Value> = list.iter().filter_map(|it| it.get("const")).collect();
        if words.len() == list.len() {
            facts.insert("words".to_owned(), json!(words));
        } else {
            let each = list.iter().map(|it| {
                let mut facts = Map::new();
                gather(root, it, &mut facts);
                Value::Object(facts)
            });
            facts.insert("any_of".to_owned(), each.collect());
        }
    }
}

fn descend(root: &Value, schema: &Value, path: &str, shape: &mut Shape) {
    let required = |name: &str| {
        let list = schema["required"].as_array();
        list.is_some_and(|list| list.iter().any(|it| it == name))
    };
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        walk(root, member, &format!("{path}/{name}"), required(name), shape);
    }
    if let Some(items) = schema.get("items") {
        walk(root, items, &format!("{path}/*"), true, shape);
    }
    if let Some(target) = referred(root, schema) {
        descend(root, target, path, shape);
    }
    for alternative in ["oneOf", "anyOf"]
        .iter()
        .filter_map(|it| schema[*it].as_array())
        .flatten()
    {
        descend(root, alternative, path, shape);
    }
}

fn referred<'a>(root: &'a Value, schema: &Value) -> Option<&'a Value> {
    let name = schema["$ref"].as_str()?.strip_prefix("#/$defs/")?;
    root["$defs"].get(name)
}

/// Every incompatible difference between a released shape and today's, each with its path.
pub fn incompatible(released: &Shape, today: &Shape) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, facts) in released {
        match today.get(path) {
            None => faults.push(format!("{path} is gone")),
            Some(now) if now != facts => faults.push(format!("{path} was {facts} and is {now}")),
            Some(_) => {}
        }
    }
    let added = today.iter().filter(|(path, _)| !released.contains_key(*path));
    // What stands below something optional and new may be required there: only its topmost member counts.
    let topmost = added.filter(|(path, _)| {
        path.rsplit_once('/')
            .is_some_and(|(above, _)| released.contains_key(above))
    });
    faults.extend(
        topmost
            .filter(|(_, facts)| facts["required"] == true)
            .map(|(path, _)| format!("{path} is new and required: messages already published lack it")),
    );
    faults
}

/// The pinned shapes with what may be added to them: new versions, and new optional members. What stands is kept.
pub fn with_additions(pinned: &Value, schemas: &BTreeMap<String, Value>) -> Value {
    let mut all: BTreeMap<String, Shape> = serde_json::from_value(pinned.clone()).unwrap_or_default();
    for (name, schema) in schemas {
        let today = shape_of(schema);
        let shape = all.entry(name.clone()).or_default();
        for (path, facts) in today {
            shape.entry(path).or_insert(facts);
        }
    }
    json!(all)
}

//! Every file of the contract that is made from the types: schemas, golden messages, and the AsyncAPI document.
//!
//! Shared by the program that writes them and the test that compares them with what lies on disk.

use std::collections::BTreeMap;

use domain::Event;

mod asyncapi;
mod golden;
mod inbound;
pub mod marks;
pub mod released;
mod schema;
mod text;

/// Where the released shapes are pinned, below `schemas/`.
pub const RELEASED: &str = "released.json";

/// The schema of each event version that is written today, by the name of its file without ending.
pub fn event_schemas() -> BTreeMap<String, serde_json::Value> {
    let of = |event: &Event| {
        let text = schema::of(event);
        let schema = serde_json::from_str(&text).expect("JSON");
        (format!("{}.v{}", event.name(), event.version()), schema)
    };
    golden::events().iter().map(of).collect()
}

/// Every incompatible difference between the pinned shapes and the schemas of today, with its event and path.
pub fn breaking(pinned: &serde_json::Value) -> Vec<String> {
    let pinned: BTreeMap<String, released::Shape> = serde_json::from_value(pinned.clone()).expect("shapes");
    let mut faults = Vec::new();
    for (name, schema) in event_schemas() {
        let found = pinned
            .get(&name)
            .map(|shape| released::incompatible(shape, &released::shape_of(&schema)));
        faults.extend(
            found
                .into_iter()
                .flatten()
                .map(|fault| format!("{name}: {fault}")),
        );
    }
    faults
}

/// The pinned shapes as text, one member a line.
pub fn released_text(pinned: &serde_json::Value) -> String {
    let mut text = String::from("{\n");
    let versions: Vec<String> = pinned
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, shape)| {
            let members = shape.as_object().into_iter().flatten();
            let lines: Vec<String> = members
                .map(|(path, facts)| format!("    {}: {facts}", serde_json::Value::from(path.as_str())))
                .collect();
            format!("  \"{name}\": {{\n{}\n  }}", lines.join(",\n"))
        })
        .collect();
    text.push_str(&versions.join(",\n"));
    text + "\n}\n"
}

/// Path below `schemas/`, and content.
pub fn files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::from([
        ("asyncapi.yaml".to_owned(), asyncapi::document()),
        (
            "inbound/establishment.v1.json".to_owned(),
            inbound::establishment_schema(),
        ),
        (
            "inbound/establishment.v1.example.json".to_owned(),
            inbound::establishment_example(),
        ),
    ]);
    for event in golden::events() {
        let file = format!("{}.v{}.json", event.name(), event.version());
        files.insert(format!("events/{file}"), schema::of(&event));
    }
    for (place, event) in golden::events().iter().enumerate() {
        let file = format!("{}.v{}.json", event.name(), event.version());
        files.insert(format!("examples/{file}"), golden::message(place, event));
    }
    assert_eq!(
        golden::events().len(),
        Event::NAMES.len(),
        "each event has one golden message"
    );
    files
}

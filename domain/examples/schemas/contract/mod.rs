//! Every file of the contract that is made from the types: schemas, golden messages, and the AsyncAPI document.
//!
//! Shared by the program that writes them and the test that compares them with what lies on disk.

use std::collections::BTreeMap;

use domain::Event;

mod asyncapi;
mod golden;
mod inbound;
mod schema;
mod text;

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

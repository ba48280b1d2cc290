//! Contracts: what lies in `schemas/` is what the types say, and whatever was released can still be read.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says what is wrong by failing"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use domain::{Event, EventMessage};
use serde_json::{Value, json};

#[path = "../examples/schemas/contract/mod.rs"]
mod contract;

use contract::released::{Shape, WAY_OUT, incompatible, shape_of};

const REMEDY: &str = "run script/update and read the diff as a subscriber would";

fn schemas() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas")
}

fn on_disk(path: &str) -> String {
    fs::read_to_string(schemas().join(path)).unwrap_or_else(|_| panic!("schemas/{path} is missing: {REMEDY}"))
}

/// Names of the files in a folder of the contract.
fn listed(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(schemas().join(folder)).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn the_contract_on_disk_is_what_the_types_say() {
    for (path, text) in contract::files() {
        let same = match path.strip_suffix(".json") {
            // Compared as values: how members are ordered depends on features that other crates switch on.
            Some(_) => {
                serde_json::from_str::<Value>(&on_disk(&path)).unwrap()
                    == serde_json::from_str::<Value>(&text).unwrap()
            }
            None => on_disk(&path) == text,
        };
        assert!(same, "schemas/{path} is not what the types say: {REMEDY}");
    }
}

#[test]
fn every_golden_message_satisfies_the_schema_of_its_version() {
    for file in listed("examples") {
        let schema = serde_json::from_str(&on_disk(&format!("events/{file}"))).unwrap();
        let message = serde_json::from_str(&on_disk(&format!("examples/{file}"))).unwrap();
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&schema)
            .unwrap();
        let faults: Vec<_> = validator
            .iter_errors(&message)
            .map(|fault| fault.to_string())
            .collect();
        assert!(faults.is_empty(), "{file}: {faults:?}");
    }
}

#[test]
fn every_golden_message_ever_released_still_reads() {
    for file in listed("examples") {
        let message = EventMessage::from_bytes(on_disk(&format!("examples/{file}")).as_bytes()).unwrap();
        let event = message
            .event()
            .unwrap_or_else(|fault| panic!("{file} no longer reads: {fault}"));
        assert!(file.starts_with(&format!("{}.v", event.name())), "{file}");
        if message.version() == event.version() {
            let stored: Value = serde_json::from_str(message.data.get()).unwrap();
            assert_eq!(
                serde_json::to_value(&event).unwrap(),
                stored,
                "{file} does not come back as it was"
            );
        }
    }
}

#[test]
fn every_schema_has_a_golden_message_and_every_event_a_schema() {
    assert_eq!(listed("events"), listed("examples"));
    for name in Event::NAMES {
        assert!(
            listed("events").contains(&format!("{name}.v1.json")),
            "{name}: {REMEDY}"
        );
    }
}

#[test]
fn a_member_that_a_later_release_adds_satisfies_the_schema_of_today() {
    for file in listed("examples") {
        let schema = serde_json::from_str(&on_disk(&format!("events/{file}"))).unwrap();
        let mut message: Value = serde_json::from_str(&on_disk(&format!("examples/{file}"))).unwrap();
        message["added"] = 1.into();
        message["data"]["added"] = 1.into();
        assert!(jsonschema::is_valid(&schema, &message), "{file}");
        assert!(
            EventMessage::from_bytes(message.to_string().as_bytes())
                .unwrap()
                .event()
                .is_ok(),
            "{file}"
        );
    }
}

#[test]
fn a_message_that_is_not_what_it_says_satisfies_no_schema() {
    for file in listed("examples") {
        let schema = serde_json::from_str(&on_disk(&format!("events/{file}"))).unwrap();
        let message: Value = serde_json::from_str(&on_disk(&format!("examples/{file}"))).unwrap();
        for member in ["id", "subject", "sequence", "position", "data", "time"] {
            let mut lacking = message.clone();
            lacking.as_object_mut().unwrap().remove(member);
            assert!(
                !jsonschema::is_valid(&schema, &lacking),
                "{file} without {member}"
            );
        }
        let mut other = message.clone();
        other["data"]["type"] = "SomethingElse".into();
        assert!(
            !jsonschema::is_valid(&schema, &other),
            "{file} with another payload"
        );
    }
}

#[test]
fn every_member_of_the_contract_is_described() {
    for file in listed("events") {
        let schema: Value = serde_json::from_str(&on_disk(&format!("events/{file}"))).unwrap();
        assert_described(&file, &schema);
    }
}

#[test]
fn the_inbound_example_satisfies_its_schema_and_every_member_is_described() {
    let schema: Value = serde_json::from_str(&on_disk("inbound/establishment.v1.json")).unwrap();
    let example = serde_json::from_str(&on_disk("inbound/establishment.v1.example.json")).unwrap();
    assert!(jsonschema::is_valid(&schema, &example));
    assert_described("establishment", &schema);
}

fn assert_described(place: &str, schema: &Value) {
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let described = member["description"].is_string();
        assert!(
            described,
            "{place}: {name} has no description: give its field a doc comment"
        );
        for mark in ["x-personal-data", "x-unit", "x-source"] {
            assert!(
                member[mark].is_string(),
                "{place}: {name} has no {mark}: give it a line in domain/examples/schemas/contract/marks.rs"
            );
        }
        assert_described(&format!("{place}/{name}"), member);
    }
    for (name, definition) in schema["$defs"].as_object().into_iter().flatten() {
        assert!(
            definition["description"].is_string(),
            "{place}: {name} has no description"
        );
        assert_described(&format!("{place}#{name}"), definition);
    }
}

#[test]
fn personal_data_stands_in_marked_members_only() {
    for file in listed("events") {
        let schema: Value = serde_json::from_str(&on_disk(&format!("events/{file}"))).unwrap();
        let refers_to_sealed = |member: &Value| member["$ref"] == "#/$defs/SealedPersonalData";
        for (name, member) in schema["properties"]["data"]["properties"].as_object().unwrap() {
            let marked = member["x-personal-data"] == "sealed";
            assert_eq!(marked, refers_to_sealed(member), "{file}: {name}");
        }
    }
}

/// The shapes that were released, by event and version.
fn released() -> BTreeMap<String, Shape> {
    serde_json::from_str(&on_disk(contract::RELEASED)).unwrap()
}

#[test]
fn no_released_version_has_changed_in_a_way_that_breaks_subscribers() {
    let mut faults = contract::breaking(&serde_json::from_str(&on_disk(contract::RELEASED)).unwrap());
    // Versions that are no longer written are only on disk.
    for (name, pinned) in released() {
        let schema = serde_json::from_str(&on_disk(&format!("events/{name}.json"))).unwrap();
        let found = incompatible(&pinned, &shape_of(&schema));
        faults.extend(found.into_iter().map(|fault| format!("{name}: {fault}")));
    }
    assert!(faults.is_empty(), "{}\n{WAY_OUT}", faults.join("\n"));
}

#[test]
fn every_version_on_disk_is_pinned_with_all_its_members() {
    let pinned: Value = serde_json::from_str(&on_disk(contract::RELEASED)).unwrap();
    let with_additions = contract::released::with_additions(&pinned, &contract::event_schemas());
    assert_eq!(
        pinned, with_additions,
        "schemas/released.json lacks members: {REMEDY}"
    );
    assert_eq!(
        on_disk(contract::RELEASED),
        contract::released_text(&pinned),
        "{REMEDY}"
    );
    let pinned: BTreeSet<String> = released()
        .into_keys()
        .map(|name| format!("{name}.json"))
        .collect();
    assert_eq!(
        pinned,
        listed("events"),
        "a version is gone, or was never pinned: {REMEDY}"
    );
}

/// A schema with one member to change.
fn changed(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let schema: Value = serde_json::from_str(&on_disk("events/EstablishmentLinked.v1.json")).unwrap();
    let mut other = schema.clone();
    change(&mut other);
    assert_ne!(schema, other, "nothing was changed");
    incompatible(&shape_of(&schema), &shape_of(&other))
}

#[test]
fn incompatible_changes_are_found_and_named() {
    type Change = Box<dyn FnOnce(&mut Value)>;
    let drop_member = |pointer: &'static str, name: &'static str| -> Change {
        Box::new(move |schema| {
            schema
                .pointer_mut(pointer)
                .unwrap()
                .as_object_mut()
                .unwrap()
                .remove(name);
        })
    };
    let set = |pointer: &'static str, name: &'static str, value: Value| -> Change {
        Box::new(move |schema| schema.pointer_mut(pointer).unwrap()[name] = value)
    };
    let data = "/properties/data/properties";
    let cases: Vec<(&str, Change)> = vec![
        ("/data/siret is gone", drop_member(data, "siret")),
        (
            "/data/register_check/status",
            set(
                "/$defs/RegisterCheck/properties/status",
                "$ref",
                json!("#/$defs/Siret"),
            ),
        ),
        (
            "/data/register_check/age_seconds",
            set(
                "/$defs/RegisterCheck/properties/age_seconds",
                "type",
                json!("string"),
            ),
        ),
        (
            "/data/register_check/age_seconds",
            set("/$defs/RegisterCheck/properties/age_seconds", "minimum", json!(1)),
        ),
        ("/data/siret", set("/$defs/Siret", "pattern", json!("^[0-9]{9}$"))),
        (
            "/data/idcc was",
            set(
                "/properties/data",
                "required",
                json!(["type", "siret", "by", "idcc"]),
            ),
        ),
        (
            "/data/by was",
            set("/properties/data", "required", json!(["type", "siret"])),
        ),
        (
            "/data/by",
            Box::new(|schema: &mut Value| {
                schema["$defs"]["LinkedBy"]["oneOf"].as_array_mut().unwrap().pop();
            }),
        ),
        (
            "/data/by",
            Box::new(|schema: &mut Value| {
                schema["$defs"]["LinkedBy"]["oneOf"]
                    .as_array_mut()
                    .unwrap()
                    .push(json!({"const": "guess"}));
            }),
        ),
        (
            "/type was",
            set(
                "/properties/type",
                "const",
                json!("onboarding.registration.Linked.v1"),
            ),
        ),
        (
            "/data/added is new and required",
            Box::new(|schema: &mut Value| {
                schema["properties"]["data"]["properties"]["added"] = json!({"type": "string"});
                schema["properties"]["data"]["required"]
                    .as_array_mut()
                    .unwrap()
                    .push("added".into());
            }),
        ),
        (
            "/data/name is new and required",
            Box::new(|schema: &mut Value| {
                let data = &mut schema["properties"]["data"];
                let siret = data["properties"]
                    .as_object_mut()
                    .unwrap()
                    .remove("siret")
                    .unwrap();
                data["properties"]["name"] = siret;
                data["required"] = json!(["type", "name", "by"]);
            }),
        ),
    ];
    for (told, change) in cases {
        let faults = changed(change);
        assert!(
            faults.iter().any(|fault| fault.starts_with(told)),
            "{told}: {faults:?}"
        );
    }
}

#[test]
fn words_marks_and_optional_members_may_change() {
    let none: Vec<String> = Vec::new();
    assert_eq!(
        changed(|schema| schema["description"] = "In other words.".into()),
        none
    );
    assert_eq!(
        changed(|schema| schema["properties"]["id"]["x-unit"] = "number".into()),
        none
    );
    let optional = |schema: &mut Value| {
        schema["properties"]["data"]["properties"]["added"] =
            json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}});
    };
    assert_eq!(changed(optional), none);
}

#[test]
fn a_change_is_refused_with_the_way_out() {
    for word in [
        "newest_version",
        "reading.rs",
        "script/update",
        "CHANGELOG.md",
        "six months",
    ] {
        assert!(WAY_OUT.contains(word), "{word}");
    }
}

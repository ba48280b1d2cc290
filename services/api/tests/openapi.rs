//! The description in `schemas/` is the one that the code gives, and its examples are what the routes accept.

use std::path::Path;

#[test]
fn the_description_in_the_tree_is_the_codes() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/openapi.json");
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    let made = api::openapi().to_pretty_json().unwrap() + "\n";
    assert!(
        kept == made,
        "schemas/openapi.json is not what the code gives: run script/update and read the difference"
    );
}

#[test]
fn every_operation_has_a_name_an_answer_and_problems() {
    let description = serde_json::to_value(api::openapi()).unwrap();
    let mut names = std::collections::BTreeSet::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"]
                .as_str()
                .unwrap_or_else(|| panic!("{method} {path} has no name"));
            assert!(names.insert(name.to_owned()), "{name} is there twice");
            let statuses: Vec<&String> = operation["responses"].as_object().unwrap().keys().collect();
            assert!(
                statuses.iter().any(|it| it.starts_with('2')),
                "{name} has no good answer"
            );
            for status in ["429", "500", "503"] {
                assert!(
                    statuses.iter().any(|it| *it == status),
                    "{name} cannot say {status}"
                );
            }
        }
    }
    assert_eq!(names.len(), 30);
}

#[test]
fn every_reference_leads_somewhere() {
    let description = serde_json::to_value(api::openapi()).unwrap();
    let text = description.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap_or_default();
        assert!(description.pointer(pointer).is_some(), "{pointer} leads nowhere");
    }
}

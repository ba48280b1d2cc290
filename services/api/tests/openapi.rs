//! The description in `schemas/` is the one that the code gives, and its examples are what the routes accept.

use std::path::Path;

#[test]
fn the_description_in_the_tree_is_the_codes() {
    let made = [
        ("openapi.json", api::openapi().to_pretty_json()),
        (
            "openapi-3.0.json",
            serde_json::to_string_pretty(&api::openapi_3_0().unwrap()),
        ),
    ];
    for (name, made) in made {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../schemas")
            .join(name);
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            kept == made.unwrap() + "\n",
            "schemas/{name} is not what the code gives: run script/update and read the difference"
        );
    }
}

#[test]
fn a_member_may_be_absent_or_null_and_not_both() {
    let description = serde_json::to_value(api::openapi()).unwrap();
    for (name, schema) in description["components"]["schemas"].as_object().unwrap() {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (member, described) in schema["properties"].as_object().into_iter().flatten() {
            let may_be_absent = !required.iter().any(|it| it == member);
            let may_be_null = described.to_string().contains("\"null\"");
            assert!(!(may_be_absent && may_be_null), "{name}.{member}");
        }
    }
}

#[test]
fn every_operation_says_who_may_ask() {
    let description = serde_json::to_value(api::openapi()).unwrap();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(operation["security"].is_array(), "{method} {path}");
        }
    }
    let public = &description["paths"]["/v1/catalogue"]["get"]["security"];
    assert_eq!(public, &serde_json::json!([]));
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
fn every_post_and_put_takes_a_key_or_says_why_not() {
    let description = serde_json::to_value(api::openapi()).unwrap();
    let mut keyless = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let takes_a_key = operation["parameters"]
                .as_array()
                .is_some_and(|all| all.iter().any(|it| it["name"] == "Idempotency-Key"));
            if !takes_a_key && ["post", "put"].contains(&method.as_str()) {
                let told = operation["description"].as_str().unwrap_or_default();
                assert!(
                    told.replace('\n', " ")
                        .contains("`Idempotency-Key` has nothing to do here"),
                    "{method} {path}"
                );
                keyless.push(path.as_str());
            }
        }
    }
    assert_eq!(keyless, ["/v1/directory/contacts", "/v1/sessions"]);
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

//! The same description in OpenAPI 3.0, for generators that do not read 3.1. Derived from the one above, by rule.

use serde_json::{Map, Value, json};

/// Members that hold values and no schemas.
const VALUES: [&str; 4] = ["default", "enum", "example", "examples"];

/// The whole description in OpenAPI 3.0.
///
/// # Errors
/// Those of writing the description.
pub fn openapi_3_0() -> serde_json::Result<Value> {
    let mut description = serde_json::to_value(super::openapi())?;
    description["openapi"] = json!("3.0.3");
    if let Some(license) = description["info"]["license"].as_object_mut()
        && let Some(Value::String(identifier)) = license.remove("identifier")
    {
        let url = format!("https://spdx.org/licenses/{identifier}.html");
        license.insert("url".to_owned(), json!(url));
    }
    one_success(&mut description);
    let components = description["components"]["schemas"].clone();
    rewrite(&mut description, &components);
    Ok(description)
}

/// Some of these generators take one shape of success alone: nobody is told there that a version can be asked for anew.
fn one_success(description: &mut Value) {
    let items = description["paths"]
        .as_object_mut()
        .into_iter()
        .flat_map(Map::values_mut);
    for operation in items.filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        let is_conditional = operation["responses"]
            .as_object_mut()
            .is_some_and(|responses| responses.remove("304").is_some());
        if let (true, Some(parameters)) = (is_conditional, operation["parameters"].as_array_mut()) {
            parameters.retain(|it| it["name"] != "If-None-Match");
        }
    }
}

fn rewrite(value: &mut Value, components: &Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|it| rewrite(it, components)),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if !VALUES.contains(&name.as_str()) {
                    rewrite(member, components);
                }
            }
            null_by_type(members);
            null_by_choice(members, components);
            reference_alone(members);
        }
        _ => {}
    }
}

/// `type: [string, null]` is `type: string, nullable: true`.
fn null_by_type(schema: &mut Map<String, Value>) {
    let Some(Value::Array(types)) = schema.get_mut("type") else {
        return;
    };
    let all = types.len();
    types.retain(|it| it != "null");
    let is_nullable = types.len() < all;
    if let [only] = types.as_slice() {
        let only = only.clone();
        schema.insert("type".to_owned(), only);
    }
    if is_nullable {
        schema.insert("nullable".to_owned(), json!(true));
    }
}

/// A choice between one component and null is that component, `nullable: true`, which asks for the type beside it.
fn null_by_choice(schema: &mut Map<String, Value>, components: &Value) {
    let Some(Value::Array(choices)) = schema.get_mut("oneOf") else {
        return;
    };
    let all = choices.len();
    choices.retain(|it| it["type"] != "null");
    if choices.len() == all {
        return;
    }
    if let [Value::Object(only)] = choices.as_mut_slice() {
        let mut only = std::mem::take(only);
        schema.remove("oneOf");
        if let Some(reference) = only.remove("$ref") {
            only.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
        }
        let reference = only
            .get("allOf")
            .and_then(|it| it[0]["$ref"].as_str())
            .unwrap_or_default();
        let name = reference.trim_start_matches("#/components/schemas/");
        only.insert("type".to_owned(), components[name]["type"].clone());
        schema.append(&mut only);
    }
    schema.insert("nullable".to_owned(), json!(true));
}

/// Nothing may stand beside a reference.
fn reference_alone(schema: &mut Map<String, Value>) {
    if schema.len() > 1
        && let Some(reference) = schema.remove("$ref")
    {
        schema.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(mut schema: Value) -> Value {
        rewrite(&mut schema, &json!({"X": {"type": "object"}}));
        schema
    }

    #[test]
    fn what_may_be_null_is_nullable() {
        let text = json!({"type": ["string", "null"], "example": {"type": ["kept"]}});
        assert_eq!(
            rewritten(text),
            json!({"type": "string", "nullable": true, "example": {"type": ["kept"]}})
        );
        let x = "#/components/schemas/X";
        let choice = json!({"oneOf": [{"$ref": x, "description": "d"}, {"type": "null"}]});
        assert_eq!(
            rewritten(choice),
            json!({"allOf": [{"$ref": x}], "description": "d", "nullable": true, "type": "object"})
        );
    }

    #[test]
    fn a_reference_stands_alone() {
        let described = json!({"$ref": "#/x", "description": "d"});
        assert_eq!(
            rewritten(described),
            json!({"allOf": [{"$ref": "#/x"}], "description": "d"})
        );
        assert_eq!(rewritten(json!({"$ref": "#/x"})), json!({"$ref": "#/x"}));
    }

    #[test]
    fn nothing_of_3_1_is_left() {
        let text = openapi_3_0().unwrap().to_string();
        for newer in [
            "\"null\"",
            "\"type\":[",
            "\"identifier\"",
            "\"const\"",
            "\"304\"",
            "If-None-Match",
        ] {
            assert!(!text.contains(newer), "{newer}");
        }
    }
}

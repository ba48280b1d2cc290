//! Schemas as people read them: what it is, then what it holds, then the definitions.

use serde_json::Value;

/// Keywords and members that come first, in this order; then the others by name, and [`LAST`] at the end.
const FIRST: [&str; 20] = [
    "$schema",
    "$id",
    "title",
    "$ref",
    "const",
    "specversion",
    "id",
    "source",
    "type",
    "format",
    "description",
    "subject",
    "time",
    "datacontenttype",
    "dataschema",
    "sequence",
    "position",
    "traceparent",
    "required",
    "properties",
];
const LAST: [&str; 2] = ["data", "$defs"];

/// The schema as indented text. The order does not depend on how `serde_json` was built.
pub fn of(schema: &Value) -> String {
    let mut text = String::new();
    write(&mut text, schema, 0);
    text + "\n"
}

fn write(text: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort_by_key(|name| (rank(name), *name));
            let lines = names.iter().map(|name| {
                let mut line = Value::from(name.as_str()).to_string() + ": ";
                write(&mut line, &members[*name], depth + 1);
                line
            });
            enclose(text, '{', lines.collect(), '}', depth);
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let lines = items.iter().map(|item| {
                let mut line = String::new();
                write(&mut line, item, depth + 1);
                line
            });
            enclose(text, '[', lines.collect(), ']', depth);
        }
        other => text.push_str(&other.to_string()),
    }
}

fn enclose(text: &mut String, open: char, lines: Vec<String>, close: char, depth: usize) {
    let indent = "  ".repeat(depth + 1);
    text.push(open);
    text.push('\n');
    text.push_str(
        &lines
            .iter()
            .map(|line| format!("{indent}{line}"))
            .collect::<Vec<_>>()
            .join(",\n"),
    );
    text.push('\n');
    text.push_str(&"  ".repeat(depth));
    text.push(close);
}

fn rank(name: &str) -> usize {
    let last = LAST
        .iter()
        .position(|it| *it == name)
        .map(|place| FIRST.len() + 1 + place);
    last.or_else(|| FIRST.iter().position(|it| *it == name))
        .unwrap_or(FIRST.len())
}

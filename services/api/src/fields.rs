//! Fields of a body, taken one by one, with every fault found and none hidden by another.

use domain::values::Fault;
use serde_json::Value;
use usecases::{FieldFault, Form};

/// How much of a field name that we do not know is told back, in characters.
const NAME_LENGTH_MAX: usize = 64;

/// The fields not yet taken, and the faults found so far.
pub struct Fields {
    entries: Vec<(String, Value)>,
    faults: Vec<FieldFault>,
}

/// What a body holds under a name.
enum Given {
    Nothing,
    Value(Value),
    /// More than one value; the fault is already noted.
    TooMuch,
}

impl Fields {
    /// Fields in the order of the body, doubled ones included.
    pub fn new(entries: Vec<(String, Value)>) -> Self {
        Self {
            entries,
            faults: Vec::new(),
        }
    }

    /// Whether a field of this name was sent.
    pub fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|(given, _)| given == name)
    }

    /// A text that must be there, parsed.
    pub fn text<T>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, Fault>) -> Option<T> {
        match self.given(name) {
            Given::Value(Value::String(text)) => self.parsed_text(name, &text, parse(&text)),
            Given::Value(_) => self.fault(name, "wrong-type"),
            Given::Nothing => self.fault(name, "required"),
            Given::TooMuch => None,
        }
    }

    /// A text that may be absent or null, parsed.
    pub fn optional_text<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Option<T> {
        match self.given(name) {
            Given::Value(Value::String(text)) => self.parsed_text(name, &text, parse(&text)),
            Given::Value(_) => self.fault(name, "wrong-type"),
            Given::Nothing | Given::TooMuch => None,
        }
    }

    /// A list of texts that must be there and may be empty, each parsed. Faults name the place: `topics[2]`.
    pub fn list<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, Fault>) -> Option<Vec<T>> {
        let items = match self.given(name) {
            Given::Value(Value::Array(items)) => items,
            Given::Value(_) => return self.fault(name, "wrong-type"),
            Given::Nothing => return self.fault(name, "required"),
            Given::TooMuch => return None,
        };
        let parsed: Vec<Option<T>> = items
            .iter()
            .enumerate()
            .map(|(place, item)| {
                let name = format!("{name}[{place}]");
                match item {
                    Value::String(text) => self.parsed(&name, parse(text)),
                    _ => self.fault(&name, "wrong-type"),
                }
            })
            .collect();
        parsed.into_iter().collect()
    }

    /// A value of any type that must be there, parsed.
    pub fn value<T>(&mut self, name: &str, parse: impl FnOnce(&Value) -> Result<T, Fault>) -> Option<T> {
        match self.given(name) {
            Given::Value(value) => self.parsed(name, parse(&value)),
            Given::Nothing => self.fault(name, "required"),
            Given::TooMuch => None,
        }
    }

    /// A list of texts that may be absent or null, each parsed; else as [`list`](Self::list).
    pub fn optional_list<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, Fault>,
    ) -> Option<Vec<T>> {
        let is_given = self
            .entries
            .iter()
            .any(|(given, value)| given == name && !value.is_null());
        if is_given {
            return self.list(name, parse);
        }
        // Taken, so that it is not told as unknown.
        self.optional_value(name, |_| Ok(()));
        None
    }

    /// A value of any type that may be absent or null, parsed.
    pub fn optional_value<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&Value) -> Result<T, Fault>,
    ) -> Option<T> {
        match self.given(name) {
            Given::Value(value) => self.parsed(name, parse(&value)),
            Given::Nothing | Given::TooMuch => None,
        }
    }

    /// A truth value that may be absent or null.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        match self.given(name) {
            Given::Value(Value::Bool(flag)) => Some(flag),
            Given::Value(_) => self.fault(name, "wrong-type"),
            Given::Nothing | Given::TooMuch => None,
        }
    }

    /// The content, if nothing is wrong; fields that nobody took are faults too.
    pub fn finish<T>(self, content: Option<T>) -> Form<T> {
        let unknown = |(name, _): (String, Value)| {
            FieldFault::new(
                name.chars().take(NAME_LENGTH_MAX).collect::<String>(),
                "unknown-field",
            )
        };
        let mut faults = self.faults;
        faults.extend(self.entries.into_iter().map(unknown));
        match content {
            Some(content) if faults.is_empty() => Ok(content),
            _ => Err(faults),
        }
    }

    /// Null counts as nothing, as in most clients' languages.
    fn given(&mut self, name: &str) -> Given {
        let (mut found, others): (Vec<_>, Vec<_>) = std::mem::take(&mut self.entries)
            .into_iter()
            .partition(|(given, _)| given == name);
        self.entries = others;
        match (found.pop(), found.is_empty()) {
            (None | Some((_, Value::Null)), true) => Given::Nothing,
            (Some((_, value)), true) => Given::Value(value),
            (_, false) => {
                self.faults.push(FieldFault::new(name, "duplicate-field"));
                Given::TooMuch
            }
        }
    }

    fn parsed<T>(&mut self, name: &str, result: Result<T, Fault>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(fault) => self.fault(name, fault.code()),
        }
    }

    fn parsed_text<T>(&mut self, name: &str, text: &str, result: Result<T, Fault>) -> Option<T> {
        result
            .map_err(|fault| self.faults.push(FieldFault::of_text(name, fault.code(), text)))
            .ok()
    }

    /// Notes a fault that the field's own parser cannot see.
    pub fn fault<T>(&mut self, name: &str, code: &'static str) -> Option<T> {
        self.faults.push(FieldFault::new(name, code));
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(json: &str) -> Fields {
        Fields::new(crate::body::read_object(json.as_bytes()).unwrap())
    }

    fn any(text: &str) -> Result<String, Fault> {
        if text.is_empty() {
            Err(Fault("required"))
        } else {
            Ok(text.to_owned())
        }
    }

    fn faults<T>(form: Form<T>) -> Vec<(String, &'static str)> {
        form.err()
            .unwrap_or_default()
            .into_iter()
            .map(|it| (it.field, it.code))
            .collect()
    }

    #[test]
    fn every_fault_of_every_field_is_found_at_once() {
        let mut fields =
            fields(r#"{"a": 1, "b": "x", "b": "y", "c": null, "d": "", "e": ["x", 2, ""], "z": 1, "z": 2}"#);
        let a = fields.text("a", any);
        let b = fields.text("b", any);
        let c = fields.text("c", any);
        let d = fields.text("d", any);
        let e = fields.list("e", any);
        let missing = fields.text("f", any);
        assert!(a.is_none() && b.is_none() && c.is_none() && d.is_none() && e.is_none() && missing.is_none());
        let expected = [
            ("a", "wrong-type"),
            ("b", "duplicate-field"),
            ("c", "required"),
            ("d", "required"),
            ("e[1]", "wrong-type"),
            ("e[2]", "required"),
            ("f", "required"),
            ("z", "unknown-field"),
            ("z", "unknown-field"),
        ];
        assert_eq!(
            faults(fields.finish(None::<()>)),
            expected.map(|(field, code)| (field.to_owned(), code))
        );
    }

    #[test]
    fn an_optional_field_may_be_absent_or_null_and_not_wrong() {
        for (json, expected) in [
            ("{}", 0),
            (r#"{"a": null}"#, 0),
            (r#"{"a": 1}"#, 1),
            (r#"{"a": ""}"#, 1),
        ] {
            let mut fields = fields(json);
            assert!(fields.optional_text("a", any).is_none());
            assert_eq!(faults(fields.finish(Some(()))).len(), expected, "{json}");
        }
    }

    #[test]
    fn a_list_may_be_empty() {
        let mut fields = fields(r#"{"a": []}"#);
        let list = fields.list("a", any);
        assert_eq!(fields.finish(list), Ok(vec![]));
    }

    #[test]
    fn a_long_unknown_name_is_not_told_back_whole() {
        let form = fields(&format!(r#"{{"{}": 1}}"#, "é".repeat(1000))).finish(Some(()));
        assert_eq!(faults(form)[0].0.chars().count(), NAME_LENGTH_MAX);
    }
}

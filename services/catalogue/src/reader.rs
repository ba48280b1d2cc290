//! Reads tables of the catalogue and writes down every fault on the way, so that one look at the errors mends all.

use std::cell::RefCell;

use figment::value::{Dict, Value};

/// The longest text of a catalogue, in characters. It bounds mails and pages.
const TEXT_LENGTH_MAX: usize = 200;

/// One fault of a catalogue: where, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueFault {
    /// The key, such as `topics[2].label.en`, counted from 0.
    pub place: String,
    /// What is wrong with it.
    pub fault: String,
}

impl std::fmt::Display for CatalogueFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.place, self.fault)
    }
}

/// The faults found so far.
#[derive(Default)]
pub(crate) struct Faults(RefCell<Vec<CatalogueFault>>);

impl Faults {
    /// Writes a fault down.
    pub(crate) fn add(&self, place: impl Into<String>, fault: impl Into<String>) {
        self.0.borrow_mut().push(CatalogueFault {
            place: place.into(),
            fault: fault.into(),
        });
    }

    /// All of them.
    pub(crate) fn into_vec(self) -> Vec<CatalogueFault> {
        self.0.into_inner()
    }
}

/// A table that is read key by key; what is left at [`Table::end`] is unknown.
pub(crate) struct Table<'a> {
    place: String,
    entries: Dict,
    faults: &'a Faults,
}

impl<'a> Table<'a> {
    /// The whole file.
    pub(crate) fn root(entries: Dict, faults: &'a Faults) -> Self {
        Self {
            place: String::new(),
            entries,
            faults,
        }
    }

    /// Where a key of this table stands.
    pub(crate) fn place_of(&self, key: &str) -> String {
        if self.place.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.place)
        }
    }

    /// Writes down a fault of a key.
    pub(crate) fn fault(&self, key: &str, fault: impl Into<String>) {
        self.faults.add(self.place_of(key), fault);
    }

    /// A text that must be there: not blank, not too long, without control characters.
    pub(crate) fn text(&mut self, key: &str) -> Option<String> {
        if !self.entries.contains_key(key) {
            self.fault(key, "is missing");
        }
        self.optional_text(key)
    }

    /// A text that may be absent.
    pub(crate) fn optional_text(&mut self, key: &str) -> Option<String> {
        let Value::String(_, text) = self.entries.remove(key)? else {
            self.fault(key, "must be a text");
            return None;
        };
        let fault = match text.trim() {
            "" => "is empty".to_owned(),
            _ if text.chars().any(char::is_control) => {
                "has a line break or another control character".to_owned()
            }
            trimmed if trimmed.chars().count() > TEXT_LENGTH_MAX => {
                format!("is longer than {TEXT_LENGTH_MAX} characters")
            }
            trimmed => return Some(trimmed.to_owned()),
        };
        self.fault(key, fault);
        None
    }

    /// A text that must be there and that `parse` turns into a value; its answer says what is wrong otherwise.
    pub(crate) fn parsed<T>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.text(key)?;
        parse(&text).map_err(|fault| self.fault(key, fault)).ok()
    }

    /// A table that must be there.
    pub(crate) fn table(&mut self, key: &str) -> Option<Table<'a>> {
        match self.entries.remove(key) {
            Some(Value::Dict(_, entries)) => Some(Table {
                place: self.place_of(key),
                entries,
                faults: self.faults,
            }),
            Some(_) => {
                self.fault(key, "must be a table");
                None
            }
            None => {
                self.fault(key, "is missing");
                None
            }
        }
    }

    /// A table that may be absent.
    pub(crate) fn optional_table(&mut self, key: &str) -> Option<Table<'a>> {
        if self.has(key) { self.table(key) } else { None }
    }

    /// Whether this key is given.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// A list of tables, at least one.
    pub(crate) fn tables(&mut self, key: &str) -> Vec<Table<'a>> {
        let Some(Value::Array(_, values)) = self.entries.remove(key) else {
            self.fault(key, "must be a list of tables");
            return Vec::new();
        };
        if values.is_empty() {
            self.fault(key, "needs at least one entry");
        }
        let numbered = values
            .into_iter()
            .enumerate()
            .map(|(number, value)| (format!("{key}[{number}]"), value));
        numbered
            .filter_map(|(place, value)| match value {
                Value::Dict(_, entries) => Some(Table {
                    place: self.place_of(&place),
                    entries,
                    faults: self.faults,
                }),
                _ => {
                    self.fault(&place, "must be a table");
                    None
                }
            })
            .collect()
    }

    /// Writes down every key that nobody asked for.
    pub(crate) fn end(self) {
        for key in self.entries.keys() {
            self.fault(key, "is not a key of the catalogue");
        }
    }
}

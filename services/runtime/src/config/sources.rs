//! The two places a setting may stand, the file and the environment above it, laid over one another.
//!
//! The environment is read as plain text: figment's own reader would turn a key `012345` into a number.

use std::{collections::BTreeMap, ffi::OsString, path::Path};

use figment::{
    Figment, Provider,
    providers::{Format, Serialized, Toml},
    value::Value,
};

use super::{
    fault::Fault,
    keys::{self, PREFIX},
};

/// The layered settings, and the faults met so far.
pub(super) struct Sources {
    layers: Figment,
    from_environment: BTreeMap<String, String>,
    file: String,
    pub(super) faults: Vec<Fault>,
}

impl Sources {
    /// Lays the environment over the file's text. An empty variable counts as unset, as compose files write it.
    pub(super) fn gather(
        file: Option<(&Path, &str)>,
        variables: impl Iterator<Item = (OsString, OsString)>,
    ) -> Self {
        let mut faults = Vec::new();
        let from_environment = read_environment(variables, &mut faults);
        let file_name = file.map_or_else(String::new, |(path, _)| path.display().to_string());
        let mut layers = Figment::new();
        if let Some((_, text)) = file {
            match check_file(text, &file_name, &mut faults) {
                Ok(()) => layers = layers.merge(Toml::string(text)),
                Err(message) => faults.push(Fault {
                    place: file_name.clone(),
                    message,
                }),
            }
        }
        layers = layers.merge(Serialized::globals(&from_environment));
        Self {
            layers,
            from_environment,
            file: file_name,
            faults,
        }
    }

    /// Reads one key. A value that cannot be read is noted as a fault and counts as unset.
    pub(super) fn read<T>(
        &mut self,
        key: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        debug_assert!(keys::is_known(key), "{key} is missing from the list of keys");
        let value = self.layers.find_value(key).ok()?;
        let text = match value {
            Value::String(_, text) => text,
            Value::Num(_, number) => number
                .to_u128()
                .map(|whole| whole.to_string())
                .unwrap_or_default(),
            Value::Bool(_, truth) => if truth { "on" } else { "off" }.to_owned(),
            _ => {
                self.fault(key, "must be one text".to_owned());
                return None;
            }
        };
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        parse(text).map_err(|message| self.fault(key, message)).ok()
    }

    /// Notes a fault at the place where the key was set.
    pub(super) fn fault(&mut self, key: &str, message: String) {
        let place = if self.from_environment.contains_key(key) || self.file.is_empty() {
            keys::variable(key)
        } else {
            format!("`{key}` in {}", self.file)
        };
        self.faults.push(Fault { place, message });
    }
}

/// The service's own variables by key; every unknown one is a fault.
fn read_environment(
    variables: impl Iterator<Item = (OsString, OsString)>,
    faults: &mut Vec<Fault>,
) -> BTreeMap<String, String> {
    let mut known = BTreeMap::new();
    for (name, value) in variables {
        let Some(name) = name.to_str() else { continue };
        let Some(key) = name.strip_prefix(PREFIX) else {
            continue;
        };
        let key = key.to_lowercase();
        if !keys::is_known(&key) || keys::variable(&key) != name {
            faults.push(Fault {
                place: name.to_owned(),
                message: unknown(&key, keys::variable),
            });
        } else if let Some(text) = value.to_str() {
            if !text.trim().is_empty() {
                known.insert(key, text.to_owned());
            }
        } else {
            faults.push(Fault {
                place: name.to_owned(),
                message: "is not UTF-8".to_owned(),
            });
        }
    }
    known
}

/// Notes the file's unknown keys; refuses a file that is no TOML.
fn check_file(text: &str, file: &str, faults: &mut Vec<Fault>) -> Result<(), String> {
    let layers = Toml::string(text).data().map_err(|error| {
        // The parser quotes the offending line, which may hold a secret: its lines with a bar are left out.
        error
            .to_string()
            .lines()
            .filter(|line| !line.contains('|'))
            .collect::<Vec<_>>()
            .join(" ")
    })?;
    for key in layers.values().flat_map(|layer| layer.keys()) {
        if !keys::is_known(key) {
            faults.push(Fault {
                place: format!("`{key}` in {file}"),
                message: unknown(key, str::to_owned),
            });
        }
    }
    Ok(())
}

fn unknown(key: &str, written: impl Fn(&str) -> String) -> String {
    match keys::nearest(key) {
        Some(known) => format!("unknown key; did you mean {}?", written(known)),
        None => format!("unknown key; the keys are {}", keys::KEYS.map(written).join(", ")),
    }
}

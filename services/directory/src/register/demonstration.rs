//! The invented register of the demonstration: one establishment for each thing that a register may say.
//!
//! It answers for the establishments of `data/demo/register.csv` and is silent about all others, so that a
//! visitor who types a real SIRET gets as far as one whom INSEE keeps waiting.

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::values::Siret;
use serde::Deserialize;

use super::finding::{Outcome, Silence};
use crate::idcc::agreements;

const REGISTER: &str = include_str!("../../data/demo/register.csv");

static ANSWERS: LazyLock<HashMap<Siret, Result<Outcome, Silence>>> = LazyLock::new(|| {
    let rows = csv::Reader::from_reader(REGISTER.as_bytes()).into_deserialize::<Row>();
    rows.filter_map(|row| row.ok()?.answer()).collect()
});

#[derive(Deserialize)]
struct Row {
    siret: String,
    status: String,
    closed_on: String,
    successor: String,
    suggested_idcc: String,
}

impl Row {
    fn answer(self) -> Option<(Siret, Result<Outcome, Silence>)> {
        let siret = Siret::parse(&self.siret).ok()?;
        let answer = match self.status.as_str() {
            "active" => Ok(Outcome::Active {
                suggested: agreements().suggestions(self.suggested_idcc.split('|')),
            }),
            "closed" => Ok(Outcome::Closed {
                closed_on: self.closed_on.parse().ok(),
                successor: Siret::parse(&self.successor).ok(),
            }),
            "not_found" => Ok(Outcome::NotFound),
            "pending" => Err(Silence::Unlisted),
            _ => return None,
        };
        Some((siret, answer))
    }
}

/// What the register says of an establishment.
pub fn ask(siret: &Siret) -> Result<Outcome, Silence> {
    ANSWERS.get(siret).cloned().unwrap_or(Err(Silence::Unlisted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_register_is_read_whole() {
        let lines = csv::Reader::from_reader(REGISTER.as_bytes())
            .into_records()
            .count();
        assert_eq!(ANSWERS.len(), lines);
    }

    #[test]
    fn each_thing_that_a_register_may_say_is_shown() {
        let label = |siret: &str| ask(&Siret::parse(siret).unwrap()).map_or("pending", |it| it.label());
        for (siret, expected) in [
            ("13002526500013", "active"),
            ("35600000013016", "active"),
            ("00000020800017", "active"),
            ("00000030700017", "closed"),
            ("00000031500010", "closed"),
            ("00000036400018", "closed"),
            ("00000032300014", "not_found"),
            ("00000033100017", "pending"),
            ("00000034900019", "pending"),
            ("00000035600014", "pending"),
            ("00000002600013", "pending"),
        ] {
            assert_eq!(label(siret), expected, "{siret}");
        }
    }
}

//! What the public search's answers mean.

use domain::values::Siret;
use serde::Deserialize;

use super::finding::{Outcome, Silence, is_known};
use crate::idcc::agreements;

#[derive(Deserialize)]
struct Body {
    results: Option<Vec<Unit>>,
}

#[derive(Deserialize)]
struct Unit {
    etat_administratif: Option<String>,
    siege: Option<Establishment>,
    matching_etablissements: Option<Vec<Establishment>>,
    complements: Option<Complements>,
}

#[derive(Deserialize)]
struct Establishment {
    siret: Option<String>,
    etat_administratif: Option<String>,
    date_fermeture: Option<String>,
    liste_idcc: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Complements {
    liste_idcc: Option<Vec<String>>,
}

/// Reads an answer of status 200. A unit without the establishment asked for (an empty shell) is no answer.
pub fn read(body: &[u8], asked: &Siret) -> Result<Outcome, Silence> {
    let units = serde_json::from_slice::<Body>(body)
        .ok()
        .and_then(|it| it.results)
        .ok_or(Silence::Body)?;
    if units.is_empty() {
        return Ok(Outcome::NotFound);
    }
    for unit in &units {
        let mut establishments = unit.matching_etablissements.iter().flatten().chain(&unit.siege);
        if let Some(found) = establishments.find(|it| it.siret.as_deref() == Some(asked.as_str())) {
            return found.outcome(unit);
        }
    }
    Err(Silence::Body)
}

impl Establishment {
    fn outcome(&self, unit: &Unit) -> Result<Outcome, Silence> {
        let ceased = unit.etat_administratif.as_deref() == Some("C");
        match self.etat_administratif.as_deref() {
            Some("A") if !ceased => {
                let own = self.liste_idcc.iter().flatten();
                let units = unit
                    .complements
                    .iter()
                    .filter_map(|it| it.liste_idcc.as_ref())
                    .flatten();
                Ok(Outcome::Active {
                    suggested: agreements().suggestions(own.chain(units).map(String::as_str)),
                })
            }
            Some("A" | "F" | "C") => {
                let closed_on = self
                    .date_fermeture
                    .as_deref()
                    .and_then(|it| it.parse().ok())
                    .filter(is_known);
                Ok(Outcome::Closed {
                    closed_on,
                    successor: None,
                })
            }
            _ => Err(Silence::Body),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use domain::values::Idcc;

    use super::*;

    fn told(json: &str) -> Result<Outcome, Silence> {
        read(json.as_bytes(), &Siret::parse("00000030700017").unwrap())
    }

    #[test]
    fn an_active_establishment_comes_with_its_agreements_before_those_of_its_unit() {
        let outcome = told(
            r#"{"results":[{"etat_administratif":"A","siege":{"siret":"00000030700025"},
            "matching_etablissements":[{"siret":"00000030700017","etat_administratif":"A","liste_idcc":["1501"]}],
            "complements":{"liste_idcc":["9999","1979","1501"]}}]}"#,
        );
        let suggested = ["1501", "1979", "9999"]
            .map(|it| Idcc::parse(it).unwrap())
            .to_vec();
        assert_eq!(outcome, Ok(Outcome::Active { suggested }));
    }

    #[test]
    fn a_closed_establishment_comes_with_its_date() {
        let outcome = told(
            r#"{"results":[{"etat_administratif":"A","matching_etablissements":null,"complements":null,
            "siege":{"siret":"00000030700017","etat_administratif":"F","date_fermeture":"2009-01-05"}}]}"#,
        );
        let closed_on = NaiveDate::from_ymd_opt(2009, 1, 5);
        assert_eq!(
            outcome,
            Ok(Outcome::Closed {
                closed_on,
                successor: None
            })
        );
    }

    #[test]
    fn nothing_found_and_nothing_said_differ() {
        assert_eq!(told(r#"{"results":[],"total_results":0}"#), Ok(Outcome::NotFound));
        for body in [
            "{}",
            "",
            "<html>",
            r#"{"results":[{"etat_administratif":null,"siege":{},"matching_etablissements":[]}]}"#,
        ] {
            assert_eq!(told(body), Err(Silence::Body), "{body}");
        }
    }
}

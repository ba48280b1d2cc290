//! Collective agreements: the list, where a code stands in it, and search by number or words.
//!
//! The list is carried in the binary (`data/idcc.csv`, sources in `data/README.md`) and read once. It is never
//! used to refuse a code for the branch that it belongs to: which branches an organisation serves changes, and
//! the list of them is not public.

mod search;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use domain::registration::command::IdccStanding;
use domain::values::Idcc;
use serde::Deserialize;

const LIST: &str = include_str!("../data/idcc.csv");
/// The month of the Ministry of Labour's list that the list carried follows, such as `2026-03`.
const AS_OF: &str = include_str!("../data/idcc-as-of.txt");
/// "Agreement not yet in force": in the list for payroll declarations, but no suggestion to make to anybody.
const NOT_YET_IN_FORCE: &str = "9998";

static AGREEMENTS: LazyLock<Agreements> = LazyLock::new(|| Agreements::read(LIST));

/// The list carried in the binary.
pub fn agreements() -> &'static Agreements {
    &AGREEMENTS
}

/// One agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Its number.
    pub idcc: Idcc,
    /// Its official title; empty where only the replacement is known.
    pub title: String,
    /// A shorter title, where the official database has one.
    pub short_title: Option<String>,
    /// Whether it is in force.
    pub current: bool,
    /// What replaced it, best first.
    pub replaced_by: Vec<Idcc>,
}

impl Agreement {
    /// The title to show: the shorter one where there is one.
    pub fn label(&self) -> &str {
        self.short_title.as_deref().unwrap_or(&self.title)
    }
}

/// Every agreement, by number.
#[derive(Debug)]
pub struct Agreements {
    by_code: BTreeMap<Idcc, Agreement>,
    index: search::Index,
}

#[derive(Deserialize)]
struct Row {
    idcc: String,
    title: String,
    short_title: String,
    status: String,
    replaced_by: String,
}

impl Agreements {
    /// Reads the list. A row without a number is left out; a test proves that the list carried has none.
    fn read(list: &str) -> Self {
        let by_code: BTreeMap<Idcc, Agreement> = csv::Reader::from_reader(list.as_bytes())
            .deserialize::<Row>()
            .filter_map(|row| {
                let row = row.ok()?;
                let idcc = Idcc::parse(&row.idcc).ok()?;
                let short_title = Some(row.short_title).filter(|it| !it.is_empty());
                let replaced_by = row
                    .replaced_by
                    .split('|')
                    .filter_map(|it| Idcc::parse(it).ok())
                    .collect();
                let current = row.status == "current";
                Some((
                    idcc.clone(),
                    Agreement {
                        idcc,
                        title: row.title,
                        short_title,
                        current,
                        replaced_by,
                    },
                ))
            })
            .collect();
        let index = search::Index::of(by_code.values());
        Self { by_code, index }
    }

    /// The month up to which the list tells, such as `2026-03`.
    pub fn as_of(&self) -> &'static str {
        AS_OF.trim()
    }

    /// How many agreements there are, and how many of them are in force.
    pub fn counts(&self) -> (usize, usize) {
        let in_force = self.by_code.values().filter(|it| it.current).count();
        (self.by_code.len(), in_force)
    }

    /// The agreement of a number.
    pub fn get(&self, idcc: &Idcc) -> Option<&Agreement> {
        self.by_code.get(idcc)
    }

    /// Where a code stands.
    ///
    /// `9999` (no agreement) is current. A historical agreement that nothing replaced is unknown: nobody can be
    /// under it today, and there is nothing to propose instead.
    pub fn standing(&self, idcc: &Idcc) -> IdccStanding {
        match self.get(idcc) {
            Some(agreement) if agreement.current => IdccStanding::Current,
            Some(agreement) if !agreement.replaced_by.is_empty() => {
                IdccStanding::Replaced(self.successors(agreement))
            }
            _ => IdccStanding::Unknown,
        }
    }

    /// Agreements whose number or title answers the query, best first.
    ///
    /// Accents and case are ignored, and every word must match: as the beginning of the number or of a word.
    /// Replaced agreements come last, so that their successors can be proposed; historical ones without
    /// successor do not come. An empty query finds nothing.
    pub fn search(&self, query: &str, limit: usize) -> Vec<&Agreement> {
        self.index
            .search(query, limit)
            .filter_map(|idcc| self.by_code.get(idcc))
            .collect()
    }

    /// Agreements that a register names, fit to be suggested: each once, successors instead of replaced ones,
    /// unknown ones left out, "none" (`9999`) last.
    pub fn suggestions<'a>(&self, codes: impl IntoIterator<Item = &'a str>) -> Vec<Idcc> {
        let mut suggested: Vec<Idcc> = Vec::new();
        for code in codes {
            let Ok(idcc) = Idcc::parse(code) else { continue };
            let fit = match self.standing(&idcc) {
                IdccStanding::Current => vec![idcc],
                IdccStanding::Replaced(successors) => successors,
                IdccStanding::Unknown => Vec::new(),
            };
            for idcc in fit {
                if idcc.as_str() != NOT_YET_IN_FORCE && !suggested.contains(&idcc) {
                    suggested.push(idcc);
                }
            }
        }
        suggested.sort_by_key(|idcc| idcc.as_str() == Idcc::NONE);
        suggested
    }

    /// Successors in force. A chain is followed once more: lists of replacements are published in steps.
    fn successors(&self, agreement: &Agreement) -> Vec<Idcc> {
        let mut successors = Vec::new();
        for idcc in &agreement.replaced_by {
            match self.get(idcc) {
                Some(next) if !next.current && !next.replaced_by.is_empty() => {
                    successors.extend(next.replaced_by.clone())
                }
                _ => successors.push(idcc.clone()),
            }
        }
        successors.dedup();
        successors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn idcc(code: &str) -> Idcc {
        Idcc::parse(code).unwrap()
    }

    #[test]
    fn the_list_carried_is_read_whole() {
        let lines = csv::Reader::from_reader(LIST.as_bytes()).into_records().count();
        assert_eq!(agreements().by_code.len(), lines);
        assert_eq!(agreements().counts(), (732, 573));
    }

    #[test]
    fn every_successor_is_in_force() {
        for agreement in agreements()
            .by_code
            .values()
            .filter(|it| !it.replaced_by.is_empty())
        {
            assert!(!agreement.current, "{} is in force and replaced", agreement.idcc);
            for successor in &agreement.replaced_by {
                assert_eq!(
                    agreements().standing(successor),
                    IdccStanding::Current,
                    "{successor}"
                );
            }
        }
    }

    #[test]
    fn codes_stand_as_current_replaced_or_unknown() {
        let list = agreements();
        assert_eq!(list.standing(&idcc("1979")), IdccStanding::Current);
        assert_eq!(list.standing(&idcc("9999")), IdccStanding::Current);
        assert_eq!(
            list.standing(&idcc("54")),
            IdccStanding::Replaced(vec![idcc("3248")])
        );
        assert_eq!(
            list.standing(&idcc("1740")),
            IdccStanding::Replaced(vec![idcc("1596"), idcc("1597")])
        );
        assert_eq!(
            list.standing(&idcc("0087")),
            IdccStanding::Unknown,
            "historical, and nothing replaced it"
        );
        assert_eq!(list.standing(&idcc("0001")), IdccStanding::Unknown);
    }

    #[test]
    fn suggestions_are_in_force_and_none_comes_last() {
        let list = agreements();
        assert_eq!(
            list.suggestions(["9999", "5516", "05516"]),
            [idcc("5516"), idcc("9999")]
        );
        assert_eq!(list.suggestions(["0054", "0001", "9998", "x"]), [idcc("3248")]);
    }
}

//! Collective agreements: the list, where a code stands in it, and search by number or words.
//!
//! The list is carried in the binary (`data/idcc.csv`, sources in `data/README.md`) and read once. It is never
//! used to refuse a code for the branch that it belongs to: which branches an organisation serves changes, and
//! the list of them is not public. Those that are known to be served come first in a search, where words are equally near.

mod search;
mod words;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use domain::registration::command::IdccStanding;
use domain::values::Idcc;
use serde::Deserialize;

const LIST: &str = include_str!("../data/idcc.csv");
/// The month of the Ministry of Labour's list that the list carried follows, such as `2026-03`.
const AS_OF: &str = include_str!("../data/idcc-as-of.txt");
/// Words by which people call agreements, and which their titles do not hold.
const WORDS: &str = include_str!("../data/idcc-words.csv");
/// Branches that the organisation is known to serve; not all of them.
const BRANCHES: &str = include_str!("../data/idcc-branches.csv");
/// "Agreement not yet in force": in the list for payroll declarations, but no suggestion to make to anybody.
const NOT_YET_IN_FORCE: &str = "9998";

static AGREEMENTS: LazyLock<Agreements> = LazyLock::new(|| Agreements::read(LIST, WORDS, BRANCHES));

/// The list carried in the binary.
pub fn agreements() -> &'static Agreements {
    &AGREEMENTS
}

/// One agreement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Its number.
    pub idcc: Idcc,
    /// Its official title; empty for one of which only the replacement is known.
    pub title: String,
    /// A shorter title, where the official database has one.
    pub short_title: Option<String>,
    /// Whether it is in force.
    pub current: bool,
    /// What applies instead today, in force and best first; nothing where nothing is known to.
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
    /// Reads the lists. A row without a number is left out; tests prove that the lists carried have none.
    fn read(list: &str, words: &str, branches: &str) -> Self {
        let by_code: BTreeMap<Idcc, Agreement> = csv::Reader::from_reader(list.as_bytes())
            .deserialize::<Row>()
            .filter_map(|row| {
                let row = row.ok()?;
                let idcc = Idcc::parse(&row.idcc).ok()?;
                let short_title = Some(row.short_title).filter(|it| !it.is_empty());
                let replaced_by = codes(&row.replaced_by);
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
        let index = search::Index::of(by_code.values(), words, branches);
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

    /// Where a code stands. `9999` (no agreement) is current.
    pub fn standing(&self, idcc: &Idcc) -> IdccStanding {
        match self.get(idcc) {
            Some(agreement) if agreement.current => IdccStanding::Current,
            Some(agreement) => IdccStanding::Ended {
                title: agreement.label().to_owned(),
                successors: agreement.replaced_by.clone(),
            },
            None => IdccStanding::Unknown,
        }
    }

    /// Agreements that answer the query by their number, their usual names or their title, best first.
    ///
    /// Accents, case, plurals and feminine forms make no difference, small words are passed over, and every other word
    /// must match: as the beginning of the number or of a word. Agreements that have ended come last, so that their
    /// successors can be proposed. An empty query finds nothing.
    pub fn search(&self, query: &str, limit: usize) -> Vec<&Agreement> {
        self.index
            .search(query, limit)
            .filter_map(|idcc| self.by_code.get(idcc))
            .collect()
    }

    /// Agreements that a register or the organisation names, fit to be suggested: each once, successors instead of those
    /// that have ended, unknown ones left out, "none" (`9999`) last.
    pub fn suggestions<'a>(&self, codes: impl IntoIterator<Item = &'a str>) -> Vec<Idcc> {
        let mut suggested: Vec<Idcc> = Vec::new();
        for code in codes {
            let Ok(idcc) = Idcc::parse(code) else { continue };
            let fit = match self.standing(&idcc) {
                IdccStanding::Current => vec![idcc],
                IdccStanding::Ended { successors, .. } => successors,
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
}

/// Codes separated by `|`.
fn codes(text: &str) -> Vec<Idcc> {
    text.split('|').filter_map(|it| Idcc::parse(it).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn idcc(code: &str) -> Idcc {
        Idcc::parse(code).unwrap()
    }

    fn ended(code: &str) -> (String, Vec<Idcc>) {
        match agreements().standing(&idcc(code)) {
            IdccStanding::Ended { title, successors } => (title, successors),
            other => panic!("{code} is {other:?}"),
        }
    }

    fn column(list: &str, name: &str) -> Vec<String> {
        let mut reader = csv::Reader::from_reader(list.as_bytes());
        let at = reader
            .headers()
            .unwrap()
            .iter()
            .position(|it| it == name)
            .unwrap();
        reader.records().map(|row| row.unwrap()[at].to_owned()).collect()
    }

    #[test]
    fn the_lists_carried_are_read_whole() {
        assert_eq!(agreements().by_code.len(), column(LIST, "idcc").len());
        assert_eq!(agreements().counts(), (765, 573));
        for list in [WORDS, BRANCHES] {
            for code in column(list, "idcc").iter().flat_map(|it| it.split('|')) {
                assert_eq!(
                    agreements().standing(&idcc(code)),
                    IdccStanding::Current,
                    "{code}"
                );
            }
        }
    }

    #[test]
    fn every_successor_is_in_force_and_has_a_source() {
        let sources = column(LIST, "source");
        for (agreement, source) in agreements().by_code.values().zip(sources) {
            assert!(
                !agreement.current || agreement.replaced_by.is_empty(),
                "{}",
                agreement.idcc
            );
            assert_eq!(
                source.is_empty(),
                agreement.replaced_by.is_empty(),
                "{}",
                agreement.idcc
            );
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
    fn codes_stand_as_current_ended_or_unknown() {
        let list = agreements();
        assert_eq!(list.standing(&idcc("1979")), IdccStanding::Current);
        assert_eq!(list.standing(&idcc("9999")), IdccStanding::Current);
        assert_eq!(ended("1740").1, [idcc("1596"), idcc("1597")]);
        assert_eq!(list.standing(&idcc("0001")), IdccStanding::Unknown);
    }

    #[test]
    fn agreements_that_have_ended_lead_to_what_applies_today() {
        for (old, new) in [
            ("0054", "3248"),
            ("1710", "3245"),
            ("1492", "3238"),
            ("700", "3238"),
            ("2411", "3241"),
            ("1624", "0573"),
            ("2174", "3229"),
            ("1921", "3250"),
            ("567", "3251"),
            ("1588", "3220"),
            ("1809", "3248"),
            ("1375", "3248"),
            ("0087", "3249"),
            ("1000", "3253"),
            ("0992", "3254"),
            ("2111", "3239"),
            ("2395", "3239"),
            ("1810", "3043"),
            ("0083", "3222"),
            ("0533", "3216"),
            ("0652", "3216"),
            ("1258", "2941"),
            ("7023", "7028"),
            ("2104", "2264"),
        ] {
            assert_eq!(ended(old).1, [idcc(new)], "{old}");
        }
    }

    #[test]
    fn one_that_nothing_replaced_is_told_by_its_title() {
        assert_eq!(
            ended("0779"),
            ("Voies ferrées d'intérêt local".to_owned(), vec![])
        );
        let without = agreements()
            .by_code
            .values()
            .filter(|it| !it.current && it.replaced_by.is_empty());
        assert!(
            without.clone().count() <= 12,
            "{:?}",
            without.map(|it| &it.idcc).collect::<Vec<_>>()
        );
    }

    #[test]
    fn suggestions_are_in_force_and_none_comes_last() {
        let list = agreements();
        assert_eq!(
            list.suggestions(["9999", "5516", "05516"]),
            [idcc("5516"), idcc("9999")]
        );
        assert_eq!(
            list.suggestions(["0054", "0001", "9998", "x", "0779", "1710"]),
            [idcc("3248"), idcc("3245")]
        );
    }
}

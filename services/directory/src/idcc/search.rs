//! Search among agreements: some hundred titles and usual names folded once, then read from end to end (some
//! microseconds).

use std::collections::{HashMap, HashSet};

use domain::values::Idcc;
use serde::Deserialize;

use super::words::{Word, telling};
use super::{Agreement, codes};

/// Longest part of a query that is read, in characters: nobody types more, and nobody should make us fold more.
const QUERY_LENGTH_MAX: usize = 100;

/// Folded titles and usual names, ready to be searched.
#[derive(Debug)]
pub struct Index {
    entries: Vec<Entry>,
    names: Vec<Name>,
}

#[derive(Debug)]
struct Entry {
    idcc: Idcc,
    current: bool,
    served: bool,
    short: Vec<Word>,
    long: Vec<Word>,
    /// Words of usual names.
    usual: Vec<Word>,
}

/// What people call agreements, and which may be meant, best first.
#[derive(Debug)]
struct Name {
    words: Vec<Word>,
    idcc: Vec<Idcc>,
}

#[derive(Deserialize)]
struct NameRow {
    words: String,
    idcc: String,
}

#[derive(Deserialize)]
struct BranchRow {
    idcc: String,
}

/// What a query is compared by: its number, a usual name as a whole, or its words one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    Number,
    Name,
    Words,
}

/// How well an entry answers; the smaller the better.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank<'a> {
    by: By,
    has_ended: bool,
    distance: usize,
    is_not_served: bool,
    /// Statutes and texts of single employers: hardly anybody means one without naming it.
    is_of_one_employer: bool,
    length: usize,
    idcc: &'a Idcc,
}

impl Index {
    /// Folds titles and usual names.
    pub fn of<'a>(agreements: impl Iterator<Item = &'a Agreement>, names: &str, branches: &str) -> Self {
        let names: Vec<Name> = rows::<NameRow>(names)
            .flat_map(|row| {
                let idcc = codes(&row.idcc);
                let name = |words| Name {
                    words: telling(words),
                    idcc: idcc.clone(),
                };
                row.words.split('|').map(name).collect::<Vec<_>>()
            })
            .collect();
        let mut usual: HashMap<&Idcc, Vec<Word>> = HashMap::new();
        for name in &names {
            for idcc in &name.idcc {
                usual.entry(idcc).or_default().extend(name.words.iter().cloned());
            }
        }
        let served: HashSet<Idcc> = rows::<BranchRow>(branches)
            .flat_map(|row| codes(&row.idcc))
            .collect();
        let entries = agreements
            .filter(|it| !it.title.is_empty())
            .map(|it| Entry {
                idcc: it.idcc.clone(),
                current: it.current,
                served: served.contains(&it.idcc),
                short: telling(it.label()),
                long: telling(&it.title),
                usual: usual.remove(&it.idcc).unwrap_or_default(),
            })
            .collect();
        Self { entries, names }
    }

    /// Codes of the best answers.
    pub fn search(&self, query: &str, limit: usize) -> impl Iterator<Item = &Idcc> {
        let query: String = query.chars().take(QUERY_LENGTH_MAX).collect();
        let asked = telling(&query);
        let number = Idcc::parse(&query).ok();
        let named = self.named(&asked);
        let mut found: Vec<Rank<'_>> = self
            .entries
            .iter()
            .filter_map(|entry| {
                let (by, distance) = if Some(&entry.idcc) == number.as_ref() {
                    (By::Number, 0)
                } else if let Some(distance) = named.get(&entry.idcc) {
                    (By::Name, *distance)
                } else {
                    (By::Words, entry.distance(&asked)?)
                };
                Some(entry.rank(by, distance))
            })
            .collect();
        found.sort();
        found.into_iter().take(limit).map(|it| it.idcc)
    }

    /// Agreements that are called just so, and how near: their place among those so called, further off where only
    /// another form of the name was typed, or generic words beside it.
    fn named(&self, asked: &[Word]) -> HashMap<&Idcc, usize> {
        const STEP: usize = 10;
        let specific: Vec<Word> = asked.iter().filter(|it| !it.is_generic()).cloned().collect();
        let mut named: HashMap<&Idcc, usize> = HashMap::new();
        for name in &self.names {
            let tries = [
                same(asked, &name.words, |it| &it.form),
                same(&specific, &name.words, |it| &it.form),
                same(&specific, &name.words, |it| &it.root),
            ];
            let Some(far) = tries.iter().position(|it| *it) else {
                continue;
            };
            for (place, idcc) in name.idcc.iter().enumerate() {
                let distance = far * STEP + place;
                let nearest = named.entry(idcc).or_insert(distance);
                *nearest = distance.min(*nearest);
            }
        }
        named
    }
}

fn rows<T: for<'de> Deserialize<'de>>(list: &str) -> impl Iterator<Item = T> {
    csv::Reader::from_reader(list.as_bytes())
        .into_deserialize::<T>()
        .filter_map(Result::ok)
}

/// Whether both are the same words, in whatever order.
fn same<'a>(some: &'a [Word], others: &'a [Word], form: impl Fn(&'a Word) -> &'a String) -> bool {
    let sorted = |words: &'a [Word]| {
        let mut forms: Vec<&String> = words.iter().map(&form).collect();
        forms.sort();
        forms
    };
    !some.is_empty() && some.len() == others.len() && sorted(some) == sorted(others)
}

impl Entry {
    fn rank(&self, by: By, distance: usize) -> Rank<'_> {
        Rank {
            by,
            has_ended: !self.current,
            distance,
            is_not_served: !self.served,
            is_of_one_employer: self.idcc.as_str().starts_with('5'),
            length: self.short.len(),
            idcc: &self.idcc,
        }
    }

    /// Nothing when a word does not match, or none was asked.
    fn distance(&self, asked: &[Word]) -> Option<usize> {
        if asked.iter().all(Word::is_generic) && !asked.iter().any(|it| self.distance_of(it).is_some()) {
            return None;
        }
        asked
            .iter()
            .map(|word| self.distance_of(word).or(word.is_generic().then_some(1)))
            .sum()
    }

    /// How far a word is from this entry: its number, a word of the short title, of a usual name, of the long title.
    fn distance_of(&self, word: &Word) -> Option<usize> {
        let code = self.idcc.as_str();
        let significant = code.trim_start_matches('0');
        let text = word.text.as_str();
        let begins = |it: &Word| it.text.starts_with(text) || it.form.starts_with(&word.form);
        if code == text || significant == text || format!("0{code}") == text {
            Some(0)
        } else if word.is_number() && (code.starts_with(text) || significant.starts_with(text)) {
            Some(1)
        } else if self.short.iter().any(|it| it.form == word.form) {
            Some(2)
        } else if self.short.iter().any(|it| it.root == word.root || begins(it)) {
            Some(3)
        } else if self.usual.iter().any(|it| it.root == word.root || begins(it)) {
            Some(4)
        } else if self.long.iter().any(|it| it.root == word.root || begins(it)) {
            Some(5)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::agreements;

    fn found(query: &str) -> Vec<&str> {
        agreements()
            .search(query, 5)
            .into_iter()
            .map(|it| it.idcc.as_str())
            .collect()
    }

    #[test]
    fn numbers_are_found_with_and_without_leading_zeros() {
        assert_eq!(found("1979")[0], "1979", "before titles that bear the year");
        assert_eq!(found("01979"), ["1979"]);
        assert_eq!(found("16")[0], "0016");
        assert!(found("57").contains(&"0573"));
    }

    #[test]
    fn a_number_is_found_however_it_is_written() {
        for query in [
            "IDCC 1979",
            "idcc1979",
            "n° 1979",
            "1979 - HCR",
            "1979.0",
            "HCR (IDCC 1979)",
        ] {
            assert_eq!(found(query)[0], "1979", "{query}");
        }
    }

    #[test]
    fn words_are_found_without_accents_and_case() {
        assert_eq!(found("hotels cafes restaurants")[0], "1979");
        assert_eq!(found("HÔTELS, CAFÉS")[0], "1979");
        assert_eq!(found("propreté")[0], "3043");
        assert_eq!(found("metallurgie")[0], "3248");
        assert_eq!(found("sans convention")[0], "9999");
    }

    #[test]
    fn the_words_by_which_people_call_them_are_found() {
        for (query, expected) in [
            ("ccn66", "0413"),
            ("CCN 66", "0413"),
            ("convention 66", "0413"),
            ("CCN 51", "0029"),
            ("ccn 1951", "0029"),
            ("51", "0029"),
            ("camping", "1631"),
            ("assistante maternelle", "3239"),
            ("Assistantes maternelles", "3239"),
            ("assistant maternel", "3239"),
            ("chimie", "0044"),
            ("gardiennage", "1351"),
            ("sécurité privée", "1351"),
            ("securite", "1351"),
            ("coiffeur", "2596"),
            ("coiffeuses", "2596"),
            ("salon de coiffure", "2596"),
            ("agence immobilière", "1527"),
            ("agences immobilières", "1527"),
            ("crèche", "1261"),
            ("crèches", "1261"),
            ("HCR", "1979"),
            ("hcr", "1979"),
            ("la restauration rapide", "1501"),
            ("nettoyage", "3043"),
            ("société de nettoyage", "3043"),
            ("entreprise de nettoyage", "3043"),
            ("intérim", "2378"),
            ("boulangère", "0843"),
            ("boulangerie artisanale", "0843"),
            ("pharmacienne", "1996"),
            ("SYNTEC", "1486"),
            ("aide à domicile", "2941"),
            ("auto-école", "1090"),
            ("restaurant d'entreprise", "1266"),
            ("restaurants", "1979"),
            ("vétérinaire", "1875"),
            ("organisme de formation", "1516"),
            ("hôtellerie de plein air", "1631"),
            ("gardien d’immeuble", "1043"),
            ("Pôle emploi", "2847"),
            ("3D", "1605"),
            ("btp", "1596"),
        ] {
            assert_eq!(
                found(query).first(),
                Some(&expected),
                "{query}: {:?}",
                found(query)
            );
        }
    }

    #[test]
    fn beginnings_are_found_as_one_types() {
        for (query, expected) in [
            ("coif", "2596"),
            ("boulan", "0843"),
            ("intéri", "2378"),
            ("nettoy", "3043"),
            ("propr", "3043"),
        ] {
            assert!(found(query).contains(&expected), "{query}: {:?}", found(query));
        }
    }

    #[test]
    fn where_words_are_equally_near_branches_that_are_served_come_first() {
        let all = found("restauration de");
        assert_eq!(all[0], "1979");
        assert_eq!(found("nettoyage")[1], "2002");
        let aerial = found("transport aérien");
        assert_eq!(aerial[0], "0275", "{aerial:?}");
    }

    #[test]
    fn statutes_of_single_employers_come_behind_branches() {
        let all = found("51");
        assert!(
            all.iter()
                .position(|it| it.starts_with('5'))
                .is_none_or(|at| at > 0),
            "{all:?}"
        );
        assert!(!found("50")[0].starts_with('5'), "{:?}", found("50"));
    }

    #[test]
    fn every_word_must_match() {
        assert_eq!(found("zzzz"), Vec::<&str>::new());
        assert!(found("hotels metallurgie").is_empty());
        assert!(found("").is_empty());
        assert!(found(" ,;’ ").is_empty());
    }

    #[test]
    fn agreements_that_have_ended_come_last_and_lead_to_what_applies() {
        let replaced = agreements().search("0054", 5);
        assert_eq!(replaced[0].replaced_by[0].as_str(), "3248");
        let all = agreements().search("métallurgie", 100);
        assert!(all.len() > 10 && all.is_sorted_by_key(|it| !it.current));
        assert_eq!(found("779")[0], "0779", "though nothing replaced it");
    }
}

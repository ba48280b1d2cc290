//! Search among agreements: seven hundred titles folded once, then read from end to end (some microseconds).

use domain::values::Idcc;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Agreement;

/// Longest part of a query that is read, in characters: nobody types more, and nobody should make us fold more.
const QUERY_LENGTH_MAX: usize = 100;

/// Folded titles, ready to be searched.
#[derive(Debug)]
pub struct Index {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    idcc: Idcc,
    current: bool,
    short: Vec<String>,
    words: Vec<String>,
}

/// How well an entry answers; the smaller the better.
type Rank = (bool, u32, usize);

impl Index {
    /// Folds the titles of the agreements that can be proposed: in force, or replaced by another.
    pub fn of<'a>(agreements: impl Iterator<Item = &'a Agreement>) -> Self {
        let entries = agreements
            .filter(|it| it.current || (!it.replaced_by.is_empty() && !it.title.is_empty()))
            .map(|it| {
                let short = words(it.label());
                let mut all = words(&it.title);
                all.extend(short.iter().cloned());
                Entry {
                    idcc: it.idcc.clone(),
                    current: it.current,
                    short,
                    words: all,
                }
            })
            .collect();
        Self { entries }
    }

    /// Codes of the best answers.
    pub fn search(&self, query: &str, limit: usize) -> impl Iterator<Item = &Idcc> {
        let asked = words(&query.chars().take(QUERY_LENGTH_MAX).collect::<String>());
        let mut found: Vec<(Rank, &Idcc)> = self
            .entries
            .iter()
            .filter_map(|entry| Some((entry.rank(&asked)?, &entry.idcc)))
            .collect();
        found.sort();
        found.into_iter().take(limit).map(|(_, idcc)| idcc)
    }
}

impl Entry {
    /// Nothing when a word does not match, or none was asked.
    fn rank(&self, asked: &[String]) -> Option<Rank> {
        if asked.is_empty() {
            return None;
        }
        let distance = asked
            .iter()
            .map(|word| self.distance(word))
            .sum::<Option<u32>>()?;
        Some((!self.current, distance, self.short.len()))
    }

    /// How far a word is from this entry: its number, a word of the short title, a word of any title.
    fn distance(&self, word: &str) -> Option<u32> {
        let code = self.idcc.as_str();
        let significant = code.trim_start_matches('0');
        if code == word || significant == word || format!("0{code}") == word {
            Some(0)
        } else if word.bytes().all(|b| b.is_ascii_digit())
            && (code.starts_with(word) || significant.starts_with(word))
        {
            Some(1)
        } else if self.short.iter().any(|it| it == word) {
            Some(2)
        } else if self.short.iter().any(|it| it.starts_with(word)) {
            Some(3)
        } else if self.words.iter().any(|it| it.starts_with(word)) {
            Some(5)
        } else {
            None
        }
    }
}

/// Words of a text in lower case, without accents and with ligatures undone.
fn words(text: &str) -> Vec<String> {
    let folded: String = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .collect::<String>()
        .to_lowercase();
    let folded = folded.replace('œ', "oe").replace('æ', "ae");
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect()
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
    fn words_are_found_without_accents_and_case() {
        assert_eq!(found("hotels cafes restaurants")[0], "1979");
        assert_eq!(found("HÔTELS, CAFÉS")[0], "1979");
        assert_eq!(found("propreté")[0], "3043");
        assert_eq!(found("metallurgie")[0], "3248");
        assert_eq!(found("sans convention")[0], "9999");
    }

    #[test]
    fn every_word_must_match() {
        assert!(found("hotels metallurgie").is_empty());
        assert!(found("").is_empty());
        assert!(found(" ,;’ ").is_empty());
    }

    #[test]
    fn replaced_agreements_come_last_and_lead_to_their_successors() {
        let replaced = agreements().search("0054", 5);
        assert_eq!(replaced[0].replaced_by[0].as_str(), "3248");
        let all = agreements().search("métallurgie", 100);
        assert!(all.len() > 10 && all.is_sorted_by_key(|it| !it.current));
    }
}

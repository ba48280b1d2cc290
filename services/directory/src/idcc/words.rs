//! Words of titles and queries, in the forms by which they are compared.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words that say nothing about a trade: they are passed over, unless nothing else was typed.
#[rustfmt::skip]
const SMALL: [&str; 32] = [
    "a", "accord", "au", "aux", "branche", "cc", "ccn", "convention", "conventions", "d", "dans", "de", "des", "du", "en",
    "et", "idcc", "je", "l", "la", "le", "les", "ma", "mon", "national", "nationale", "ou", "par", "pour", "secteur", "sur",
    "un",
];
/// Words that may be left out: people put them before a trade whatever its agreement is called.
#[rustfmt::skip]
const GENERIC: [&str; 20] = [
    "activite", "agence", "atelier", "cabinet", "collectif", "collective", "employe", "entreprise", "etablissement",
    "magasin", "maison", "metier", "ouvrier", "personnel", "petite", "prestataire", "salarie", "service", "societe", "une",
];
/// Feminine endings, and what they are in the form that dictionaries list.
const FEMININE: [(&str, &str); 9] = [
    ("euse", "eur"),
    ("trice", "teur"),
    ("iere", "ier"),
    ("iene", "ien"),
    ("ere", "er"),
    ("ive", "if"),
    ("ale", "al"),
    ("ele", "el"),
    ("e", ""),
];
/// Endings that make a trade, a person and a place out of one root, as forms have them (without a last `e`), longest first.
#[rustfmt::skip]
const ENDINGS: [&str; 15] = [
    "icien", "ateur", "ation", "eres", "anc", "eri", "iqu", "ant", "eur", "ien", "ier", "ur", "er", "el", "i",
];
/// The shortest root: shorter ones are shared by words that have nothing in common.
const ROOT_LENGTH_MIN: usize = 4;

/// A word, as it is compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word {
    /// In lower case, without accents.
    pub text: String,
    /// Singular and masculine.
    pub form: String,
    /// Without the ending that tells a trade from its people.
    pub root: String,
}

impl Word {
    fn of(text: &str) -> Self {
        let form = form(text);
        Self {
            text: text.to_owned(),
            root: root(&form).to_owned(),
            form,
        }
    }

    /// Whether it may be left out of a query.
    pub fn is_generic(&self) -> bool {
        GENERIC.contains(&self.text.as_str()) || GENERIC.iter().any(|it| form(it) == self.form)
    }

    /// Whether it is a number.
    pub fn is_number(&self) -> bool {
        self.text.bytes().all(|b| b.is_ascii_digit())
    }
}

/// The words of a text, without small ones where there are others.
pub fn telling(text: &str) -> Vec<Word> {
    let all = split(text);
    let (small, telling): (Vec<&String>, Vec<&String>) =
        all.iter().partition(|it| SMALL.contains(&it.as_str()));
    let kept = if telling.is_empty() { small } else { telling };
    kept.into_iter().map(|it| Word::of(it)).collect()
}

/// Words in lower case, without accents and with ligatures undone. Digits end a word of letters: `ccn66` is two.
fn split(text: &str) -> Vec<String> {
    let folded: String = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .collect::<String>()
        .to_lowercase();
    let folded = folded.replace('œ', "oe").replace('æ', "ae");
    let mut words: Vec<String> = Vec::new();
    let mut before: Option<char> = None;
    for c in folded.chars() {
        if c.is_alphanumeric() {
            let goes_on = before.is_some_and(|it| it.is_numeric() == c.is_numeric());
            match words.last_mut().filter(|_| goes_on) {
                Some(word) => word.push(c),
                None => words.push(c.to_string()),
            }
        }
        before = Some(c).filter(|it| it.is_alphanumeric());
    }
    words
}

/// Singular and masculine, double letters single.
fn form(text: &str) -> String {
    let (mut single, mut run) = (String::new(), 0);
    for c in text.chars() {
        run = if single.ends_with(c) { run + 1 } else { 1 };
        // No word has three of a letter in a row: they stay, and find nothing.
        if run != 2 || c.is_numeric() {
            single.push(c);
        }
    }
    if single.len() > 3 && single.ends_with(['s', 'x']) {
        single.pop();
    }
    for (feminine, masculine) in FEMININE {
        if let Some(stem) = single.strip_suffix(feminine).filter(|it| it.len() >= 3) {
            return format!("{stem}{masculine}");
        }
    }
    single
}

fn root(form: &str) -> &str {
    ENDINGS
        .iter()
        .filter_map(|ending| form.strip_suffix(ending))
        .find(|it| it.len() >= ROOT_LENGTH_MIN)
        .unwrap_or(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(text: &str) -> Word {
        telling(text).remove(0)
    }

    #[test]
    fn plurals_and_feminine_forms_are_one_word() {
        for (one, other) in [
            ("hôtels", "HOTEL"),
            ("coiffeuses", "coiffeur"),
            ("boulangères", "boulanger"),
            ("infirmière", "infirmiers"),
            ("formatrice", "formateurs"),
            ("immobilières", "immobilier"),
            ("gardiennes", "gardien"),
            ("sportive", "sportif"),
            ("privées", "privé"),
            ("bureaux", "bureau"),
            ("œufs", "oeuf"),
        ] {
            assert_eq!(only(one).form, only(other).form, "{one} {other}");
        }
    }

    #[test]
    fn two_of_a_letter_are_one_and_more_are_no_word() {
        assert_eq!(only("zone").form, only("zonne").form);
        assert_eq!(only("zzzz").form, "zzz");
    }

    #[test]
    fn a_trade_and_its_people_have_one_root() {
        for (one, other) in [
            ("coiffure", "coiffeuse"),
            ("boulangerie", "boulangère"),
            ("chimie", "chimiques"),
            ("restaurants", "restauration"),
            ("formation", "formatrice"),
            ("pharmacien", "pharmacie"),
            ("assureur", "assurances"),
            ("hôtellerie", "hôtelier"),
        ] {
            assert_eq!(only(one).root, only(other).root, "{one} {other}");
        }
        assert_ne!(only("presse").root, only("pressing").root);
    }

    #[test]
    fn small_words_are_passed_over_unless_they_are_all() {
        let texts = |text| telling(text).into_iter().map(|it| it.text).collect::<Vec<_>>();
        assert_eq!(texts("La convention de l’eau"), ["eau"]);
        assert_eq!(texts("CCN66"), ["66"]);
        assert_eq!(texts("convention nationale"), ["convention", "nationale"]);
    }
}

//! Which of our languages a browser prefers (`Accept-Language`, RFC 9110, 12.5.4).

use domain::values::Locale;

/// The preferred language: the one of highest weight, the first of equals; French when none is asked for.
///
/// `fr-CA` counts as French, and `*` as every language that is not named. Weight 0 refuses a language.
pub fn locale_from_accept_language(header: &str) -> Locale {
    let wishes: Vec<Wish<'_>> = header
        .split(',')
        .enumerate()
        .filter_map(|(place, text)| Wish::parse(place, text))
        .collect();
    let best = [Locale::Fr, Locale::En]
        .into_iter()
        .filter_map(|locale| Some((locale, wish_for(locale, &wishes)?)))
        .filter(|(_, wish)| wish.weight > 0)
        // The first of equal maxima: French before English when one `*` stands for both.
        .min_by_key(|(_, wish)| (std::cmp::Reverse(wish.weight), wish.place));
    best.map_or(Locale::Fr, |(locale, _)| locale)
}

/// One language of the header.
#[derive(Clone, Copy)]
struct Wish<'a> {
    language: &'a str,
    /// In thousandths, 0 to 1000.
    weight: u16,
    place: usize,
}

impl<'a> Wish<'a> {
    fn parse(place: usize, text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let language = parts.next()?.split('-').next().filter(|it| !it.is_empty())?;
        let weight = match parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
        {
            Some(quality) => thousandths(quality)?,
            None => 1000,
        };
        Some(Self {
            language,
            weight,
            place,
        })
    }
}

/// A weight of 0 to 1 with up to three decimals; anything else makes the wish void.
fn thousandths(quality: &str) -> Option<u16> {
    let quality: f32 = quality.trim().parse().ok()?;
    // The range check also refuses what is not a number; the product then fits.
    (0.0..=1.0)
        .contains(&quality)
        .then_some((quality * 1000.0).round() as u16)
}

/// What the header says about a language: by its name, else by `*`.
fn wish_for<'a>(locale: Locale, wishes: &[Wish<'a>]) -> Option<Wish<'a>> {
    let strongest = |language: &str| {
        let named = wishes
            .iter()
            .filter(|wish| wish.language.eq_ignore_ascii_case(language));
        named
            .min_by_key(|wish| (std::cmp::Reverse(wish.weight), wish.place))
            .copied()
    };
    strongest(locale.code()).or_else(|| strongest("*"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_of_our_languages_wins() {
        for (header, expected) in [
            ("", Locale::Fr),
            ("en", Locale::En),
            ("EN-gb", Locale::En),
            ("fr-FR,fr;q=0.9,en-US;q=0.8,en;q=0.7", Locale::Fr),
            ("en-US,en;q=0.9,fr;q=0.8", Locale::En),
            ("fr;q=0.2, en;q=0.8", Locale::En),
            ("en, fr", Locale::En),
            ("fr, en", Locale::Fr),
            ("en-GB;q=0.1, fr;q=0.5, en;q=0.9", Locale::En),
            ("de, nl;q=0.5", Locale::Fr),
            ("de, en;q=0.1", Locale::En),
            ("*", Locale::Fr),
            ("fr;q=0, *", Locale::En),
            ("en;q=0", Locale::Fr),
            ("en;q=0.5, *;q=0.1", Locale::En),
            ("en;q=NaN, fr;q=0.001", Locale::Fr),
            ("en;q=7", Locale::Fr),
            ("en ; q=1", Locale::En),
            (",,;;q=,-", Locale::Fr),
            ("english", Locale::Fr),
        ] {
            assert_eq!(locale_from_accept_language(header), expected, "{header}");
        }
    }
}

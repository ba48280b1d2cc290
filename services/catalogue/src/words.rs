//! Every sentence that the service says, in French and English (Project Fluent).

mod dates;
mod files;
mod moment;
mod problem;

use domain::values::Locale;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

pub use problem::ProblemWords;

/// A value that a sentence takes in: made from a text or a number by `into()`.
pub type Argument<'a> = FluentValue<'a>;

/// A word file that cannot be read. Files are part of the program, and tests read each of them.
#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    /// A language's code is no language tag.
    #[error("`{0}` is not a language tag")]
    Language(&'static str),
    /// A file is not Fluent.
    #[error("the words in {0} are not well-formed")]
    Malformed(String),
    /// A key is in two files of one language.
    #[error("the words in {0} have a key twice, or one that another file has")]
    Duplicate(String),
}

/// The words of every language. Made once and shared.
pub struct Words {
    french: FluentBundle<FluentResource>,
    english: FluentBundle<FluentResource>,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Words(fr, en)")
    }
}

impl Words {
    /// Reads the word files.
    pub fn load() -> Result<Self, WordsError> {
        Ok(Self {
            french: bundle(Locale::Fr, files::ALL.iter().map(|file| (file.name, file.french)))?,
            english: bundle(
                Locale::En,
                files::ALL.iter().map(|file| (file.name, file.english)),
            )?,
        })
    }

    /// Says the sentence of this key.
    ///
    /// A key that does not exist is said as itself and logged, so that a page with a slip is still a page.
    pub fn say(&self, locale: Locale, key: &str, arguments: &[(&str, Argument<'_>)]) -> String {
        let bundle = self.bundle(locale);
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(key, locale = locale.code(), "there are no words for this key");
            return key.to_owned();
        };
        let arguments: FluentArgs<'_> = arguments
            .iter()
            .map(|(name, value)| (*name, value.clone()))
            .collect();
        let mut faults = Vec::new();
        let sentence = bundle
            .format_pattern(pattern, Some(&arguments), &mut faults)
            .into_owned();
        if !faults.is_empty() {
            tracing::error!(
                key,
                locale = locale.code(),
                "the words of this key lack an argument"
            );
        }
        sentence
    }

    /// Whether there is a sentence of this key.
    pub fn knows(&self, locale: Locale, key: &str) -> bool {
        self.bundle(locale)
            .get_message(key)
            .is_some_and(|message| message.value().is_some())
    }

    fn bundle(&self, locale: Locale) -> &FluentBundle<FluentResource> {
        match locale {
            Locale::Fr => &self.french,
            Locale::En => &self.english,
        }
    }
}

fn bundle<'a>(
    locale: Locale,
    files: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<FluentBundle<FluentResource>, WordsError> {
    let place = |name: &str| format!("words/{}/{name}.ftl", locale.code());
    let language: LanguageIdentifier = locale
        .code()
        .parse()
        .map_err(|_| WordsError::Language(locale.code()))?;
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Isolation marks protect mixed directions of writing; here they would only end up in mails and JSON.
    bundle.set_use_isolating(false);
    for (name, text) in files {
        let resource =
            FluentResource::try_new(text.to_owned()).map_err(|_| WordsError::Malformed(place(name)))?;
        bundle
            .add_resource(resource)
            .map_err(|_| WordsError::Duplicate(place(name)))?;
    }
    Ok(bundle)
}

#[cfg(test)]
mod tests;

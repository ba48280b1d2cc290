//! The catalogue: what may be chosen, in the organisation's order and words.

use std::path::PathBuf;

use domain::values::{Civility, EmailAddress, Locale, ProfileCode, TopicCode};

use crate::colour::Colour;
use crate::legal::Legal;

/// A text of the organisation's in every language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    /// In French.
    pub fr: String,
    /// In English.
    pub en: String,
}

impl Wording {
    /// The text in this language.
    pub fn in_language(&self, locale: Locale) -> &str {
        match locale {
            Locale::Fr => &self.fr,
            Locale::En => &self.en,
        }
    }
}

/// Something that may be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice<Code> {
    /// The stable code, as in events and in the API.
    pub code: Code,
    /// What people read.
    pub label: Wording,
}

impl<Code> Choice<Code> {
    /// The label in this language.
    pub fn label(&self, locale: Locale) -> &str {
        self.label.in_language(locale)
    }
}

/// The organisation that people register with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its name.
    pub name: String,
    /// The name of the space that an account opens.
    pub space: Wording,
    /// A picture file, `.svg` or `.png`; without one, pages show the name.
    pub logo: Option<PathBuf>,
    /// The colour of buttons, links and marks; legible on white.
    pub accent: Colour,
    /// The same for the dark design; legible on its sheet.
    pub accent_dark: Colour,
}

/// Who the mails come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailSender {
    /// The name shown; without control characters, since it is written into a header.
    pub name: String,
    /// The address.
    pub address: EmailAddress,
}

/// How the two questions of choice are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Questions {
    /// Over the profiles.
    pub profile: Wording,
    /// Over the topics.
    pub topics: Wording,
}

/// The organisation's own wording. Valid from the moment it exists: see [`Catalogue::load`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    /// The organisation.
    pub organisation: Organisation,
    /// Where a person asks for a member number or for help.
    pub contact_url: String,
    /// Who the mails come from.
    pub mail: MailSender,
    /// How the questions of choice are asked.
    pub questions: Questions,
    /// Who answers for the space.
    pub legal: Legal,
    /// How a person may be addressed: both civilities, in the order of the form.
    pub civilities: Vec<Choice<Civility>>,
    /// Answers to the question of profile, at least one.
    pub profiles: Vec<Choice<ProfileCode>>,
    /// Topics that one may be written to about, at least one.
    pub topics: Vec<Choice<TopicCode>>,
}

impl Catalogue {
    /// The topic of this code.
    pub fn topic(&self, code: &str) -> Option<&Choice<TopicCode>> {
        self.topics.iter().find(|it| it.code.as_str() == code)
    }

    /// The profile of this code.
    pub fn profile(&self, code: &str) -> Option<&Choice<ProfileCode>> {
        self.profiles.iter().find(|it| it.code.as_str() == code)
    }

    /// What people read for a civility.
    pub fn civility_label(&self, civility: Civility, locale: Locale) -> &str {
        self.civilities
            .iter()
            .find(|it| it.code == civility)
            .map_or(civility.code(), |it| it.label(locale))
    }

    /// What people read for a topic; its code when the topic was chosen once and has been retired since.
    pub fn topic_label<'a>(&'a self, code: &'a TopicCode, locale: Locale) -> &'a str {
        self.topic(code.as_str())
            .map_or(code.as_str(), |it| it.label(locale))
    }

    /// The chosen topics in the catalogue's order, each once.
    ///
    /// When some are unknown the answer is their places in `chosen`, counted from 0.
    pub fn topics_in_order<Text: AsRef<str>>(&self, chosen: &[Text]) -> Result<Vec<TopicCode>, Vec<usize>> {
        let is_unknown = |place: &usize| {
            chosen
                .get(*place)
                .is_some_and(|it| self.topic(it.as_ref()).is_none())
        };
        let unknown: Vec<usize> = (0..chosen.len()).filter(is_unknown).collect();
        if !unknown.is_empty() {
            return Err(unknown);
        }
        let is_chosen =
            |topic: &&Choice<TopicCode>| chosen.iter().any(|it| it.as_ref() == topic.code.as_str());
        Ok(self
            .topics
            .iter()
            .filter(is_chosen)
            .map(|topic| topic.code.clone())
            .collect())
    }
}

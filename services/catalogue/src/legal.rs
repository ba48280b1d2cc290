//! Who answers for the space, as the law has every site say: who publishes it, who holds the data, how accessible it is.

use crate::catalogue::Wording;
use crate::load::{web_address, wording};
use crate::reader::Table;

/// How much of the accessibility standard is met (decree 2019-768, article 4): the words that a page must show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Accessibility {
    /// Less than half of the criteria, or nobody has looked.
    #[default]
    None,
    /// Half of the criteria or more.
    Partial,
    /// All of them.
    Full,
}

impl Accessibility {
    /// Its code, as the catalogue has it.
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Partial => "partial",
            Self::Full => "full",
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        [Self::None, Self::Partial, Self::Full]
            .into_iter()
            .find(|it| it.code() == text)
            .ok_or_else(|| format!("`{text}` is no such degree: none, partial or full"))
    }
}

/// What the legal pages say beside what the service knows by itself. Nothing of it is invented: what is not given is not
/// told, and `onboarding doctor` names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Legal {
    /// Who publishes the space and holds the data: name, form and address.
    pub publisher: Option<Wording>,
    /// Who directs the publication.
    pub director: Option<Wording>,
    /// Who hosts it: name, address, telephone.
    pub host: Option<Wording>,
    /// Where somebody asks about their data: the data protection officer.
    pub data_protection: Option<Wording>,
    /// How much of the accessibility standard is met.
    pub accessibility: Accessibility,
    /// Pages of the organisation's own that stand in for ours.
    pub notices_url: Option<String>,
    /// See `notices_url`.
    pub privacy_url: Option<String>,
    /// See `notices_url`.
    pub accessibility_url: Option<String>,
}

impl Legal {
    /// The keys that the law asks for and the catalogue does not give.
    pub fn missing(&self) -> Vec<&'static str> {
        let given = [
            (
                "publisher",
                self.publisher.is_some() || self.notices_url.is_some(),
            ),
            ("director", self.director.is_some() || self.notices_url.is_some()),
            ("host", self.host.is_some() || self.notices_url.is_some()),
            (
                "data_protection",
                self.data_protection.is_some() || self.privacy_url.is_some(),
            ),
        ];
        let missing = given.into_iter().filter(|(_, given)| !given);
        missing.map(|(key, _)| key).collect()
    }

    /// What a demonstration says: that nobody publishes it.
    pub fn demonstration() -> Self {
        let wording = |fr: &str, en: &str| {
            Some(Wording {
                fr: fr.to_owned(),
                en: en.to_owned(),
            })
        };
        Self {
            publisher: wording(
                "Démonstration : aucune organisation ne publie ces pages. N’y saisissez pas de données réelles.",
                "Demonstration: no organisation publishes these pages. Do not enter real data.",
            ),
            director: wording(
                "La personne qui a lancé la démonstration.",
                "Whoever started the demonstration.",
            ),
            host: wording(
                "La machine sur laquelle la démonstration tourne.",
                "The machine that the demonstration runs on.",
            ),
            data_protection: wording(
                "La personne qui a lancé la démonstration ; tout est effacé avec son dossier de données.",
                "Whoever started the demonstration; everything goes with its data folder.",
            ),
            ..Self::default()
        }
    }

    pub(crate) fn read(root: &mut Table<'_>) -> Self {
        let Some(mut table) = root.optional_table("legal") else {
            return Self::default();
        };
        let mut text = |key| table.has(key).then(|| wording(&mut table, key)).flatten();
        let (publisher, director) = (text("publisher"), text("director"));
        let (host, data_protection) = (text("host"), text("data_protection"));
        let accessibility = match table.has("accessibility") {
            true => table
                .parsed("accessibility", Accessibility::parse)
                .unwrap_or_default(),
            false => Accessibility::None,
        };
        let mut address = |key| table.has(key).then(|| table.parsed(key, web_address)).flatten();
        let notices_url = address("notices_url");
        let privacy_url = address("privacy_url");
        let accessibility_url = address("accessibility_url");
        table.end();
        Self {
            publisher,
            director,
            host,
            data_protection,
            accessibility,
            notices_url,
            privacy_url,
            accessibility_url,
        }
    }
}

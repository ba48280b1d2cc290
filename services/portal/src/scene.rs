//! What a page is rendered with: words, the organisation's wording, and the visitor's language.

use catalogue::{Argument, Catalogue, Words};
use chrono::{DateTime, Utc};
use domain::values::Locale;
use usecases::Person;

use crate::web::asset::Assets;
use crate::web::notice::Notice;

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// First and last name.
    pub name: String,
    /// Address.
    pub email: String,
    /// When the session was opened (UTC).
    pub since: DateTime<Utc>,
}

impl Member {
    /// The person, since their session was opened.
    pub fn of(person: &Person, since: DateTime<Utc>) -> Self {
        Self {
            name: format!("{} {}", person.first_name, person.last_name),
            email: person.email.clone(),
            since,
        }
    }
}

/// What a page is rendered with.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// Every sentence.
    pub words: &'a Words,
    /// What the organisation calls things.
    pub catalogue: &'a Catalogue,
    /// The visitor's language.
    pub locale: Locale,
    /// What has just been done, to be told on top.
    pub notice: Option<Notice>,
    /// Who is signed in, told on top.
    pub member: Option<&'a Member>,
    /// What the page loads.
    pub assets: &'a Assets,
    /// The token that its forms carry.
    pub form_token: &'a str,
    /// Its own address up to the question mark and beyond, ready for one more parameter.
    pub here: &'a str,
}

impl Scene<'_> {
    /// Says a sentence of the pages.
    pub fn say(&self, key: &str) -> String {
        self.tell(key, &[])
    }

    /// Says a sentence that takes something in.
    pub fn tell(&self, key: &str, arguments: &[(&str, Argument<'_>)]) -> String {
        self.words.say(self.locale, &format!("portal-{key}"), arguments)
    }

    /// Says a sentence that names the organisation.
    pub fn of_organisation(&self, key: &str) -> String {
        self.tell(
            key,
            &[("organisation", self.catalogue.organisation.name.as_str().into())],
        )
    }

    /// The name of the space that an account opens.
    pub fn space(&self) -> &str {
        self.catalogue.organisation.space.in_language(self.locale)
    }
}

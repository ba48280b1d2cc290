//! A letter's content, once: the text and the HTML are two views of it and cannot tell different things.

use catalogue::{Argument, Colour};
use chrono::TimeDelta;

use super::{Letter, LetterKind};
use crate::stationery::Stationery;

/// Everything that stands on a letter, from top to bottom.
pub struct Sheet {
    /// Language tag.
    pub language: &'static str,
    /// Subject.
    pub subject: String,
    /// The line that mailboxes show beside the subject.
    pub preview: String,
    /// The sender's name as a heading.
    pub space: String,
    /// Title.
    pub title: String,
    /// "Hello …,".
    pub greeting: String,
    /// What the letter has to say.
    pub paragraphs: Vec<String>,
    /// What there is to do.
    pub action: Action,
    /// How long the link is good, and that it is personal.
    pub link_terms: Option<String>,
    /// A second way out, less prominent: a sentence and a URL.
    pub second: Option<(String, String)>,
    /// What to do when one never asked.
    pub unasked: Option<String>,
    /// The small print.
    pub footer: Vec<String>,
    /// The organisation's colour.
    pub accent: Colour,
    /// The same for dark screens.
    pub accent_dark: Colour,
}

/// The one thing to do.
pub struct Action {
    /// Words on the button.
    pub button: String,
    /// Where it leads.
    pub url: String,
    /// The sentence before the URL written out.
    pub by_hand: String,
}

/// Fills a sheet in.
pub fn fill(letter: &Letter, stationery: &Stationery) -> Sheet {
    let pen = Pen { letter, stationery };
    Sheet {
        language: letter.locale.code(),
        subject: pen.own("subject"),
        preview: pen.own("preview"),
        space: pen.space().to_owned(),
        title: pen.own("title"),
        greeting: pen.greeting(),
        paragraphs: pen.paragraphs(),
        action: Action {
            button: pen.button(),
            url: pen.url(),
            by_hand: pen.shared("mail-link-by-hand"),
        },
        link_terms: pen.link_terms(),
        second: pen.second(),
        unasked: pen.unasked(),
        footer: pen.footer(),
        accent: stationery.catalogue.organisation.accent,
        accent_dark: stationery.catalogue.organisation.accent_dark,
    }
}

/// Says this letter's sentences.
struct Pen<'a> {
    letter: &'a Letter,
    stationery: &'a Stationery,
}

impl Pen<'_> {
    fn say(&self, key: &str, variables: &[(&str, Argument<'_>)]) -> String {
        self.stationery.words.say(self.letter.locale, key, variables)
    }

    /// A sentence of all letters.
    fn shared(&self, key: &str) -> String {
        self.say(key, &[("space", self.space().into())])
    }

    /// A sentence of this letter alone.
    fn own(&self, part: &str) -> String {
        let when = self.stationery.words.moment(self.letter.locale, self.letter.at);
        let day = self
            .stationery
            .words
            .date(self.letter.locale, self.letter.at.date_naive());
        let key = format!("mail-{}-{part}", self.letter.kind.code());
        let variables = [
            ("space", self.space().into()),
            ("when", when.into()),
            ("day", day.into()),
            ("source", self.source().into()),
        ];
        self.say(&key, &variables)
    }

    /// The register that answered, and of which day its word is where it keeps a copy.
    fn source(&self) -> String {
        let Some(check) = &self.letter.register else {
            return String::new();
        };
        let age = TimeDelta::seconds(check.age_seconds.try_into().unwrap_or(0));
        let day = (check.checked_at - age).date_naive();
        let as_of = self.stationery.words.date(self.letter.locale, day);
        let key = format!("portal-register-{}", check.source.code());
        self.say(&key, &[("as_of", as_of.into())])
    }

    /// The name of the space that an account opens.
    fn space(&self) -> &str {
        self.stationery
            .catalogue
            .organisation
            .space
            .in_language(self.letter.locale)
    }

    fn greeting(&self) -> String {
        let person = &self.letter.recipient;
        let name = format!("{} {}", person.first_name.as_str(), person.last_name.as_str());
        let civility = self
            .stationery
            .catalogue
            .civility_label(person.civility, self.letter.locale);
        self.say(
            "mail-greeting",
            &[("civility", civility.into()), ("name", name.into())],
        )
    }

    fn paragraphs(&self) -> Vec<String> {
        let mut paragraphs = vec![self.own("body")];
        if self.letter.kind == LetterKind::EstablishmentClosed {
            let remedy = if self.letter.is_account {
                "remedy-account"
            } else {
                "remedy"
            };
            paragraphs.push(self.own(remedy));
        }
        paragraphs
    }

    fn button(&self) -> String {
        match self.letter.kind {
            LetterKind::EstablishmentClosed if self.letter.is_account => self.own("button-account"),
            _ => self.own("button"),
        }
    }

    /// The letter's link when it has one; otherwise the sign-in page.
    fn url(&self) -> String {
        match &self.letter.token {
            Some(token) if self.has_link() => self.stationery.link(token),
            // There the link that takes the registration up again is sent to the address that is typed.
            _ if self.letter.kind == LetterKind::EstablishmentClosed && !self.letter.is_account => {
                self.stationery.forgotten_password()
            }
            _ if self.letter.kind == LetterKind::AlreadyRegistered => self.stationery.account_exists(),
            _ => self.stationery.sign_in(),
        }
    }

    fn has_link(&self) -> bool {
        matches!(
            self.letter.kind,
            LetterKind::VerifyEmail | LetterKind::ResetPassword | LetterKind::Resume
        )
    }

    fn link_terms(&self) -> Option<String> {
        let when = self
            .stationery
            .words
            .moment(self.letter.locale, self.letter.expires_at);
        self.has_link().then(|| {
            format!(
                "{} {}",
                self.say("mail-link-until", &[("when", when.into())]),
                self.shared("mail-link-private")
            )
        })
    }

    fn second(&self) -> Option<(String, String)> {
        matches!(
            self.letter.kind,
            LetterKind::AlreadyRegistered | LetterKind::PasswordSet | LetterKind::InactivityWarned
        )
        .then(|| (self.own("second"), self.stationery.forgotten_password()))
    }

    fn unasked(&self) -> Option<String> {
        let is_news = matches!(
            self.letter.kind,
            LetterKind::PasswordSet | LetterKind::EstablishmentClosed | LetterKind::InactivityWarned
        );
        (!is_news).then(|| self.own("unasked"))
    }

    fn footer(&self) -> Vec<String> {
        let contact = self.say(
            "mail-contact",
            &[("url", self.stationery.catalogue.contact_url.as_str().into())],
        );
        vec![self.shared("mail-why"), self.shared("mail-automatic"), contact]
    }
}

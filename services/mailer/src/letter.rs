//! The letters that the service writes, and what each needs to be written.

mod html;
mod sheet;
mod style;
mod text;

use chrono::{DateTime, Utc};
use domain::registration::event::{LinkPurpose, Notice, RegisterCheck};
use domain::values::{Identity, Locale};

use crate::stationery::Stationery;

/// Which letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterKind {
    /// Proves an address, and leads to choosing a password.
    VerifyEmail,
    /// Says that the address has an account already.
    AlreadyRegistered,
    /// Leads to choosing another password.
    ResetPassword,
    /// Leads back into an unfinished registration.
    Resume,
    /// Tells that a password was set.
    PasswordSet,
    /// Tells that the register does not know the named establishment as open.
    EstablishmentClosed,
    /// Warns that an unused account will be closed.
    InactivityWarned,
}

impl LetterKind {
    /// Every letter.
    pub const ALL: [Self; 7] = [
        Self::VerifyEmail,
        Self::AlreadyRegistered,
        Self::ResetPassword,
        Self::Resume,
        Self::PasswordSet,
        Self::EstablishmentClosed,
        Self::InactivityWarned,
    ];

    /// The stable code: part of the words' keys, and the label `letter` of the metrics.
    pub fn code(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::AlreadyRegistered => "already_registered",
            Self::ResetPassword => "reset_password",
            Self::Resume => "resume",
            Self::PasswordSet => "password_set",
            Self::EstablishmentClosed => "establishment_closed",
            Self::InactivityWarned => "inactivity_warned",
        }
    }

    /// The letter of this code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

impl From<LinkPurpose> for LetterKind {
    fn from(purpose: LinkPurpose) -> Self {
        match purpose {
            LinkPurpose::VerifyEmail => Self::VerifyEmail,
            LinkPurpose::AlreadyRegistered => Self::AlreadyRegistered,
            LinkPurpose::ResetPassword => Self::ResetPassword,
            LinkPurpose::Resume => Self::Resume,
        }
    }
}

impl From<Notice> for LetterKind {
    fn from(notice: Notice) -> Self {
        match notice {
            Notice::PasswordSet => Self::PasswordSet,
            Notice::EstablishmentClosed => Self::EstablishmentClosed,
            Notice::InactivityWarned => Self::InactivityWarned,
        }
    }
}

/// A letter to one person, not yet written.
#[derive(Clone)]
pub struct Letter {
    /// Which.
    pub kind: LetterKind,
    /// To whom.
    pub recipient: Identity,
    /// In which language.
    pub locale: Locale,
    /// The token of its link. Letters that say nothing of a link have none, and one for a known account ignores it.
    pub token: Option<String>,
    /// When what it tells of happened (UTC).
    pub at: DateTime<Utc>,
    /// What a register said, where the letter tells of that.
    pub register: Option<RegisterCheck>,
    /// Whether its reader has an account.
    pub is_account: bool,
    /// When it is no longer worth sending (UTC): the end of its link.
    pub expires_at: DateTime<Utc>,
}

/// Leaves out whom it is for and the token.
impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Letter")
            .field("kind", &self.kind)
            .field("locale", &self.locale)
            .finish_non_exhaustive()
    }
}

/// A letter in words: the same content twice, so that any reader of mails can show it.
#[derive(Clone)]
pub struct Written {
    /// Subject.
    pub subject: String,
    /// Plain text; its first URL is the letter's link.
    pub text: String,
    /// HTML, complete in itself: nothing is loaded from anywhere.
    pub html: String,
}

/// Leaves the words out: they name the person and carry the link.
impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Written([personal])")
    }
}

/// Writes a letter.
pub fn write(letter: &Letter, stationery: &Stationery) -> Written {
    let sheet = sheet::fill(letter, stationery);
    Written {
        text: text::page(&sheet),
        html: html::page(&sheet),
        subject: sheet.subject,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples;
    use crate::transport::files::first_link;

    fn every_letter() -> impl Iterator<Item = (Letter, Written)> {
        let stationery = examples::stationery();
        let kinds = LetterKind::ALL
            .into_iter()
            .flat_map(|kind| [(kind, Locale::Fr), (kind, Locale::En)]);
        kinds.map(move |(kind, locale)| {
            let letter = examples::letter(kind, locale);
            let written = write(&letter, &stationery);
            (letter, written)
        })
    }

    #[test]
    fn every_letter_is_in_words_in_both_languages() {
        for (letter, written) in every_letter() {
            let all = [&written.subject, &written.text, &written.html]
                .map(String::as_str)
                .join("\n");
            assert!(!all.contains("mail-"), "a sentence is missing: {letter:?}\n{all}");
            assert!(
                !all.contains("{$") && !all.contains("{ $"),
                "a variable is missing: {letter:?}\n{all}"
            );
            let greeting = if letter.locale == Locale::Fr {
                "Bonjour Madame"
            } else {
                "Hello Ms"
            };
            assert!(
                written.text.starts_with(&format!("{greeting} Clare DUPONT,\n")),
                "{}",
                written.text
            );
        }
    }

    #[test]
    fn whoever_has_an_account_is_not_led_back_into_a_registration() {
        let mut letter = examples::letter(LetterKind::EstablishmentClosed, Locale::Fr);
        letter.is_account = true;
        let written = write(&letter, &examples::stationery());
        assert_eq!(
            first_link(&written.text),
            Some("https://espace.example.org/".to_owned())
        );
        assert!(!written.text.contains("reprenez votre inscription"));
        assert!(written.text.contains("d’après le répertoire Sirene de l’INSEE"));
    }

    #[test]
    fn the_first_url_of_the_text_is_what_the_letter_is_for() {
        for (letter, written) in every_letter() {
            let token = letter.token.unwrap();
            let expected = match letter.kind {
                LetterKind::VerifyEmail | LetterKind::ResetPassword | LetterKind::Resume => {
                    format!("https://espace.example.org/verify/{token}")
                }
                LetterKind::AlreadyRegistered => {
                    "https://espace.example.org/?notice=account-exists".to_owned()
                }
                // Where the link that takes the registration up again is asked for.
                LetterKind::EstablishmentClosed => "https://espace.example.org/password-reset".to_owned(),
                _ => "https://espace.example.org/".to_owned(),
            };
            assert_eq!(first_link(&written.text), Some(expected.clone()));
            assert!(written.html.contains(&format!("href=\"{expected}\"")));
        }
    }

    #[test]
    fn no_letter_loads_anything_or_lets_itself_be_counted() {
        for (_, written) in every_letter() {
            assert!(!written.html.contains("http://"), "only what is linked");
            for harmful in ["<img", "<link", "<script", "url(", "@import", "http-equiv"] {
                assert!(!written.html.contains(harmful), "{harmful}");
            }
        }
    }

    #[test]
    fn a_letter_holds_in_readers_that_know_little() {
        for (letter, written) in every_letter() {
            let html = &written.html;
            for needed in [
                "role=\"presentation\"",
                "bgcolor=\"#0b6157\"",
                "mso-padding-alt:15px 30px",
                "<!--[if mso]>",
                "prefers-color-scheme:dark",
                "max-width:600px",
            ] {
                assert!(html.contains(needed), "{letter:?}: {needed}");
            }
            assert_eq!(html.matches("<h1").count(), 1);
            assert!(html.contains(&format!("lang=\"{}\"", letter.locale.code())));
            // Gmail cuts longer mails off.
            assert!(html.len() < 100_000, "{letter:?}: {} bytes", html.len());
        }
    }

    /// Both parts tell the same: every block of the text stands in the HTML too.
    #[test]
    fn the_html_says_what_the_text_says() {
        for (letter, written) in every_letter() {
            for line in written
                .text
                .lines()
                .filter(|it| !it.trim().is_empty() && *it != "-- ")
            {
                let line = line.trim_end_matches(['\u{a0}', ':']);
                let words = line.rsplit_once(' ').filter(|(_, url)| url.starts_with("http"));
                let (words, url) = words.unwrap_or((line, ""));
                let html = written.html.replace("&quot;", "\"");
                assert!(html.contains(words) && html.contains(url), "{letter:?}: {line}");
            }
        }
    }

    #[test]
    fn a_name_cannot_become_markup() {
        let mut letter = examples::letter(LetterKind::VerifyEmail, Locale::Fr);
        letter.recipient.last_name = domain::values::PersonName::parse("D'Exemple").unwrap();
        let mut stationery = examples::stationery();
        stationery.public_url = "https://espace.example.org/<b>\"".to_owned();
        let written = write(&letter, &stationery);
        assert!(!written.html.contains("<b>"));
        assert!(written.text.contains("Clare D'Exemple"));
    }

    #[test]
    fn every_letter_is_known_by_its_code() {
        for kind in LetterKind::ALL {
            assert_eq!(LetterKind::parse(kind.code()), Some(kind));
        }
        assert_eq!(LetterKind::parse("x"), None);
    }

    /// What people read, word for word: `golden/<language>/<letter>.txt`. With `UPDATE_GOLDEN` set the files are written.
    #[test]
    fn the_texts_are_the_ones_agreed_on() {
        for (letter, written) in every_letter() {
            let name = format!("{}/{}.txt", letter.locale.code(), letter.kind.code());
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("golden")
                .join(name);
            let found = format!("Subject: {}\n\n{}", written.subject, written.text);
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(&path, &found).unwrap();
            }
            assert_eq!(
                std::fs::read_to_string(&path).unwrap(),
                found,
                "{}",
                path.display()
            );
        }
    }
}

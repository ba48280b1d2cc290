//! Invented letters, for the tests and for the page that shows what letters look like.

use chrono::{DateTime, TimeDelta, Utc};
use domain::registration::event::{RegisterCheck, RegisterSource, RegisterStatus};
use domain::values::{Civility, EmailAddress, Identity, Locale, PersonName};

use crate::letter::{Letter, LetterKind};

/// As long as a real token, and recognisable as none.
const TOKEN: &str = "apercu0000000000000000000000000000000000000000000000000000000000";

/// An invented person; nothing when this release no longer accepts the names, which a test would tell.
fn person() -> Option<Identity> {
    Some(Identity {
        civility: Civility::Mme,
        last_name: PersonName::parse("DUPONT").ok()?,
        first_name: PersonName::parse("Clare").ok()?,
        email: EmailAddress::parse("clare.dupont@exemple.com").ok()?,
    })
}

/// A letter to the invented person, asked for at `at`.
pub fn letter_at(kind: LetterKind, locale: Locale, at: DateTime<Utc>) -> Option<Letter> {
    let expires_at = at + TimeDelta::hours(24);
    Some(Letter {
        kind,
        recipient: person()?,
        locale,
        token: Some(TOKEN.to_owned()),
        at,
        register: Some(RegisterCheck {
            status: RegisterStatus::Closed,
            source: RegisterSource::Insee,
            checked_at: at,
            age_seconds: 0,
            closed_on: None,
            successor: None,
            hint: None,
        }),
        is_account: false,
        expires_at,
    })
}

#[cfg(test)]
pub use for_tests::{letter, mail, registration, sender, stationery};

#[cfg(test)]
mod for_tests {
    use std::sync::Arc;

    use catalogue::{Catalogue, Words};

    use super::*;
    use crate::compose::{Mail, Sender, TextForm, compose};
    use crate::letter::write;
    use crate::stationery::Stationery;

    /// A letter of November 2026.
    pub fn letter(kind: LetterKind, locale: Locale) -> Letter {
        letter_at(kind, locale, "2026-11-23T07:00:00Z".parse().unwrap()).unwrap()
    }

    /// The built-in catalogue, and an invented portal.
    pub fn stationery() -> Stationery {
        Stationery {
            catalogue: Arc::new(Catalogue::load(None).unwrap()),
            words: Arc::new(Words::load().unwrap()),
            public_url: "https://espace.example.org".to_owned(),
        }
    }

    /// An invented registration.
    pub fn registration() -> domain::values::RegistrationId {
        domain::values::RegistrationId(uuid::Uuid::from_u128(0x0198_f000_0000_7000_8000_0000_0000_0001))
    }

    /// An invented sender.
    pub fn sender() -> Sender {
        Sender::parse("Mon Espace AKTO <ne-pas-repondre@example.org>").unwrap()
    }

    /// A whole mail, and the token in its link.
    pub fn mail(form: TextForm) -> (Mail, &'static str) {
        let letter = letter(LetterKind::VerifyEmail, Locale::Fr);
        let written = write(&letter, &stationery());
        let about = (registration(), "0198f000-0000-7000-8000-000000000002@example.org");
        let sent_at = letter.at + TimeDelta::seconds(5);
        (
            compose(&sender(), about, sent_at, &letter, &written, form).unwrap(),
            TOKEN,
        )
    }
}

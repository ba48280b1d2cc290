//! What a message of the feed asks the mailer to do.

use chrono::{DateTime, TimeDelta, Utc};
use domain::EventMessage;
use domain::registration::Event;
use domain::registration::event::{Notice, RegisterStatus};
use domain::values::{RegistrationId, RequestId};
use usecases::LetterSubject as Subject;

use crate::ledger::MailKey;

/// How long a notice is worth sending after what it tells of.
const NOTICE_LIFETIME: TimeDelta = TimeDelta::days(3);

/// Names of the events that may ask for a mail: what the mailer's consumer is filtered on.
pub const EVENTS: [&str; 4] = [
    "VerificationRequested",
    "PasswordSet",
    "RegisterCheckCompleted",
    "InactivityWarned",
];

/// One mail to be sent.
#[derive(Clone, Debug)]
pub struct Errand {
    /// Whose registration.
    pub registration: RegistrationId,
    /// Which letter.
    pub subject: Subject,
    /// When it is no longer worth sending (UTC).
    pub expires_at: DateTime<Utc>,
    /// How the ledger knows it.
    pub mail: MailKey,
    /// W3C trace context of whoever caused it.
    pub traceparent: Option<String>,
}

/// Where and when an event asks for a mail.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Whose event it is.
    pub registration: RegistrationId,
    /// Its place within the registration.
    pub sequence: u64,
    /// When it was stored (UTC).
    pub at: DateTime<Utc>,
    /// W3C trace context of whoever caused it.
    pub traceparent: Option<String>,
}

impl Errand {
    /// The errand of a message; nothing when its event asks for no mail. `domain` is that of the sender's address.
    ///
    /// # Errors
    /// When the event is not one that this release knows.
    pub fn of(message: &EventMessage, domain: &str) -> Result<Option<Self>, serde_json::Error> {
        let asked = Asked {
            registration: message.subject,
            sequence: message.sequence,
            at: message.time,
            traceparent: message.traceparent.clone(),
        };
        Ok(Self::asked_by(asked, &message.event()?, domain))
    }

    /// The errand of an event, as [`Errand::of`].
    pub fn asked_by(asked: Asked, event: &Event, domain: &str) -> Option<Self> {
        let until = asked.at + NOTICE_LIFETIME;
        let notice = |notice| (Subject::Notice(notice, asked.sequence), until);
        let (subject, expires_at) = match event {
            Event::VerificationRequested(it) => (Subject::Link(it.request_id), it.expires_at),
            Event::PasswordSet(_) => notice(Notice::PasswordSet),
            Event::RegisterCheckCompleted(it) if takes_away(it.register_check.status) => {
                notice(Notice::EstablishmentClosed)
            }
            Event::InactivityWarned(_) => notice(Notice::InactivityWarned),
            _ => return None,
        };
        let registration = asked.registration;
        let key = key_of(registration, subject);
        let mail = MailKey {
            message_id: format!("{key}@{domain}"),
            key,
            registration,
        };
        Some(Self {
            registration,
            subject,
            expires_at,
            mail,
            traceparent: asked.traceparent,
        })
    }
}

/// Whether an answer of the register takes the establishment away, so that the person must be told.
fn takes_away(status: RegisterStatus) -> bool {
    matches!(status, RegisterStatus::Closed | RegisterStatus::NotFound)
}

const NOTICES: [(Notice, &str); 3] = [
    (Notice::PasswordSet, "password_set"),
    (Notice::EstablishmentClosed, "establishment_closed"),
    (Notice::InactivityWarned, "inactivity_warned"),
];

fn key_of(registration: RegistrationId, subject: Subject) -> String {
    match subject {
        Subject::Link(request_id) => request_id.to_string(),
        Subject::Notice(notice, about) => {
            let name = NOTICES.iter().find(|it| it.0 == notice).map_or("", |it| it.1);
            format!("{registration}.{about}.{name}")
        }
    }
}

/// Which letter the ledger knows by this key.
pub(crate) fn subject_of(key: &str) -> Option<Subject> {
    let mut parts = key.split('.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(request), None, None) => request.parse().ok().map(RequestId).map(Subject::Link),
        (Some(_), Some(about), Some(name)) => {
            let (notice, _) = NOTICES.iter().find(|it| it.1 == name)?;
            Some(Subject::Notice(*notice, about.parse().ok()?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::message::LoggedEvent;

    const REGISTRATION: &str = "0198f000-0000-7000-8000-000000000001";

    fn errand(payload: &str) -> Option<Errand> {
        let event: Event = serde_json::from_str(payload).unwrap();
        let message = EventMessage::of(LoggedEvent {
            event_id: uuid::Uuid::from_u128(9),
            registration: REGISTRATION.parse().unwrap(),
            sequence: 7,
            position: 70,
            event_type: event.name(),
            event_version: "1",
            recorded_at: "2026-11-23T07:00:00Z".parse().unwrap(),
            payload,
        });
        Errand::of(&message.unwrap(), "example.org").unwrap()
    }

    #[test]
    fn a_request_asks_for_its_letter() {
        let errand = errand(
            r#"{"type":"VerificationRequested","request_id":"0198f000-0000-7000-8000-000000000002","purpose":"verify_email",
                "requested_at":"2026-11-23T07:00:00Z","expires_at":"2026-11-24T07:00:00Z"}"#,
        )
        .unwrap();
        assert_eq!(
            errand.mail.message_id,
            "0198f000-0000-7000-8000-000000000002@example.org"
        );
        assert_eq!(errand.expires_at.to_rfc3339(), "2026-11-24T07:00:00+00:00");
    }

    #[test]
    fn a_password_and_a_closed_establishment_ask_for_a_notice() {
        let password = r#"{"type":"PasswordSet","policy":"guide","algorithm":"argon2id","request_id":"0198f000-0000-7000-8000-000000000002"}"#;
        let errand_of_password = errand(password).unwrap();
        assert_eq!(
            errand_of_password.subject,
            Subject::Notice(Notice::PasswordSet, 7)
        );
        assert_eq!(
            errand_of_password.mail.key,
            format!("{REGISTRATION}.7.password_set")
        );

        let check = |status: &str| {
            format!(
                r#"{{"type":"RegisterCheckCompleted","siret":"00000000000018","register_check":
                    {{"status":"{status}","source":"insee","checked_at":"2026-11-23T07:00:00Z"}}}}"#
            )
        };
        for (status, expected) in [
            ("closed", true),
            ("not_found", true),
            ("active", false),
            ("pending", false),
        ] {
            assert_eq!(errand(&check(status)).is_some(), expected, "{status}");
        }
    }

    #[test]
    fn a_key_says_which_letter_it_is_of() {
        let registration: RegistrationId = REGISTRATION.parse().unwrap();
        let request = Subject::Link(RequestId(uuid::Uuid::from_u128(2)));
        let notices = NOTICES.map(|(notice, _)| Subject::Notice(notice, 7));
        for subject in notices.into_iter().chain([request]) {
            assert_eq!(subject_of(&key_of(registration, subject)), Some(subject));
        }
        for key in ["", "x", "x.7", "x.7.y", "x.y.password_set"] {
            assert_eq!(subject_of(key), None, "{key}");
        }
    }

    #[test]
    fn other_events_ask_for_nothing() {
        assert!(errand(r#"{"type":"RegistrationExpired"}"#).is_none());
    }
}

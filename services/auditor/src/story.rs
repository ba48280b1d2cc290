//! One registration as a story that a person can read: when, what, and what it means.
//!
//! Sealed members are shown as sealed, whether their key lives or not: the story is about the path.

mod english;
mod french;

use chrono::{DateTime, SecondsFormat, Utc};
use domain::registration::event::Event;
use domain::values::{Locale, RegistrationId};
use domain::{Registration, Stage, evolve};
use serde::Serialize;
use sqlx::PgPool;
use store::Store;

use crate::conformance::compare;
use crate::error::AuditError;
use crate::history::history;

/// A day, in seconds.
const DAY_SECONDS: u64 = 24 * 3600;

/// Reads one registration, both through the store and through postgres-es.
#[derive(Clone, Debug)]
pub struct Reader {
    store: Store,
    pool: PgPool,
}

/// A registration's story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Story {
    /// Whose.
    pub registration: RegistrationId,
    /// Up to when it is told (UTC); to this day when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// The language that it is told in.
    pub locale: Locale,
    /// Where the registration stood at the end of the story; see [`domain::Stage`].
    pub stage: Stage,
    /// What happened, in order.
    pub chapters: Vec<Chapter>,
    /// How many events were read both through the store and through postgres-es, told or not.
    pub compared: usize,
    /// What the two readers read differently, without any stored value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<String>,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chapter {
    /// Place within the registration, from 1.
    pub sequence: u64,
    /// Place in the whole log; none while the event waits for it.
    pub position: u64,
    /// When it was recorded (UTC, the database's clock).
    pub recorded_at: DateTime<Utc>,
    /// The event's name.
    pub event: String,
    /// What it says, in the story's language.
    pub says: String,
    /// Which members are sealed under the person's key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sealed: Vec<&'static str>,
}

impl Reader {
    /// A reader; postgres-es reads on `pool`.
    pub fn new(store: &Store, pool: &PgPool) -> Self {
        Self {
            store: store.clone(),
            pool: pool.clone(),
        }
    }

    /// The story of a registration as far as it had come `at` this moment; none when there is no such registration.
    ///
    /// # Errors
    /// When its events cannot be read, or one is missing between others.
    pub async fn show(
        &self,
        registration: RegistrationId,
        at: Option<DateTime<Utc>>,
        locale: Locale,
    ) -> Result<Option<Story>, AuditError> {
        let history = history(&self.store, registration).await?;
        if history.is_empty() {
            return Ok(None);
        }
        let compared = compare(&self.store, &self.pool, registration).await?;
        let mut state = Registration::default();
        let mut chapters = Vec::with_capacity(history.len());
        for stored in history {
            // Times mostly rise with the sequence, and the story never leaves one out from the middle.
            if at.is_some_and(|at| stored.recorded_at > at) {
                break;
            }
            let event: Option<Event> =
                Event::read(&stored.event_type, &stored.event_version, &stored.payload).ok();
            if let Some(event) = &event {
                evolve(&mut state, event);
            }
            chapters.push(Chapter {
                sequence: stored.sequence,
                position: stored.position,
                recorded_at: stored.recorded_at,
                says: event
                    .as_ref()
                    .map_or_else(|| unknown(locale).to_owned(), |it| sentence(locale, it)),
                sealed: event.as_ref().map_or_else(Vec::new, sealed_members),
                event: stored.event_type,
            });
        }
        Ok(Some(Story {
            registration,
            at,
            locale,
            stage: state.stage(),
            chapters,
            compared: compared.events,
            difference: compared.difference,
        }))
    }
}

impl Story {
    /// Whether the store and postgres-es read the same.
    pub fn conforms(&self) -> bool {
        self.difference.is_none()
    }
}

impl std::fmt::Display for Story {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words = match self.locale {
            Locale::Fr => french::FRAME,
            Locale::En => english::FRAME,
        };
        writeln!(f, "{} {}", words.registration, self.registration)?;
        if self.chapters.is_empty() {
            return write!(f, "\n{}", words.not_begun);
        }
        for chapter in &self.chapters {
            writeln!(
                f,
                "\n{:>3}. {}  {}  ({} {})",
                chapter.sequence,
                chapter.recorded_at.to_rfc3339_opts(SecondsFormat::Millis, true),
                chapter.event,
                words.position,
                chapter.position
            )?;
            writeln!(f, "     {}", chapter.says)?;
            if !chapter.sealed.is_empty() {
                writeln!(f, "     [{} {}]", words.sealed, words.person_key)?;
            }
        }
        let stage = match self.locale {
            Locale::Fr => french::stage(self.stage),
            Locale::En => english::stage(self.stage),
        };
        writeln!(f, "\n{} {stage} ({})", words.stage, self.stage.name())?;
        match &self.difference {
            None => write!(f, "{} ({})", words.conforms, self.compared),
            Some(difference) => write!(f, "{} {difference}", words.differs),
        }
    }
}

/// The words around the chapters.
struct Frame {
    registration: &'static str,
    not_begun: &'static str,
    position: &'static str,
    sealed: &'static str,
    person_key: &'static str,
    stage: &'static str,
    conforms: &'static str,
    differs: &'static str,
}

fn sentence(locale: Locale, event: &Event) -> String {
    match locale {
        Locale::Fr => french::sentence(event),
        Locale::En => english::sentence(event),
    }
}

/// Said of an event of a later release.
fn unknown(locale: Locale) -> &'static str {
    match locale {
        Locale::Fr => "Cette version du service ne connaît pas cet événement.",
        Locale::En => "This release of the service does not know this event.",
    }
}

fn sealed_members(event: &Event) -> Vec<&'static str> {
    match event {
        Event::IdentitySubmitted(_) | Event::IdentityRectified(_) | Event::ContactMatched(_) => {
            vec!["sealed"]
        }
        _ => Vec::new(),
    }
}

/// Values in a row, as both languages write them.
fn list(values: impl IntoIterator<Item = impl Into<String>>) -> String {
    values.into_iter().map(Into::into).collect::<Vec<_>>().join(", ")
}

/// A moment, as both languages write it here.
fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_tell_an_event_and_neither_tells_what_is_sealed() {
        let event: Event = serde_json::from_str(
            r#"{"type":"ContactMatched","establishments":2,"sealed":
                {"v":1,"key":"00000000-0000-0000-0000-000000000001","nonce":"bm9uY2U=","ciphertext":"c2VhbGVk"}}"#,
        )
        .unwrap();
        for locale in [Locale::Fr, Locale::En] {
            let text = sentence(locale, &event);
            assert!(text.contains('2') && !text.contains("c2VhbGVk"), "{text}");
        }
        assert_eq!(sealed_members(&event), ["sealed"]);
    }
}

//! Official registers, asked about establishments that the organisation does not know.
//!
//! Sources are asked in order: INSEE, then the public search for enterprises, then the local copy of INSEE's stock
//! file. What each one's answer may do is said by the domain ([`domain::registration::registers`]): one that only hints is
//! kept while the next is asked. All together they have [`SOURCES_TIME`]; whatever goes wrong (an error, HTML, an empty or truncated body,
//! a slow drip, a spent budget, an open breaker) is silence, and when all are silent the answer is `pending`:
//! the registration goes on and a worker asks again. Of an answer only state, dates and a successor's SIRET
//! are kept; the names that registers send along are never read.
//!
//! The invented register of the demonstration answers only where no real source is configured.

mod demonstration;
mod finding;
mod health;
mod insee;
mod insee_body;
mod local_copy;
mod recent;
mod recherche;
mod recherche_body;
mod remote;
mod settings;
mod source;

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::registration::event::{RegisterCheck, RegisterSource, RegisterStatus};
use domain::registration::registers::Effect;
use domain::values::{Idcc, Siret};
use sqlx::PgPool;
use tokio::time::Instant;

use finding::{Finding, Outcome};
pub use health::{BreakerState, HealthReport, Urgency};
use recent::Recent;
pub use settings::{RegisterSettings, SettingsError};
use source::Source;

use crate::stock::Stock;

/// What all sources together may take. A little under the three seconds that a step may wait for them, so that the
/// step's own answer is in time.
pub const SOURCES_TIME: Duration = Duration::from_millis(2_800);
/// What looking for agreements to suggest may take once the state is known.
const SUGGESTIONS_TIME: Duration = Duration::from_millis(1_000);

/// What the registers say of an establishment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterAnswer {
    /// The check, as it stands in events.
    pub check: RegisterCheck,
    /// Agreements that a source names for the establishment, in force, best first.
    pub suggested_idcc: Vec<Idcc>,
}

/// A source as an operator is told of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct SourceReport {
    /// Its name, as in events and metrics.
    pub source: &'static str,
    /// How it is doing; absent where it is not reached over the network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<HealthReport>,
}

/// An establishment that every register knows as active: that of the State's own digital service.
pub const KNOWN_TO_ALL: &str = "13002526500013";

/// What a register answered when it was asked about an establishment that it must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProbeReport {
    /// Its name, as in events and metrics.
    pub source: &'static str,
    /// `active` as it should be, `closed` or `not_found`, or why there was no answer; as in metrics. `body` is what a
    /// gateway, a proxy or a wrong address answers: something that is no answer of this register.
    pub outcome: &'static str,
    /// The HTTP status, where that was the reason.
    pub status: Option<u16>,
}

/// The sources of one service, in order.
#[derive(Debug)]
pub struct Registers {
    sources: Vec<Source>,
    recent: Recent,
}

impl Registers {
    /// The sources that are configured, and the local copy of INSEE's stock, which is silent while there is none.
    /// In the database stands how each register is doing, for all roles that ask it.
    ///
    /// Errors: an address is not one, or no HTTP client can be made.
    pub fn new(
        settings: &RegisterSettings,
        pool: &PgPool,
        local_copy: Option<Stock>,
    ) -> Result<Self, SettingsError> {
        let mut sources = settings.remote_sources(pool)?;
        if sources.is_empty() && settings.demonstration {
            sources.push(Source::demonstration());
        }
        sources.extend(local_copy.map(Source::local_copy));
        Ok(Self {
            sources,
            recent: Recent::default(),
        })
    }

    /// Asks the sources in order until one answers.
    ///
    /// `now` is the store's clock. The answer may be up to a minute old: `check.checked_at` says when the source was asked.
    pub async fn check(&self, siret: &Siret, now: DateTime<Utc>, urgency: Urgency) -> RegisterAnswer {
        if let Some(answer) = self.recent.get(siret) {
            return answer;
        }
        let deadline = Instant::now() + SOURCES_TIME;
        let mut hint: Option<RegisterCheck> = None;
        for (place, source) in self.sources.iter().enumerate() {
            // The source has counted and logged its silence itself.
            let Ok(finding) = source.ask(siret, self.share(place, deadline), urgency).await else {
                continue;
            };
            let mut answer = answer_of(finding, source.name(), now);
            match answer.check.effect() {
                // The first is the freshest.
                Effect::Hints => _ = hint.get_or_insert(answer.check),
                // A copy that is older than the word of a closing says nothing against it.
                Effect::GoesOn if is_closing(hint.as_ref()) => {}
                effect => {
                    if effect == Effect::GoesOn && answer.suggested_idcc.is_empty() {
                        answer.suggested_idcc = self.suggestions(place, siret, deadline, urgency).await;
                    }
                    if source.is_remote() {
                        self.recent.keep(siret, &answer);
                    }
                    return answer;
                }
            }
        }
        hint.map_or_else(|| pending(now), hinted)
    }

    /// Asks each source that is reached over the network about an establishment that it must know.
    pub async fn probe(&self) -> Vec<ProbeReport> {
        let mut reports = Vec::new();
        let Ok(siret) = Siret::parse(KNOWN_TO_ALL) else {
            return reports;
        };
        for source in self.sources.iter().filter(|it| it.is_remote()) {
            let answer = source.ask(&siret, SOURCES_TIME, Urgency::Person).await;
            let (outcome, status) = match answer {
                Ok(finding) => (finding.outcome.label(), None),
                Err(silence) => (silence.label(), silence.status()),
            };
            reports.push(ProbeReport {
                source: source.label(),
                outcome,
                status,
            });
        }
        reports
    }

    /// Which sources are asked, in order, and how those over the network are doing.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn report(&self) -> Result<Vec<SourceReport>, sqlx::Error> {
        let mut reports = Vec::new();
        for source in &self.sources {
            let health = match source.health() {
                Some(health) => Some(health.report().await?),
                None => None,
            };
            reports.push(SourceReport {
                source: source.label(),
                health,
            });
        }
        Ok(reports)
    }

    /// The part of the time left that a source may use: sources with more weight get more of it.
    fn share(&self, place: usize, deadline: Instant) -> Duration {
        let left = deadline.saturating_duration_since(Instant::now());
        let weights: u32 = self.sources[place..].iter().map(Source::weight).sum();
        left * self.sources[place].weight() / weights.max(1)
    }

    /// What a later source suggests for an establishment that an earlier one called active: INSEE knows no agreements.
    async fn suggestions(
        &self,
        place: usize,
        siret: &Siret,
        deadline: Instant,
        urgency: Urgency,
    ) -> Vec<Idcc> {
        for source in self.sources[place + 1..].iter().filter(|it| it.suggests()) {
            let time = SUGGESTIONS_TIME.min(deadline.saturating_duration_since(Instant::now()));
            if let Ok(Finding {
                outcome: Outcome::Active { suggested },
                ..
            }) = source.ask(siret, time, urgency).await
            {
                return suggested;
            }
        }
        Vec::new()
    }
}

fn answer_of(finding: Finding, source: RegisterSource, now: DateTime<Utc>) -> RegisterAnswer {
    let age = finding.as_of.map_or(0, |as_of| (now - as_of).num_seconds());
    let mut check = RegisterCheck {
        status: RegisterStatus::Active,
        source,
        checked_at: now,
        age_seconds: age.try_into().unwrap_or(0),
        closed_on: None,
        successor: None,
        hint: None,
    };
    let mut suggested_idcc = Vec::new();
    match finding.outcome {
        Outcome::Active { suggested } => suggested_idcc = suggested,
        Outcome::Closed { closed_on, successor } => {
            check.status = RegisterStatus::Closed;
            check.closed_on = closed_on;
            check.successor = successor;
        }
        Outcome::NotFound => check.status = RegisterStatus::NotFound,
    }
    RegisterAnswer {
        check,
        suggested_idcc,
    }
}

fn is_closing(hint: Option<&RegisterCheck>) -> bool {
    hint.is_some_and(|it| it.status == RegisterStatus::Closed)
}

fn hinted(hint: RegisterCheck) -> RegisterAnswer {
    RegisterAnswer {
        check: hint.counted(),
        suggested_idcc: Vec::new(),
    }
}

fn pending(now: DateTime<Utc>) -> RegisterAnswer {
    let check = RegisterCheck {
        status: RegisterStatus::Pending,
        source: RegisterSource::None,
        checked_at: now,
        age_seconds: 0,
        closed_on: None,
        successor: None,
        hint: None,
    };
    RegisterAnswer {
        check,
        suggested_idcc: Vec::new(),
    }
}

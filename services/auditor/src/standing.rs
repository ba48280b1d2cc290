//! What stood at a moment: every registration's state and the read models, folded in memory from the log as of then.
//!
//! The same folds as the projector's, so the rows are those that the tables held. Memory grows with the number of
//! registrations, some kilobyte each, not with that of events.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, SecondsFormat, Utc};
use domain::Event;
use domain::values::RegistrationId;
use projections::{Happened, Memory, funnel, people, registrations};
use serde_json::{Value, json};
use store::Store;

use crate::error::AuditError;

/// How many events are in memory at once.
const PAGE: u32 = 1_000;

/// Hands each row, as one JSON object, to `take`: the registrations, the people, and the funnel's counts; answers how
/// many events they rest on. Events that this release does not know change nothing, as everywhere.
///
/// # Errors
/// A hole in the log, `take`'s failure, or what kept the log from being read.
pub async fn standing_at(
    store: &Store,
    at: DateTime<Utc>,
    only: Option<RegistrationId>,
    mut take: impl FnMut(&str) -> std::io::Result<()>,
    progress: impl Fn(u64, u64),
) -> Result<u64, AuditError> {
    let last = store.log_head().await?.position();
    let mut fold = Fold::default();
    let mut due = 1;
    while due <= last {
        let page = store.read_log(due, PAGE).await?;
        if page.first().is_none_or(|entry| entry.position != due) {
            return Err(AuditError::Gap { position: due });
        }
        for entry in page {
            if entry.position != due {
                return Err(AuditError::Gap { position: due });
            }
            due += 1;
            let registration = entry.registration_id;
            // From the first later event on, the registration stands as it stood: the fold leaves nothing out.
            if entry.recorded_at > at {
                fold.closed.insert(registration);
            }
            if fold.closed.contains(&registration) || only.is_some_and(|it| it != registration) {
                continue;
            }
            let Ok(event) = Event::read(&entry.event_type, &entry.event_version, &entry.payload) else {
                fold.closed.insert(registration);
                continue;
            };
            fold.take(Happened {
                position: entry.position,
                registration,
                sequence: entry.sequence,
                recorded_at: entry.recorded_at,
                event,
            })?;
        }
        progress(due - 1, last);
    }
    for row in fold.rows(at) {
        take(&row.to_string())?;
    }
    Ok(fold.events)
}

#[derive(Default)]
struct Fold {
    memories: BTreeMap<RegistrationId, Memory>,
    /// Registrations of which no more is taken.
    closed: HashSet<RegistrationId>,
    steps: BTreeMap<(String, &'static str, &'static str), u64>,
    events: u64,
}

impl Fold {
    fn take(&mut self, happened: Happened) -> Result<(), AuditError> {
        let memory = self.memories.entry(happened.registration).or_default();
        memory.remember(&happened)?;
        self.events += 1;
        for reached in funnel::fold::newly_reached(memory) {
            let day = reached.at.format("%Y-%m-%d").to_string();
            *self
                .steps
                .entry((day, reached.journey.name(), reached.step))
                .or_default() += 1;
        }
        Ok(())
    }

    fn rows(&self, at: DateTime<Utc>) -> impl Iterator<Item = Value> {
        let at = at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let moment = move |model: &str, row: Value| json!({ "model": model, "at": at, "row": row });
        let registrations = self.memories.iter().map(|(id, memory)| {
            let row = serde_json::to_value(registrations::fold::row(*id, memory)).unwrap_or_default();
            ("registrations", row)
        });
        let people = self.memories.iter().filter_map(|(id, memory)| {
            let mut row = serde_json::to_value(people::fold::person(*id, memory)?).unwrap_or_default();
            let establishments: Vec<Value> = people::fold::establishments(*id, memory)
                .map(|it| serde_json::to_value(it).unwrap_or_default())
                .collect();
            row["establishments"] = establishments.into();
            Some(("people", row))
        });
        let funnel = self.steps.iter().map(|((day, journey, step), count)| {
            (
                "funnel",
                json!({ "day": day, "journey": journey, "step": step, "reached": count }),
            )
        });
        let rows: Vec<_> = registrations.chain(people).chain(funnel).collect();
        rows.into_iter().map(move |(model, row)| moment(model, row))
    }
}

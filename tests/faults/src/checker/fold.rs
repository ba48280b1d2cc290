//! The read models as the log says they should be.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};
use serde_json::Value;

use super::state::State;
use crate::evidence::{Evidence, Tables};

/// Folds the log into states, by the registration, and into tables.
pub fn fold(evidence: &Evidence) -> (BTreeMap<String, State>, Tables) {
    let mut states: BTreeMap<String, State> = BTreeMap::new();
    let mut funnel: BTreeMap<String, u64> = BTreeMap::new();
    let mut tables = Tables::default();
    for (position, event) in evidence.in_order() {
        let state = states.entry(event.aggregate_id.clone()).or_default();
        for step in state.take(position, event) {
            *funnel
                .entry(format!("{} {step}", day_in_paris(event.recorded_at)))
                .or_default() += 1;
        }
        tables.position = position;
    }
    for (id, state) in &states {
        tables.registrations.insert(id.clone(), state.row());
        tables.people.extend(state.person().map(|row| (id.clone(), row)));
        let attachments = state.attachments().into_iter();
        tables
            .attachments
            .extend(attachments.map(|(siret, row)| (format!("{id} {siret}"), row)));
    }
    tables.funnel = funnel
        .into_iter()
        .map(|(key, count)| (key, Value::from(count)))
        .collect();
    (states, tables)
}

/// The day in Paris: an hour ahead of UTC, two from the last Sunday of March to the last of October, changing at 01:00 UTC.
fn day_in_paris(microseconds: i64) -> NaiveDate {
    let utc: DateTime<Utc> = DateTime::from_timestamp_micros(microseconds).unwrap_or_default();
    let change = |month| {
        last_sunday(utc.year(), month)
            .and_hms_opt(1, 0, 0)
            .unwrap_or_default()
            .and_utc()
    };
    let is_summer = change(3) <= utc && utc < change(10);
    (utc + TimeDelta::hours(if is_summer { 2 } else { 1 })).date_naive()
}

/// Of a month of 31 days.
fn last_sunday(year: i32, month: u32) -> NaiveDate {
    let mut days = (25..=31).filter_map(|day| NaiveDate::from_ymd_opt(year, month, day));
    days.rfind(|day| day.weekday() == Weekday::Sun)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_day_in_paris() {
        let days = [
            ("2026-01-31T22:59:59Z", "2026-01-31"),
            ("2026-01-31T23:00:00Z", "2026-02-01"),
            ("2026-07-31T21:59:59Z", "2026-07-31"),
            ("2026-07-31T22:00:00Z", "2026-08-01"),
            ("2026-10-24T22:30:00Z", "2026-10-25"),
            ("2026-10-25T22:30:00Z", "2026-10-25"),
        ];
        for (instant, day) in days {
            let instant: DateTime<Utc> = instant.parse().expect("an instant");
            assert_eq!(day_in_paris(instant.timestamp_micros()).to_string(), day);
        }
    }
}

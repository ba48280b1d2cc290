//! A moment as readers in France say it: date, hour and minute of Paris.
//!
//! The rule of summer time is that of the European Union (directive 2000/84/EC): from the last Sunday of March to the
//! last Sunday of October, both at 01:00 UTC. It is two lines of arithmetic, which spares a table of all time zones.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Timelike, Utc, Weekday};
use domain::values::Locale;

use super::Words;

/// The hour (UTC) at which summer time begins and ends.
const CHANGE_HOUR_UTC: u32 = 1;

impl Words {
    /// A moment for a table, to the second, with its zone: `2026-11-23 07:05:09 UTC+1`, by the clock of Paris.
    pub fn second(moment: DateTime<Utc>) -> String {
        let ahead = offset(moment);
        let local = moment + ahead;
        format!("{} UTC+{}", local.format("%Y-%m-%d %H:%M:%S"), ahead.num_hours())
    }

    /// The day of a moment, in Paris.
    pub fn day(moment: DateTime<Utc>) -> NaiveDate {
        (moment + offset(moment)).date_naive()
    }

    /// A moment in words, such as `23 novembre 2026 à 7 h 05, heure de Paris`.
    pub fn moment(&self, locale: Locale, moment: DateTime<Utc>) -> String {
        let local = moment + offset(moment);
        let variables = [
            ("date", self.date(locale, local.date_naive()).into()),
            ("hour", local.hour().to_string().into()),
            ("minute", format!("{:02}", local.minute()).into()),
        ];
        self.say(locale, "moment", &variables)
    }
}

/// How far Paris is ahead of UTC.
fn offset(moment: DateTime<Utc>) -> TimeDelta {
    let change_in =
        |month| last_sunday(moment.year(), month).and_then(|day| day.and_hms_opt(CHANGE_HOUR_UTC, 0, 0));
    let is_summer = match (change_in(3), change_in(10)) {
        (Some(begin), Some(end)) => (begin..end).contains(&moment.naive_utc()),
        _ => false,
    };
    TimeDelta::hours(if is_summer { 2 } else { 1 })
}

/// The last Sunday of a month of 31 days.
fn last_sunday(year: i32, month: u32) -> Option<NaiveDate> {
    let last_day = NaiveDate::from_ymd_opt(year, month, 31)?;
    last_day.checked_sub_days(Days::new(u64::from(last_day.weekday().days_since(Weekday::Sun))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(locale: Locale, moment: &str) -> String {
        Words::load().unwrap().moment(locale, moment.parse().unwrap())
    }

    #[test]
    fn summer_begins_and_ends_on_the_last_sunday() {
        for (utc, hours) in [
            ("2026-03-29T00:59:59Z", 1),
            ("2026-03-29T01:00:00Z", 2),
            ("2026-10-25T00:59:59Z", 2),
            ("2026-10-25T01:00:00Z", 1),
            ("2027-03-28T01:00:00Z", 2),
            ("2027-10-31T01:00:00Z", 1),
        ] {
            assert_eq!(offset(utc.parse().unwrap()), TimeDelta::hours(hours), "{utc}");
        }
    }

    #[test]
    fn a_table_has_the_clock_and_the_day_of_paris() {
        let late = "2026-07-31T22:30:05Z".parse().unwrap();
        assert_eq!(Words::second(late), "2026-08-01 00:30:05 UTC+2");
        assert_eq!(Words::day(late).to_string(), "2026-08-01");
    }

    #[test]
    fn a_moment_is_said_in_both_languages() {
        assert_eq!(
            said(Locale::Fr, "2026-11-23T06:05:00Z"),
            "23 novembre 2026 à 7 h 05, heure de Paris"
        );
        assert_eq!(
            said(Locale::Fr, "2026-07-31T22:30:00Z"),
            "1er août 2026 à 0 h 30, heure de Paris"
        );
        assert_eq!(
            said(Locale::En, "2026-12-31T23:00:00Z"),
            "1 January 2027 at 0:00, Paris time"
        );
    }
}

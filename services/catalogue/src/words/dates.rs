//! Dates in words.

use chrono::{Datelike, NaiveDate};
use domain::values::Locale;

use super::Words;

impl Words {
    /// A date in words, such as `1er mars 2024` or `1 March 2024`.
    pub fn date(&self, locale: Locale, date: NaiveDate) -> String {
        let month = self.say(locale, &format!("month-{}", date.month()), &[]);
        // The year is handed on as text: it is a name, never grouped as a number.
        let year = date.year().to_string();
        self.say(
            locale,
            "date",
            &[
                ("day", date.day().into()),
                ("month", month.into()),
                ("year", year.into()),
            ],
        )
    }
}

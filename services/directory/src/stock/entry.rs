//! One establishment in eight bytes: 47 bits of SIRET, one bit for closed, 16 bits for the day.

use chrono::{Days, NaiveDate};

/// Where the bits of the day end and that of the state lies.
const CLOSED: u64 = 1 << 16;
const SIRET_SHIFT: u32 = 17;

/// Whether an establishment is active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Active.
    Active,
    /// Closed.
    Closed {
        /// Since when; absent where INSEE does not know.
        on: Option<NaiveDate>,
    },
}

/// An establishment and where it stands. Entries sort by SIRET.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry(u64);

impl Entry {
    /// What fills the last block: its SIRET has more than fourteen digits.
    pub const PADDING: Self = Self(u64::MAX);

    /// Packs; `siret` is a number of at most fourteen digits, which need 47 bits.
    pub fn new(siret: u64, standing: Standing) -> Self {
        let low = match standing {
            Standing::Active => 0,
            Standing::Closed { on } => CLOSED | on.and_then(day_of).map_or(0, u64::from),
        };
        Self(siret << SIRET_SHIFT | low)
    }

    /// As it is stored.
    pub fn from_word(word: u64) -> Self {
        Self(word)
    }

    /// As it is stored.
    pub fn word(self) -> u64 {
        self.0
    }

    /// The SIRET as a number.
    pub fn siret(self) -> u64 {
        self.0 >> SIRET_SHIFT
    }

    /// Where it stands.
    pub fn standing(self) -> Standing {
        if self.0 & CLOSED == 0 {
            return Standing::Active;
        }
        Standing::Closed {
            // The mask leaves sixteen bits.
            on: date_of((self.0 & (CLOSED - 1)) as u16),
        }
    }
}

/// INSEE writes the first of January 1900 where a date is unknown, so that day is our zero.
const fn unknown() -> NaiveDate {
    match NaiveDate::from_ymd_opt(1900, 1, 1) {
        Some(day) => day,
        None => NaiveDate::MIN,
    }
}

/// A day as its number since 1900; nothing for days before and from 2079-06-07 on.
pub fn day_of(date: NaiveDate) -> Option<u16> {
    let days = date.signed_duration_since(unknown()).num_days();
    u16::try_from(days).ok().filter(|it| *it > 0)
}

/// The day of a number; nothing for zero.
pub fn date_of(day: u16) -> Option<NaiveDate> {
    unknown()
        .checked_add_days(Days::new(day.into()))
        .filter(|_| day > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIRET_MAX: u64 = 99_999_999_999_999;

    #[test]
    fn an_entry_gives_back_what_was_packed() {
        let days = [
            None,
            NaiveDate::from_ymd_opt(1900, 1, 2),
            NaiveDate::from_ymd_opt(2079, 6, 6),
        ];
        let standings = days
            .map(|on| Standing::Closed { on })
            .into_iter()
            .chain([Standing::Active]);
        for standing in standings {
            for siret in [0, 30_700_017, SIRET_MAX] {
                let entry = Entry::new(siret, standing);
                assert_eq!((entry.siret(), entry.standing()), (siret, standing));
                assert!(entry < Entry::PADDING);
            }
        }
    }

    #[test]
    fn a_day_that_is_unknown_or_does_not_fit_is_none() {
        for (year, month, day) in [(1900, 1, 1), (1899, 12, 31), (2079, 6, 7), (9999, 1, 1)] {
            assert_eq!(day_of(NaiveDate::from_ymd_opt(year, month, day).unwrap()), None);
        }
        assert_eq!(date_of(0), None);
    }

    #[test]
    fn entries_sort_by_siret() {
        let closed = Standing::Closed {
            on: NaiveDate::from_ymd_opt(2026, 1, 1),
        };
        assert!(Entry::new(1, closed) < Entry::new(2, Standing::Active));
    }
}

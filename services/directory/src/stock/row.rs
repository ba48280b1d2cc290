//! One row of the stock file: its four fields to an entry, or what is wrong with them.

use chrono::NaiveDate;

use super::columns::{Fields, NEEDED};
use super::entry::{Entry, Standing};

/// The field and the reason of each fault.
pub type Faults = Vec<(&'static str, &'static str)>;

const SIRET: &str = NEEDED[0];
const STATE: &str = NEEDED[1];
/// NAF 2025 takes effect. A period of a unit ends where its activity's code changes, so that one begins on this day for
/// closed units too: as the first day of the current period it tells nothing about a closing.
const NAF_2025: Option<NaiveDate> = NaiveDate::from_ymd_opt(2027, 1, 1);

/// Reads a row.
pub fn entry_of([siret, state, since, _]: Fields<'_>) -> Result<Entry, Faults> {
    let number = number_of(siret);
    let standing = match state {
        b"A" => Some(Standing::Active),
        b"F" => Some(Standing::Closed {
            on: day(since).filter(|day| Some(*day) != NAF_2025),
        }),
        _ => None,
    };
    match (number, standing) {
        (Some(number), Some(standing)) => Ok(Entry::new(number, standing)),
        (number, standing) => Err([
            number.is_none().then_some((SIRET, "siret-length")),
            standing.is_none().then_some((STATE, "unknown-value")),
        ]
        .into_iter()
        .flatten()
        .collect()),
    }
}

/// Fourteen digits. Some real SIRETs break Luhn's rule; the register is the authority on them.
fn number_of(siret: &[u8]) -> Option<u64> {
    let digits: &[u8; 14] = siret.try_into().ok()?;
    digits.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + u64::from(digit - b'0'))
    })
}

/// A day as INSEE writes it, `2024-07-01`, perhaps followed by a time.
fn day(text: &[u8]) -> Option<NaiveDate> {
    let text = std::str::from_utf8(text.get(..10)?).ok()?;
    text.parse().ok()
}

/// The youngest day on which INSEE worked on any of the rows seen.
#[derive(Debug, Default)]
pub struct Youngest {
    day: Option<NaiveDate>,
    /// As it is written: days in this form sort as text does, so most rows cost one comparison.
    written: [u8; 10],
}

impl Youngest {
    /// Looks at a row.
    pub fn see(&mut self, [.., treated]: &Fields<'_>) {
        if treated.get(..10).is_some_and(|it| *it > self.written[..])
            && let Some(day) = day(treated)
        {
            self.day = self.day.max(Some(day));
            self.written.copy_from_slice(&treated[..10]);
        }
    }

    /// The day; nothing when no row bore one.
    pub fn day(&self) -> Option<NaiveDate> {
        self.day
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_gives_state_and_closing_day() {
        let parse = |fields: [&str; 4]| entry_of(fields.map(str::as_bytes));
        let entry = |standing| Ok(Entry::new(30_700_017, standing));
        let on = NaiveDate::from_ymd_opt(2024, 7, 1);
        for (state, since, standing) in [
            ("F", "2024-07-01", Standing::Closed { on }),
            ("A", "2024-07-01", Standing::Active),
            ("F", "1900-01-01", Standing::Closed { on: None }),
            ("F", "", Standing::Closed { on: None }),
            ("F", "2024-13-01", Standing::Closed { on: None }),
            (
                "F",
                "2026-12-31",
                Standing::Closed {
                    on: NaiveDate::from_ymd_opt(2026, 12, 31),
                },
            ),
            ("F", "2027-01-01", Standing::Closed { on: None }),
            (
                "F",
                "2027-01-02",
                Standing::Closed {
                    on: NaiveDate::from_ymd_opt(2027, 1, 2),
                },
            ),
        ] {
            assert_eq!(parse(["00000030700017", state, since, ""]), entry(standing));
        }
        assert_eq!(
            parse(["0000003070001", "X", "", ""]),
            Err(vec![
                ("siret", "siret-length"),
                ("etatAdministratifEtablissement", "unknown-value")
            ])
        );
        assert_eq!(
            parse(["0000003070001x", "A", "", ""]),
            Err(vec![("siret", "siret-length")])
        );
    }

    #[test]
    fn the_youngest_day_is_found_and_nonsense_passed_over() {
        let mut youngest = Youngest::default();
        for treated in [
            "2024-03-30T02:31:29.615",
            "",
            "zzzz-zz-zz",
            "2026-10-02T00:00:00",
            "2025-01-01",
        ] {
            youngest.see(&[b"", b"", b"", treated.as_bytes()]);
        }
        assert_eq!(youngest.day(), NaiveDate::from_ymd_opt(2026, 10, 2));
    }
}

//! From where in the log a subscriber begins.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use subscribers::position_at;

use crate::ground::Ground;

/// As it was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// With the first event ever.
    Start,
    /// With the next event.
    Now,
    /// With this position.
    Position(u64),
    /// With the first event from then on.
    Instant(DateTime<Utc>),
}

impl FromStr for Begin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let day = || {
            let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
            Some(day.and_time(NaiveTime::MIN).and_utc())
        };
        match text {
            "start" => Ok(Self::Start),
            "now" => Ok(Self::Now),
            _ => {
                let position = text.parse().ok().filter(|it| *it > 0).map(Self::Position);
                let instant = DateTime::parse_from_rfc3339(text).ok().map(|it| it.to_utc());
                position
                    .or_else(|| instant.or_else(day).map(Self::Instant))
                    .ok_or_else(|| {
                        "write start, now, a position from 1, a day as 2026-01-31 or an instant as 2026-01-31T12:00:00Z"
                            .to_owned()
                    })
            }
        }
    }
}

/// A beginning, which does not lie in the future: nobody could say yet where that is.
pub fn come(text: &str) -> Result<Begin, String> {
    match text.parse()? {
        Begin::Instant(instant) if instant > Utc::now() => Err(format!(
            "{instant} has not come yet: write now for the next event"
        )),
        begin => Ok(begin),
    }
}

impl Begin {
    /// The position after which the subscriber begins.
    pub async fn after(self, ground: &Ground) -> anyhow::Result<u64> {
        Ok(match self {
            Self::Start => 0,
            Self::Now => ground.store.log_head().await?.position(),
            Self::Position(position) => position - 1,
            Self::Instant(instant) => position_at(&ground.pool, instant).await?.saturating_sub(1),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_a_word_a_position_or_a_time() {
        assert_eq!("start".parse(), Ok(Begin::Start));
        assert_eq!("12".parse(), Ok(Begin::Position(12)));
        let midnight = "2026-01-31T00:00:00Z".parse::<DateTime<Utc>>().unwrap();
        assert_eq!("2026-01-31".parse(), Ok(Begin::Instant(midnight)));
        assert_eq!("2026-01-31T01:00:00+01:00".parse(), Ok(Begin::Instant(midnight)));
        for bad in ["", "0", "yesterday", "-3"] {
            assert!(bad.parse::<Begin>().is_err(), "{bad}");
        }
    }
}

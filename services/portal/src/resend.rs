//! When a mail may be asked for once more, so that the page can say so beforehand.

use chrono::{DateTime, TimeDelta, Utc};
use domain::Registration;
use domain::registration::limits::{MAIL_REQUESTS_MAX, MAIL_REQUESTS_WINDOW};

/// Between two mails asked for by the same person, from the second on: a mail takes some seconds, and impatience makes
/// the link in the one that arrives useless.
pub const PAUSE: TimeDelta = TimeDelta::seconds(30);

/// When another mail may be asked for; nothing when at once. The domain's own limit is told as it will be judged.
pub fn not_before(state: &Registration, now: DateTime<Utc>, pause: TimeDelta) -> Option<DateTime<Utc>> {
    let recent: Vec<&DateTime<Utc>> = state
        .mails_requested
        .iter()
        .filter(|at| now - **at < MAIL_REQUESTS_WINDOW)
        .collect();
    let patience = match recent.as_slice() {
        [] | [_] => None,
        [.., last] => Some(**last + pause),
    };
    let limit = (recent.len() >= MAIL_REQUESTS_MAX)
        .then(|| recent.first().map(|first| **first + MAIL_REQUESTS_WINDOW))
        .flatten();
    patience.max(limit).filter(|at| *at > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(seconds_ago: &[i64]) -> (Registration, DateTime<Utc>) {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let state = Registration {
            mails_requested: seconds_ago
                .iter()
                .map(|it| now - TimeDelta::seconds(*it))
                .collect(),
            ..Registration::default()
        };
        (state, now)
    }

    #[test]
    fn the_second_mail_may_be_asked_for_at_once_and_the_next_after_a_pause() {
        let (state, now) = asked(&[2]);
        assert_eq!(not_before(&state, now, PAUSE), None);
        let (state, now) = asked(&[40, 10]);
        assert_eq!(not_before(&state, now, PAUSE), Some(now + TimeDelta::seconds(20)));
        let (state, now) = asked(&[90, 31]);
        assert_eq!(not_before(&state, now, PAUSE), None);
    }

    #[test]
    fn the_limit_of_the_hour_is_told_beforehand() {
        let (state, now) = asked(&[3000, 2000, 1000, 500, 200, 100]);
        assert_eq!(
            not_before(&state, now, PAUSE),
            Some(now + TimeDelta::seconds(600))
        );
    }
}

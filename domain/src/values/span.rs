//! A span of time as operators write it.

use chrono::TimeDelta;

/// Reads a span of time: a whole number and its unit, `d`, `h`, `m` or `s`, such as `30d` or `0s`.
pub fn parse_span(text: &str) -> Option<TimeDelta> {
    let unit = text.chars().last()?;
    let number: u32 = text.strip_suffix(unit)?.parse().ok()?;
    let number = i64::from(number);
    match unit {
        'd' => TimeDelta::try_days(number),
        'h' => TimeDelta::try_hours(number),
        'm' => TimeDelta::try_minutes(number),
        's' => TimeDelta::try_seconds(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_whole() {
        assert_eq!(parse_span("12h"), Some(TimeDelta::hours(12)));
        assert_eq!(parse_span("0s"), Some(TimeDelta::zero()));
        for wrong in ["", "d", "-1d", "1.5d", "1w", "1 d", "99999999999d", "é"] {
            assert_eq!(parse_span(wrong), None, "{wrong}");
        }
    }
}

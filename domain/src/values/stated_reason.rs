//! Why somebody does or looks at something, in their own words.

use super::{Fault, is_invisible, trim_edges};

/// A reason or purpose as somebody states it. It is kept as long as the log, and read by auditors and by the person that
/// it is about, so that it may not name anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedReason(String);

impl StatedReason {
    /// Fewer characters say nothing.
    pub const LENGTH_MIN: usize = 3;
    /// More characters are a letter, which belongs elsewhere.
    pub const LENGTH_MAX: usize = 200;
    /// So many digits in a row are a number of somebody's.
    const PERSONAL_NUMBER_MIN: usize = 8;

    /// Reads a reason, without the white space around it.
    ///
    /// # Errors
    /// `too-short`, `too-long`, or `invalid-character` for a sign that is not printed, and for the `@` of an address.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = trim_edges(text);
        if text
            .chars()
            .any(|c| c == '@' || c.is_control() || is_invisible(c))
        {
            return Err(Fault("invalid-character"));
        }
        match text.chars().count() {
            ..Self::LENGTH_MIN => Err(Fault("too-short")),
            Self::LENGTH_MIN..=Self::LENGTH_MAX => Ok(Self(text.to_owned())),
            _ => Err(Fault("too-long")),
        }
    }

    /// Reads the reason of one of the organisation's own people, who act on a person and do not write a number of
    /// theirs down. A program's purpose may name the file that it works on, however long its number.
    ///
    /// # Errors
    /// Those of [`StatedReason::parse`], and `personal-number` for many digits with nothing but separators between.
    pub fn parse_of_staff(text: &str) -> Result<Self, Fault> {
        let reason = Self::parse(text)?;
        let mut digits = 0;
        for c in reason.0.chars() {
            match c {
                _ if c.is_ascii_digit() => digits += 1,
                ' ' | '.' => {}
                _ => digits = 0,
            }
            if digits >= Self::PERSONAL_NUMBER_MIN {
                return Err(Fault("personal-number"));
            }
        }
        Ok(reason)
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_words_of_bounded_length() {
        for (text, kept) in [
            ("  yearly audit ", Ok("yearly audit")),
            ("abc", Ok("abc")),
            (&"é".repeat(200), Ok(&*"é".repeat(200))),
            (" ab ", Err("too-short")),
            ("", Err("too-short")),
            (&"é".repeat(201), Err("too-long")),
        ] {
            let read = StatedReason::parse(text);
            assert_eq!(
                read.as_ref().map(StatedReason::as_str).map_err(|it| it.code()),
                kept
            );
        }
    }

    #[test]
    fn an_address_and_signs_that_nobody_sees_are_refused() {
        for text in ["for jeanne@example.org", "two\nlines", "hid\u{200b}den", "nul\0"] {
            assert_eq!(
                StatedReason::parse(text),
                Err(Fault("invalid-character")),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_telephone_number_is_told_from_a_day_and_a_file() {
        for text in ["call 06 12 34 56 78", "06.12.34.56.78", "123456789"] {
            assert_eq!(
                StatedReason::parse_of_staff(text),
                Err(Fault("personal-number")),
                "{text}"
            );
            assert!(StatedReason::parse(text).is_ok(), "{text}");
        }
        for text in [
            "letter of 2026-11-26",
            "file 1234567",
            "agreed in 2025, again 2026",
        ] {
            assert!(StatedReason::parse_of_staff(text).is_ok(), "{text}");
        }
        assert_eq!(StatedReason::parse_of_staff("ab"), Err(Fault("too-short")));
    }
}

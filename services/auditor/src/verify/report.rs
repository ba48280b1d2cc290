//! What a verification found.

use std::ops::RangeInclusive;

use serde::Serialize;

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// How many positions were looked at: the log's size when it began.
    pub positions: u64,
    /// Root of the Merkle tree (RFC 6962) over the log's hashes, in hexadecimal.
    pub root: String,
    /// How many checkpoints were compared with the tree.
    pub checkpoints: u64,
    /// How many checkpoints are of a log of another name, and so tell nothing of this one.
    pub foreign: u64,
    /// How many differences there are.
    pub differences: u64,
    /// The first of them, by position where they have one.
    pub first: Option<Difference>,
    /// Where the first is, when only a range is known of it.
    #[serde(skip)]
    pub(crate) first_range: Option<RangeInclusive<u64>>,
}

/// One thing that is not as it must be. No stored value is quoted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Where in the log; none for an event that the log does not know.
    pub position: Option<u64>,
    /// What is wrong there.
    pub what: String,
}

impl VerifyReport {
    /// Whether nothing is amiss.
    pub fn is_whole(&self) -> bool {
        self.first.is_none()
    }

    /// Notes it when nothing that was signed could be compared: then the log may be anybody's.
    pub(crate) fn must_be_signed(&mut self) {
        if self.checkpoints == 0 {
            self.note(None, "nothing in this log is signed with this key");
        }
    }

    /// Counts a difference and keeps the first, by position where they have one.
    pub(crate) fn note(&mut self, position: Option<u64>, what: impl Into<String>) {
        self.differences += 1;
        let is_first = match (&self.first, position) {
            (None, _) => true,
            (Some(first), Some(position)) => {
                first.position.is_none_or(|it| position < it)
                    || self.first_range.as_ref().is_some_and(|it| it.contains(&position))
            }
            (Some(_), None) => false,
        };
        if is_first {
            self.first = Some(Difference {
                position,
                what: what.into(),
            });
            self.first_range = None;
        }
    }

    /// Counts several differences of a kind, the first of them at this position.
    pub(crate) fn note_many(&mut self, many: u64, first: u64, what: impl Into<String>) {
        self.note(Some(first), what);
        self.differences += many.saturating_sub(1);
    }

    /// Counts a difference of which only the range is known. One that was found inside the range says more.
    pub(crate) fn note_range(&mut self, range: RangeInclusive<u64>, what: impl Into<String>) {
        let first = self.first.as_ref().and_then(|it| it.position);
        if first.is_some_and(|it| range.contains(&it)) {
            self.differences += 1;
        } else {
            let start = *range.start();
            self.note(Some(start), what);
            if self.first.as_ref().is_some_and(|it| it.position == Some(start)) {
                self.first_range = Some(range);
            }
        }
    }
}

impl std::fmt::Display for VerifyReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.first {
            None => writeln!(
                f,
                "the log is whole: {} positions, each event as it was written",
                self.positions
            )?,
            Some(first) => {
                match first.position {
                    Some(position) => writeln!(f, "position {position}: {}", first.what)?,
                    None => writeln!(f, "{}", first.what)?,
                }
                writeln!(
                    f,
                    "{} difference(s) in {} positions",
                    self.differences, self.positions
                )?;
            }
        }
        writeln!(f, "root {}", self.root)?;
        match self.checkpoints {
            0 => write!(f, "nothing of it is signed yet"),
            some => write!(f, "{some} checkpoint(s) compared"),
        }?;
        match self.foreign {
            0 => Ok(()),
            some => write!(f, "; {some} checkpoint(s) of a log of another name"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::VerifyReport;

    #[test]
    fn what_is_known_exactly_says_more_than_a_range_whichever_is_found_first() {
        let exact = |report: &mut VerifyReport| report.note_many(2, 5, "exact");
        let range = |report: &mut VerifyReport| report.note_range(3..=7, "range");
        for steps in [[&exact as &dyn Fn(&mut VerifyReport), &range], [&range, &exact]] {
            let mut report = VerifyReport::default();
            steps.iter().for_each(|step| step(&mut report));
            assert_eq!(report.differences, 3);
            let first = report.first.expect("a difference");
            assert_eq!((first.position, first.what.as_str()), (Some(5), "exact"));
        }
    }

    #[test]
    fn a_range_before_everything_else_is_the_first() {
        let mut report = VerifyReport::default();
        report.note_range(1..=4, "range");
        report.note(Some(5), "exact");
        assert_eq!(report.first.expect("a difference").position, Some(1));
    }
}

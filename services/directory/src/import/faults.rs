//! Faults of bad lines: each by itself, and all of one kind in a sentence that says what to do, with the lines behind it.

use std::collections::BTreeMap;

use super::advice::advice;

/// Faults that a report lists one by one; the rest is counted in its groups, so that a wrong file does not fill the memory.
pub const BAD_LINES_MAX: usize = 1_000;
/// Stretches of lines that a group lists.
const STRETCHES_MAX: usize = 100;

/// One fault of a line. It never says what stood there: the file is full of people.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct BadLine {
    /// Line number in the file, from 1, the header included; in a workbook the row's.
    pub line: u64,
    /// The last line, where a record spans lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_line: Option<u64>,
    /// The column, or `line` when the line as a whole cannot be read.
    pub field: &'static str,
    /// A stable code, such as `siret-checksum`.
    pub reason: &'static str,
}

impl BadLine {
    /// A fault of one line.
    pub fn new(line: u64, field: &'static str, reason: &'static str) -> Self {
        Self {
            line,
            last_line: None,
            field,
            reason,
        }
    }
}

/// All faults of one column and reason.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FaultGroup {
    /// The column, or `line`.
    pub field: &'static str,
    /// A stable code.
    pub reason: &'static str,
    /// What is wrong and what to do, in a sentence.
    pub advice: &'static str,
    /// How many lines.
    pub lines: u64,
    /// Which: the first stretches, each from its first line to its last.
    pub stretches: Vec<(u64, u64)>,
    /// True when there are more stretches than are listed.
    pub more: bool,
}

impl FaultGroup {
    fn add(&mut self, first: u64, last: u64) {
        self.lines += last - first + 1;
        let is_full = self.stretches.len() == STRETCHES_MAX;
        match self.stretches.last_mut() {
            Some((_, end)) if *end + 1 == first && !self.more => *end = last,
            _ if is_full => self.more = true,
            _ => self.stretches.push((first, last)),
        }
    }
}

/// Faults gathered by column and reason.
#[derive(Debug, Default)]
pub struct FaultGroups(BTreeMap<(&'static str, &'static str), FaultGroup>);

impl FaultGroups {
    /// Adds a fault.
    pub fn add(&mut self, bad: &BadLine) {
        let group = self
            .0
            .entry((bad.field, bad.reason))
            .or_insert_with(|| FaultGroup {
                field: bad.field,
                reason: bad.reason,
                advice: advice(bad.reason),
                lines: 0,
                stretches: Vec::new(),
                more: false,
            });
        group.add(bad.line, bad.last_line.unwrap_or(bad.line));
    }

    /// The groups, that with the most lines first.
    pub fn into_groups(self) -> Vec<FaultGroup> {
        let mut groups: Vec<_> = self.0.into_values().collect();
        groups.sort_by_key(|it| std::cmp::Reverse(it.lines));
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_faults_are_one_group_with_its_lines() {
        let mut groups = FaultGroups::default();
        for line in [2, 3, 4, 7] {
            groups.add(&BadLine::new(line, "siret", "siret-length"));
        }
        groups.add(&BadLine {
            last_line: Some(12),
            ..BadLine::new(9, "line", "quote-open")
        });
        for line in 1..=1_000 {
            groups.add(&BadLine::new(2 * line, "idcc", "idcc-format"));
        }
        let groups = groups.into_groups();
        assert_eq!(
            (groups[0].reason, groups[0].lines, groups[0].more),
            ("idcc-format", 1_000, true)
        );
        assert_eq!(groups[0].stretches.len(), STRETCHES_MAX);
        let siret = groups.iter().find(|it| it.field == "siret").unwrap();
        assert_eq!((siret.lines, &siret.stretches[..]), (4, &[(2, 4), (7, 7)][..]));
        let line = groups.iter().find(|it| it.field == "line").unwrap();
        assert_eq!((line.lines, &line.stretches[..]), (4, &[(9, 12)][..]));
    }
}

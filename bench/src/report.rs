//! A measurement as Markdown: a table for people, and the same as JSON.

use std::io::Write;

use serde::Serialize;

/// A table with a title, notes and the figures behind it.
pub struct Report {
    title: &'static str,
    columns: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    notes: Vec<String>,
}

impl Report {
    /// An empty one.
    pub fn new(title: &'static str, columns: &[&'static str]) -> Self {
        Self {
            title,
            columns: columns.to_vec(),
            rows: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Adds a sentence below the table.
    pub fn note(&mut self, sentence: impl Into<String>) {
        self.notes.push(sentence.into());
    }

    /// Writes it all to standard output.
    ///
    /// # Errors
    /// When standard output is closed.
    pub fn write(&self, figures: &impl Serialize) -> anyhow::Result<()> {
        let mut output = std::io::stdout().lock();
        writeln!(output, "{}", self.markdown())?;
        writeln!(output, "```json\n{}\n```\n", serde_json::to_string(figures)?)?;
        Ok(())
    }

    fn markdown(&self) -> String {
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let mut text = format!("## {}\n\n", self.title);
        text += &line(&self.columns.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        text += &line(&vec!["---".to_owned(); self.columns.len()]);
        for row in &self.rows {
            text += &line(row);
        }
        text.push('\n');
        for note in &self.notes {
            text += note;
            text.push('\n');
        }
        text
    }
}

/// A figure with about three digits that count.
pub fn figure(value: f64) -> String {
    match value.abs() {
        it if it >= 100.0 => format!("{value:.0}"),
        it if it >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// KiB as MiB.
pub fn mib(kib: u64) -> String {
    figure(kib as f64 / 1_024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_a_table() {
        let mut report = Report::new("Title", &["a", "b"]);
        report.row(["1".to_owned(), figure(0.123_4)]);
        report.note("Note.");
        assert_eq!(
            report.markdown(),
            "## Title\n\n| a | b |\n| --- | --- |\n| 1 | 0.12 |\n\nNote.\n"
        );
        assert_eq!(
            (figure(1_234.5), figure(12.34)),
            ("1234".to_owned(), "12.3".to_owned())
        );
    }
}

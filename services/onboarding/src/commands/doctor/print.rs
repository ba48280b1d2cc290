//! How findings are told: on a terminal in colours, and in the end counted.

use runtime::health::{Finding, Level, count};

/// As a reader sees one: a mark, what was found, and below it what to do.
pub fn told(finding: &Finding, painted: bool) -> String {
    let (mark, colour) = match finding.level {
        Level::Fine => ("ok   ", "32"),
        Level::Warning => ("warn ", "33"),
        Level::Fault => ("FAULT", "1;31"),
    };
    let mark = match painted {
        true => format!("\u{1b}[{colour}m{mark}\u{1b}[0m"),
        false => mark.to_owned(),
    };
    let remedy = finding
        .remedy
        .map_or_else(String::new, |remedy| format!("\n       → {remedy}"));
    format!("{mark}  {}: {}{remedy}", finding.subject, finding.found)
}

/// The last line: `14 checks: 12 fine, 1 warning, 1 fault`.
pub fn sum(findings: &[Finding]) -> String {
    let counted = |count: usize, one: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {one}s"),
    };
    format!(
        "{}: {} fine, {}, {}",
        counted(findings.len(), "check"),
        count(findings, Level::Fine),
        counted(count(findings, Level::Warning), "warning"),
        counted(count(findings, Level::Fault), "fault")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_for_terminals_and_the_count_is_for_everybody() {
        let findings = [
            Finding::fine("nats", "2.15.1"),
            Finding::warning("mail", "in clear", "add TLS"),
            Finding::fault("postgresql", "13", "use 14 or newer"),
        ];
        assert_eq!(told(&findings[0], false), "ok     nats: 2.15.1");
        assert_eq!(
            told(&findings[2], false),
            "FAULT  postgresql: 13\n       → use 14 or newer"
        );
        assert!(told(&findings[2], true).starts_with("\u{1b}[1;31mFAULT\u{1b}[0m  "));
        assert_eq!(sum(&findings), "3 checks: 1 fine, 1 warning, 1 fault");
        assert_eq!(sum(&findings[..1]), "1 check: 1 fine, 0 warnings, 0 faults");
    }
}

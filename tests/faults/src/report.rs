//! A run told to a reader: `report.md` with a picture beside it, `timeline.svg`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use crate::checker;
use crate::ledger::Outcome as Became;
use crate::run::Outcome;
use crate::timeline;

/// Says something to whoever watches; the name of the run and its schedule, so that it can be repeated.
pub fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Writes both files into a folder, and beside them what findings refer to.
///
/// # Errors
/// When they cannot be written.
pub fn write(folder: &Path, outcome: &Outcome) -> io::Result<()> {
    write_lines(&folder.join("faults.ndjson"), &outcome.evidence.bands)?;
    write_lines(&folder.join("mails.ndjson"), &outcome.evidence.mails)?;
    let log = outcome.evidence.in_order();
    write_lines(&folder.join("log.ndjson"), &log)?;
    std::fs::write(folder.join("timeline.svg"), timeline::draw(outcome))?;
    std::fs::write(folder.join("report.md"), tell(outcome))
}

fn write_lines(file: &Path, entries: &[impl serde::Serialize]) -> io::Result<()> {
    let mut text = String::new();
    for entry in entries {
        text += &serde_json::to_string(entry)?;
        text.push('\n');
    }
    std::fs::write(file, text)
}

fn tell(outcome: &Outcome) -> String {
    let mut text = String::new();
    let evidence = &outcome.evidence;
    let verdict = match outcome.findings.len() {
        0 => "Everything is as promised.".to_owned(),
        count => format!("**{count} findings.**"),
    };
    let _ = writeln!(
        text,
        "# Run `{}`, seed {}\n\n{verdict}\n",
        outcome.name, outcome.seed
    );
    let _ = writeln!(text, "![timeline](timeline.svg)\n");
    let _ = writeln!(text, "| counted | |\n| --- | --- |");
    let longest = outcome.rests.iter().copied().fold(0.0, f64::max);
    let counted = [
        ("steps acknowledged", outcome.acknowledged().to_string()),
        ("requests sent", evidence.requests.len().to_string()),
        ("events in the log", evidence.places.len().to_string()),
        ("registrations", evidence.tables.registrations.len().to_string()),
        ("accounts", evidence.accounts.len().to_string()),
        ("mails taken by the mail server", evidence.mails.len().to_string()),
        ("faults", evidence.bands.len().to_string()),
        ("rounds", outcome.schedules.len().to_string()),
        ("seconds of load and faults", format!("{:.0}", outcome.seconds)),
        (
            "longest way to rest after a round, in seconds",
            format!("{longest:.1}"),
        ),
    ];
    for (what, count) in counted {
        let _ = writeln!(text, "| {what} | {count} |");
    }
    for (kind, count) in outcome.counts() {
        let _ = writeln!(text, "| {kind} | {count} |");
    }
    let _ = writeln!(text, "\n## Findings\n");
    for line in checker::abridged(&outcome.findings) {
        let _ = writeln!(text, "- {line}");
    }
    if outcome.findings.is_empty() {
        let _ = writeln!(text, "None.");
    }
    answers(&mut text, outcome);
    usage(&mut text, outcome);
    let _ = writeln!(text, "\n## Schedules\n");
    for (round, schedule) in outcome.schedules.iter().enumerate() {
        let _ = writeln!(text, "Round {round}:\n\n```text\n{schedule}```\n");
    }
    text
}

fn answers(text: &mut String, outcome: &Outcome) {
    let mut counts: BTreeMap<(&str, String), (usize, f64)> = BTreeMap::new();
    for request in &outcome.evidence.requests {
        let became = match &request.outcome {
            Became::Open => "nothing known".to_owned(),
            Became::HungUp => "hung up by the client".to_owned(),
            Became::Lost(cause) => format!("lost: {cause}"),
            Became::Answered(answer) => match &answer.code {
                Some(code) => format!("{} {code}", answer.status),
                None => answer.status.to_string(),
            },
        };
        let (count, longest) = counts.entry((request.what, became)).or_default();
        *count += 1;
        *longest = longest.max(request.ended - request.sent);
    }
    let _ = writeln!(
        text,
        "\n## Answers\n\n| request | answer | times | longest, s |\n| --- | --- | --- | --- |"
    );
    for ((what, became), (count, longest)) in counts {
        let _ = writeln!(text, "| {what} | {became} | {count} | {longest:.2} |");
    }
}

fn usage(text: &mut String, outcome: &Outcome) {
    let _ = writeln!(
        text,
        "\n## What roles held\n\n| role | memory before, MiB | after | descriptors before | after | threads before | after |\n\
         | --- | --- | --- | --- | --- | --- | --- |"
    );
    for before in &outcome.before {
        let Some(after) = outcome.after.iter().find(|it| it.role == before.role) else {
            continue;
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} |",
            before.role,
            before.memory / 1024,
            after.memory / 1024,
            before.descriptors,
            after.descriptors,
            before.threads,
            after.threads
        );
    }
}

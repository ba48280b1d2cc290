//! `onboarding directory …`

mod parked;
mod status;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Mutex;

use anyhow::Context;
use directory::import::{FaultGroup, TellBadLine};
use directory::{ImportReport, Input, Options, import_contacts, import_establishments, import_sirene};
use runtime::Config;

use crate::cli::{Directory, Import, ImportFile, StockFile};
use crate::exit::Exit;
use crate::file_progress::FileProgress;
use crate::ground::{Ground, standing};
use crate::terminal::{say, say_json};

/// Runs the command.
pub async fn run(config: &Config, command: Directory, json: bool) -> anyhow::Result<Exit> {
    let import = match command {
        Directory::Import(import) => import,
        Directory::Parked => return parked::run(config, json).await,
        Directory::Status => return status::run(config, json).await,
    };
    let report = standing(config, "directory", async |ground| {
        imported(ground, &import).await
    })
    .await?;
    if json {
        say_json(&report)?;
    } else {
        tell(&report, !matches!(import, Import::Sirene(_)));
    }
    let nothing_good = report.kept == 0 && report.refused > 0;
    Ok(if report.rolled_back || report.removal_withheld || nothing_good {
        Exit::Fault
    } else {
        Exit::Fine
    })
}

async fn imported(ground: &Ground, import: &Import) -> anyhow::Result<ImportReport> {
    let path = match import {
        Import::Contacts(file) | Import::Establishments(file) => &file.file,
        Import::Sirene(file) => &file.file,
    };
    let input = Input::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let report = match import {
        Import::Contacts(file) => {
            let options = options("contacts", file)?;
            import_contacts(&ground.pool, &ground.keyring, input, options).await
        }
        Import::Establishments(file) => {
            import_establishments(&ground.pool, input, options("establishments", file)?).await
        }
        Import::Sirene(file) => {
            import_sirene(&ground.pool, &ground.stock(), input, stock_options(file)).await
        }
    };
    Ok(report?)
}

fn options(what: &'static str, file: &ImportFile) -> anyhow::Result<Options> {
    let bar = FileProgress::of(what);
    let bad_line = file.bad_lines.as_deref().map(list_of_bad_lines).transpose()?;
    Ok(Options {
        strict: file.strict,
        dry_run: file.dry_run,
        replace: file.replace,
        most_may_go: file.most_may_go,
        older: false,
        bad_line,
        progress: Some(Box::new(move |progress| bar.at(progress.lines, progress.of_file))),
    })
}

/// The stock file replaces the one before, and has so many lines that a list of bad ones would say nothing.
fn stock_options(file: &StockFile) -> Options {
    let bar = FileProgress::of("sirene");
    Options {
        strict: file.strict,
        dry_run: file.dry_run,
        older: file.older,
        progress: Some(Box::new(move |progress| bar.at(progress.lines, progress.of_file))),
        ..Options::default()
    }
}

/// Every fault of every bad line as CSV: line number (`3-7` where a record spans lines), field and reason, and nothing of what
/// stood there.
fn list_of_bad_lines(path: &Path) -> anyhow::Result<TellBadLine> {
    let file = File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
    let mut list = BufWriter::new(file);
    writeln!(list, "line,field,reason")?;
    let list = Mutex::new(list);
    Ok(Box::new(move |bad| {
        if let Ok(mut list) = list.lock() {
            // A full disk shows when the import's own report says how many lines were refused.
            let _ = writeln!(
                list,
                "{},{},{}",
                stretch(bad.line, bad.last_line.unwrap_or(bad.line)),
                bad.field,
                bad.reason
            );
        }
    }))
}

/// Stretches of lines that a sentence names; `--bad-lines` has all.
const STRETCHES_TOLD: usize = 20;

/// What is wrong with some lines, in one sentence: which, what and what to do, with its code behind.
fn sentence(group: &FaultGroup) -> String {
    let told = group.stretches.iter().take(STRETCHES_TOLD);
    let told: Vec<_> = told.map(|(first, last)| stretch(*first, *last)).collect();
    let more = if group.more || group.stretches.len() > STRETCHES_TOLD {
        ", …"
    } else {
        ""
    };
    let FaultGroup {
        field,
        reason,
        lines,
        advice,
        ..
    } = group;
    let places = told.join(", ");
    let places = match lines {
        1 => format!("line {places}"),
        lines => format!("{lines} lines ({places}{more})"),
    };
    let column = match *field {
        "line" => String::new(),
        field => format!("{field}: "),
    };
    format!("{places}: {column}{advice} [{reason}]")
}

/// `3`, or `3-7`.
fn stretch(first: u64, last: u64) -> String {
    match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    }
}

/// `row_by_row`: whether the import knows new rows from changed ones, which that of a whole index does not.
fn tell(report: &ImportReport, row_by_row: bool) {
    for note in &report.notes {
        say(note);
    }
    for group in &report.faults {
        say(sentence(group));
    }
    if let Some(lines) = report.resumed_after {
        say(format_args!(
            "an import of this file had broken off: {lines} lines stood already"
        ));
    }
    let ImportReport {
        read,
        kept,
        new,
        changed,
        unchanged,
        removed,
        refused,
        ..
    } = report;
    if row_by_row {
        say(format_args!(
            "{read} lines read, {kept} good ({new} new, {changed} changed, {unchanged} unchanged), {refused} refused, {removed} removed"
        ));
    } else {
        say(format_args!(
            "{read} lines read, {kept} good ({unchanged} of them unchanged), {refused} refused"
        ));
    }
    if report.dry_run {
        say("nothing was written: --dry-run was given");
    }
    if report.rolled_back {
        say("nothing was imported: a line was bad and --strict was given");
    }
    if report.removal_withheld {
        say(
            "nothing was removed: a line does not say which rows it is about, no line is good, or most rows would have gone (--most-may-go)",
        );
    }
}

//! `onboarding directory …`

use anyhow::Context;
use directory::{ImportReport, Input, Options, import_contacts, import_establishments, import_sirene};
use runtime::Config;

use crate::cli::{Directory, Import, ImportFile};
use crate::exit::Exit;
use crate::ground::{Ground, standing};
use crate::terminal::{Progress, say, say_json};

/// Runs the command.
pub async fn run(config: &Config, command: Directory, json: bool) -> anyhow::Result<Exit> {
    let import = match command {
        Directory::Import(import) => import,
        Directory::Parked => return super::parked::run(config, json).await,
    };
    let report = standing(config, "directory", async |ground| {
        imported(ground, &import).await
    })
    .await?;
    if json {
        say_json(&report)?;
    } else {
        tell(&report);
    }
    Ok(
        if report.rolled_back || (report.kept == 0 && report.refused > 0) {
            Exit::Fault
        } else {
            Exit::Fine
        },
    )
}

async fn imported(ground: &Ground, import: &Import) -> anyhow::Result<ImportReport> {
    let (Import::Contacts(file) | Import::Establishments(file) | Import::Sirene(file)) = import;
    let input = Input::open(&file.file).with_context(|| format!("{} cannot be read", file.file.display()))?;
    let report = match import {
        Import::Contacts(file) => import_contacts(&ground.pool, &ground.keyring, input, options(file)).await,
        Import::Establishments(file) => import_establishments(&ground.pool, input, options(file)).await,
        Import::Sirene(file) => import_sirene(&ground.pool, input, options(file)).await,
    };
    Ok(report?)
}

fn options(file: &ImportFile) -> Options {
    let bar = Progress::of("lines", None);
    Options {
        strict: file.strict,
        progress: Some(Box::new(move |progress| bar.at(progress.lines, None))),
    }
}

fn tell(report: &ImportReport) {
    for bad in &report.bad {
        say(format_args!("line {}: {}: {}", bad.line, bad.field, bad.reason));
    }
    let ImportReport {
        read,
        kept,
        unchanged,
        refused,
        ..
    } = report;
    say(format_args!(
        "{read} lines read, {kept} good ({unchanged} of them unchanged), {refused} refused"
    ));
    if report.rolled_back {
        say("nothing was imported: a line was bad and --strict was given");
    }
}

//! `onboarding audit …`

mod accesses;
mod trust;

use std::io::{BufWriter, ErrorKind, Write};
use std::path::Path;

use auditor::{AuditError, Extras, Range, Reader, VerifyReport};
use domain::Event;
use domain::values::{Locale, RegistrationId};
use runtime::Config;
use store::Store;
use tlog::Verifier;

use crate::cli::{Audit, Exporting, Replaying};
use crate::exit::Exit;
use crate::ground::standing;
use crate::terminal::{Progress, say, say_json};

/// Runs the command.
pub async fn run(config: &Config, command: Audit, json: bool) -> anyhow::Result<Exit> {
    match command {
        Audit::Replay(asked) => replay(config, asked).await,
        Audit::Verify { export, since, vkey } => {
            let key = match vkey.as_deref().map(Verifier::parse).transpose() {
                Ok(key) => key,
                Err(fault) => {
                    eprintln!("--vkey: {fault}");
                    return Ok(Exit::WrongUsage);
                }
            };
            let mut kept = Vec::with_capacity(since.len());
            for file in since {
                match std::fs::read_to_string(&file) {
                    Ok(note) => kept.push((file.display().to_string(), note)),
                    Err(fault) => {
                        eprintln!("--since {}: {fault}", file.display());
                        return Ok(Exit::WrongUsage);
                    }
                }
            }
            match export {
                Some(folder) => verify_export(&folder, key, kept, json),
                None => verify(config, key, kept, json).await,
            }
        }
        Audit::Export(asked) => export(config, asked, json).await,
        Audit::Accesses { registration, from } => accesses::run(config, registration, from, json).await,
        Audit::Show {
            registration,
            at,
            lang,
        } => {
            let Ok(locale) = Locale::parse(&lang) else {
                eprintln!("--lang takes fr or en");
                return Ok(Exit::WrongUsage);
            };
            show(config, registration, at, locale, json).await
        }
        Audit::State { at, registration } => {
            standing(config, "audit", async |ground| {
                if !are_known(&ground.store, registration.as_slice()).await? {
                    return Ok(Exit::Fault);
                }
                let bar = Progress::of("events");
                let mut output = BufWriter::new(std::io::stdout());
                let tell = |at, of| bar.at(at, of);
                let written = auditor::standing_at(
                    &ground.store,
                    at,
                    registration,
                    |row| writeln!(output, "{row}"),
                    tell,
                );
                let written = written.await;
                bar.done();
                ended(written.map(drop), output)
            })
            .await
        }
    }
}

/// Whether something was written of each of these; otherwise says of which one nothing was. Silence would read as a past
/// without events.
pub(super) async fn are_known(store: &Store, asked: &[RegistrationId]) -> anyhow::Result<bool> {
    let unknown = auditor::unknown_among(store, asked).await?;
    if let Some(registration) = unknown {
        eprintln!("there is no registration {registration}");
    }
    Ok(unknown.is_none())
}

async fn show(
    config: &Config,
    registration: RegistrationId,
    at: Option<chrono::DateTime<chrono::Utc>>,
    locale: Locale,
    json: bool,
) -> anyhow::Result<Exit> {
    let shown = standing(config, "audit", async |ground| {
        Ok(Reader::new(&ground.store, &ground.pool)
            .show(registration, at, locale)
            .await?)
    })
    .await?;
    let Some(story) = shown else {
        eprintln!("there is no registration {registration}");
        return Ok(Exit::Fault);
    };
    if json {
        say_json(&story)?;
    } else {
        say(&story);
    }
    Ok(if story.conforms() {
        Exit::Fine
    } else {
        Exit::Difference
    })
}

/// Against the database, what is signed in it, what the data directory and the bus remember, and what the auditor kept.
async fn verify(
    config: &Config,
    key: Option<Verifier>,
    kept: Vec<(String, String)>,
    json: bool,
) -> anyhow::Result<Exit> {
    let (report, accesses) = standing(config, "audit", async |ground| {
        let (events, accesses) = trust::held_against(ground, key, kept).await?;
        let bar = Progress::of("events");
        let tell = |at, of| bar.at(at, of);
        let report = auditor::verify(&ground.store, &events, tell).await?;
        bar.done();
        Ok((report, auditor::verify_accesses(&ground.store, &accesses).await?))
    })
    .await?;
    if json {
        let mut both = serde_json::to_value(&report)?;
        both["accesses"] = serde_json::to_value(&accesses)?;
        say_json(&both)?;
    } else {
        say(&report);
        say(&accesses);
    }
    Ok(if report.is_whole() && accesses.is_whole() {
        Exit::Fine
    } else {
        Exit::Difference
    })
}

fn verify_export(
    folder: &Path,
    key: Option<Verifier>,
    kept: Vec<(String, String)>,
    json: bool,
) -> anyhow::Result<Exit> {
    let bar = Progress::of("events");
    let told_apart = key.is_some();
    let report = auditor::verify_folder(folder, key, kept, |at, of| bar.at(at, of))?;
    bar.done();
    if !told_apart {
        eprintln!(
            "the key is the folder's own: compare it with the one that you were told, or give it with --vkey"
        );
    }
    tell(&report, json)
}

fn tell(report: &VerifyReport, json: bool) -> anyhow::Result<Exit> {
    if json {
        say_json(report)?;
    } else {
        say(report);
    }
    Ok(if report.is_whole() {
        Exit::Fine
    } else {
        Exit::Difference
    })
}

async fn export(config: &Config, asked: Exporting, json: bool) -> anyhow::Result<Exit> {
    let exported = standing(config, "audit", async |ground| {
        let bar = Progress::of("events");
        let tell = |at, of| bar.at(at, of);
        let exported = if asked.pseudonymised {
            auditor::export::pseudonymised::export(&ground.store, &ground.keyring, &asked.folder, tell)
                .await?
        } else {
            let signer = ground.keyring.log_signer(&ground.log_origin()?)?;
            let extras = Extras {
                csv: asked.csv,
                parquet: asked.parquet,
            };
            auditor::export(&ground.store, signer.verifier(), &asked.folder, extras, tell).await?
        };
        bar.done();
        Ok(exported)
    })
    .await?;
    if json {
        say_json(&exported)?;
    } else {
        say(format_args!(
            "{} events in {}",
            exported.events,
            exported.folder.display()
        ));
        if exported.later > 0 {
            say(format_args!("{} came later and are not in it", exported.later));
        }
        if !asked.pseudonymised {
            say(
                "its README.md says how to check it; `onboarding audit verify --export` and its verify.py do",
            );
        }
    }
    Ok(Exit::Fine)
}

/// Events are JSON lines already, so `--json` changes nothing here.
async fn replay(config: &Config, asked: Replaying) -> anyhow::Result<Exit> {
    if let Some(unknown) = asked
        .events
        .iter()
        .find(|it| !Event::NAMES.contains(&it.as_str()))
    {
        eprintln!(
            "--type {unknown}: there is no such event; the events are {}",
            Event::NAMES.join(", ")
        );
        return Ok(Exit::WrongUsage);
    }
    let follow = asked.follow;
    let range = Range {
        from: asked.from,
        to: asked.to,
        registrations: asked.registration,
        events: asked.events,
        since: asked.since,
        until: asked.until,
        follow,
    };
    standing(config, "audit", async |ground| {
        if !are_known(&ground.store, &range.registrations).await? {
            return Ok(Exit::Fault);
        }
        let mut output = BufWriter::new(std::io::stdout());
        let written = auditor::replay(&ground.store, &range, |line| {
            output.write_all(line.as_bytes())?;
            output.write_all(b"\n")?;
            // Whoever follows waits for each line.
            if follow { output.flush() } else { Ok(()) }
        });
        let written = tokio::select! {
            written = written => written.map(|lines| {
                if lines == 0 {
                    eprintln!("no event of the log is asked for");
                }
            }),
            _ = tokio::signal::ctrl_c(), if follow => Ok(()),
        };
        ended(written, output)
    })
    .await
}

/// `| head` has seen enough: that is no fault.
fn ended(written: Result<(), AuditError>, mut output: impl Write) -> anyhow::Result<Exit> {
    match written.and_then(|()| Ok(output.flush()?)) {
        Err(AuditError::Output(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(Exit::Fine),
        outcome => Ok(outcome.map(|()| Exit::Fine)?),
    }
}

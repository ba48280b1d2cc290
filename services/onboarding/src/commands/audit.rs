//! `onboarding audit …`

mod accesses;

use std::io::{BufWriter, ErrorKind, Write};

use auditor::{AuditError, Range, Reader};
use domain::values::Locale;
use runtime::Config;

use crate::cli::Audit;
use crate::exit::Exit;
use crate::ground::standing;
use crate::terminal::{Progress, say, say_json};

/// Runs the command.
pub async fn run(config: &Config, command: Audit, json: bool) -> anyhow::Result<Exit> {
    match command {
        Audit::Replay {
            from,
            registration,
            at,
        } => {
            replay(
                config,
                Range {
                    from,
                    registration,
                    at,
                },
            )
            .await
        }
        Audit::Verify => {
            let report = standing(config, "audit", async |ground| {
                let bar = Progress::of("events", Some(0));
                let report = auditor::verify(&ground.store, |at, of| bar.at(at, Some(of))).await?;
                bar.done();
                Ok(report)
            })
            .await?;
            if json {
                say_json(&report)?;
            } else {
                say(&report);
            }
            Ok(if report.is_whole() {
                Exit::Fine
            } else {
                Exit::Difference
            })
        }
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
    }
}

/// Events are JSON lines already, so `--json` changes nothing here.
async fn replay(config: &Config, range: Range) -> anyhow::Result<Exit> {
    standing(config, "audit", async |ground| {
        let mut output = BufWriter::new(std::io::stdout());
        let written = auditor::replay(&ground.store, range, |line| {
            output.write_all(line.as_bytes())?;
            output.write_all(b"\n")
        })
        .await;
        match written.and_then(|_| Ok(output.flush()?)) {
            // `| head` has seen enough: that is no fault.
            Err(AuditError::Output(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(Exit::Fine),
            outcome => Ok(outcome.map(|()| Exit::Fine)?),
        }
    })
    .await
}

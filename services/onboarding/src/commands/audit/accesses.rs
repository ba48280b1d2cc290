//! `onboarding audit accesses`

use auditor::verify_accesses;
use chrono::SecondsFormat;
use domain::values::RegistrationId;
use runtime::Config;
use store::Access;

use super::are_known;
use super::trust::held_against;
use crate::exit::Exit;
use crate::ground::standing;
use crate::terminal::{say, say_json};

/// How many entries are in memory at once.
const PAGE: u32 = 1_000;

/// Tells who looked, one entry a line, and whether the log that says so is whole.
pub async fn run(
    config: &Config,
    registration: Option<RegistrationId>,
    from: u64,
    json: bool,
) -> anyhow::Result<Exit> {
    standing(config, "audit", async |ground| {
        let store = &ground.store;
        if !are_known(store, registration.as_slice()).await? {
            return Ok(Exit::Fault);
        }
        if let Some(id) = registration {
            for access in store
                .accesses_of(id)
                .await?
                .iter()
                .filter(|it| it.position >= from)
            {
                tell(access, json)?;
            }
        } else {
            let mut next = from;
            loop {
                let page = store.read_accesses(next, PAGE).await?;
                let Some(last) = page.last() else { break };
                next = last.position + 1;
                for access in &page {
                    tell(access, json)?;
                }
            }
        }
        let (_, trust) = held_against(ground, None, Vec::new()).await?;
        let report = verify_accesses(store, &trust).await?;
        eprintln!("{report}");
        Ok(if report.is_whole() {
            Exit::Fine
        } else {
            Exit::Difference
        })
    })
    .await
}

fn tell(access: &Access, json: bool) -> anyhow::Result<()> {
    if json {
        return say_json(access);
    }
    let entry = &access.entry;
    let about = entry
        .registration
        .map_or_else(String::new, |id| format!("  {id}"));
    say(format_args!(
        "{}  {}  {} ({})  {}{about}  {}",
        access.position,
        access.accessed_at.to_rfc3339_opts(SecondsFormat::Secs, true),
        entry.actor,
        entry.role,
        entry.what,
        entry.purpose
    ));
    Ok(())
}

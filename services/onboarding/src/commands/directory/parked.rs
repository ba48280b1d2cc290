//! `onboarding directory parked`: messages of the organisation's system that could not be read.

use directory::live::parked::parked;
use directory::live::{LiveFault, Parked};
use runtime::Config;

use crate::exit::Exit;
use crate::ground::standing;
use crate::terminal::{say, say_json};

/// How many are listed.
const LISTED_MAX: u32 = 1_000;

/// Lists them, the longest parked first.
pub async fn run(config: &Config, json: bool) -> anyhow::Result<Exit> {
    let found = standing(config, "directory", async |ground| {
        Ok(parked(&ground.pool, LISTED_MAX).await?)
    })
    .await?;
    if json {
        say_json(&found)?;
    } else {
        tell(&found);
    }
    Ok(Exit::Fine)
}

fn tell(found: &Parked) {
    for message in &found.messages {
        let siret = message.siret.as_deref().unwrap_or("no SIRET");
        let told = |it: &LiveFault| format!("{}: {}", it.field, it.reason);
        let faults: Vec<String> = message.faults.iter().map(told).collect();
        let (sequence, since) = (message.sequence, message.parked_at.format("%F %T"));
        say(format_args!(
            "{siret} (message {sequence}, since {since} UTC): {}",
            faults.join(", ")
        ));
    }
    let shown = found.messages.len();
    match found.count {
        0 => say("no message is parked"),
        count if count as usize > shown => {
            say(format_args!("{count} messages are parked; {shown} are shown"))
        }
        count => say(format_args!("{count} parked")),
    }
}

//! `onboarding subscriber list`

use runtime::Config;
use serde_json::json;
use subscribers::SubscriberStatus;

use crate::exit::Exit;
use crate::ground::standing;
use crate::terminal::{say, say_json};

const ASKED: &str = "the NATS server asks this service (auth callout)";
const INSTALLED: &str = "permissions installed by the server's operator";

/// Lists subscribers and how each is doing.
pub async fn run(config: &Config, revoked: bool, json: bool) -> anyhow::Result<Exit> {
    let (them, asked) = standing(config, "subscriber", async |ground| {
        let asked = ground.servers.nats_system_url.is_some();
        Ok((subscribers::status(&ground.pool, revoked).await?, asked))
    })
    .await?;
    let authentication = if asked { ASKED } else { INSTALLED };
    if json {
        say_json(&json!({ "authentication": authentication, "subscribers": them }))?;
        return Ok(Exit::Fine);
    }
    for one in &them {
        tell(one);
    }
    match them.len() {
        0 => say("no subscriber yet: `onboarding subscriber add`"),
        count => say(format_args!("{count} listed; {authentication}")),
    }
    Ok(Exit::Fine)
}

fn tell(one: &SubscriberStatus) {
    let standing = match (one.revoked_at, one.paused_at) {
        (Some(at), _) => format!(", revoked {}", at.format("%F %T")),
        (None, Some(at)) => format!(", paused since {}", at.format("%F %T")),
        (None, None) => String::new(),
    };
    let oldest = one.oldest_unacknowledged.map_or_else(String::new, |at| {
        format!(" (the oldest since {} UTC)", at.format("%F %T"))
    });
    let replay = match (one.replays_open, one.replayed_under_way) {
        (0, 0) => "none".to_owned(),
        (open, events) => format!("{open} to be taken up, {events} registrations under way"),
    };
    say(format_args!(
        "{} ({}{standing}): {}",
        one.name,
        one.kind,
        one.events.join(", ")
    ));
    say(format_args!(
        "  lag {}, {} acknowledged a minute, under way {}{oldest}, parked {}, replay {replay}",
        one.lag,
        one.rate_per_minute.round(),
        one.under_way,
        one.parked
    ));
}

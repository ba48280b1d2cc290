//! `onboarding subscriber acknowledgements`: who has read a person that is erased now, and who has erased them too.

use runtime::Config;
use store::ErasureAcknowledgement;

use crate::exit::Exit;
use crate::ground::standing;
use crate::terminal::{say, say_json};

/// How many are listed.
const LISTED_MAX: u32 = 10_000;

/// Lists them, the longest erased first.
pub async fn run(config: &Config, missing_only: bool, json: bool) -> anyhow::Result<Exit> {
    let (found, missing) = standing(config, "subscriber", async |ground| {
        let found = ground
            .store
            .erasure_acknowledgements(missing_only, LISTED_MAX)
            .await?;
        Ok((found, ground.store.missing_acknowledgements().await?.0))
    })
    .await?;
    if json {
        say_json(&found)?;
    } else {
        found.iter().for_each(tell);
        say(match missing {
            0 => "no acknowledgement is missing".to_owned(),
            1 => "1 acknowledgement is missing".to_owned(),
            _ => format!("{missing} acknowledgements are missing"),
        });
    }
    Ok(Exit::Fine)
}

fn tell(it: &ErasureAcknowledgement) {
    let (subscriber, registration) = (&it.subscriber, it.registration);
    let outcome = match it.acknowledged_at {
        Some(at) => format!("acknowledged {} UTC", at.format("%F %T")),
        None => "not acknowledged".to_owned(),
    };
    say(format_args!(
        "{registration} {subscriber}: erased {} UTC, {outcome}; read {} times, last {} UTC",
        it.erased_at.format("%F %T"),
        it.reads,
        it.last_read_at.format("%F %T"),
    ));
}

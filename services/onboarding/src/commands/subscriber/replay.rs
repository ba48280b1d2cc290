//! `onboarding subscriber replay`: events of the past, sent again, marked and throttled.

use runtime::Config;
use subscribers::{NewReplay, ReplayRange, SubscriberError};

use super::begin::Begin;
use super::parked::{about, nudge};
use crate::cli::AskedReplay;
use crate::exit::Exit;
use crate::ground::Ground;
use crate::terminal::{say, say_json};

/// Asks for a replay, or lists those that were asked for.
pub async fn run(config: &Config, asked: AskedReplay, json: bool) -> anyhow::Result<Exit> {
    about(config, &asked.name, async |ground, lanes, subscriber| {
        let Some(from) = asked.from else {
            let replays = lanes.replays(&subscriber, 100).await?;
            if json {
                say_json(&replays)?;
            } else {
                for replay in &replays {
                    say(told(replay));
                }
                say(match replays.len() {
                    0 => "no replay yet; --from begins one".to_owned(),
                    1 => "1 replay asked for so far; --from begins one".to_owned(),
                    count => format!("{count} replays asked for so far; --from begins one"),
                });
            }
            return Ok(Exit::Fine);
        };
        let wanted = NewReplay {
            range: ReplayRange {
                from: from.after(ground).await? + 1,
                to: upto(ground, asked.to).await?,
            },
            registrations: (!asked.registration.is_empty()).then(|| asked.registration.clone()),
            rate: asked.rate,
            requested_by: "operator",
        };
        let replay = match lanes.replay(&subscriber, &wanted).await {
            Ok(replay) => replay,
            Err(
                fault @ (SubscriberError::Replay(_)
                | SubscriberError::BeyondTheLog { .. }
                | SubscriberError::ReplaysWaiting(_)),
            ) => {
                eprintln!("{fault}");
                return Ok(Exit::WrongUsage);
            }
            Err(fault) => return Err(fault.into()),
        };
        nudge(ground).await;
        if json {
            say_json(&replay)?;
        } else {
            say(told(&replay));
        }
        Ok(Exit::Fine)
    })
    .await
}

/// The last position: as given, or the last one before an instant.
async fn upto(ground: &Ground, to: Option<Begin>) -> anyhow::Result<Option<u64>> {
    Ok(match to {
        None | Some(Begin::Now) => None,
        Some(Begin::Start) => Some(0),
        Some(Begin::Position(position)) => Some(position),
        Some(begin @ Begin::Instant(_)) => Some(begin.after(ground).await?),
    })
}

fn told(replay: &subscribers::Replay) -> String {
    let whom = replay
        .registrations
        .as_ref()
        .map_or_else(String::new, |them| format!(" of {} registrations", them.len()));
    format!(
        "replay {}: positions {} to {}{whom}, at most {} a second; taken up to {} ({} events, {} registrations under way)",
        replay.id,
        replay.from_position,
        replay.to_position,
        replay.rate,
        replay.position,
        replay.taken,
        replay.open
    )
}

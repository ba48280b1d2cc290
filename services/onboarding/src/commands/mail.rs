//! `onboarding mail …`

use std::io::Read;

use anyhow::Context;
use mailer::bounce::{Taken, take};
use runtime::Config;
use serde_json::json;
use usecases::Nudge;

use crate::cli::Mail;
use crate::exit::Exit;
use crate::ground::standing;
use crate::terminal::{say, say_json};

/// The longest message that is read; a notification returns a mail of ours, which is far shorter.
const MESSAGE_MAX: u64 = 4 << 20;

/// Runs the command. Whatever keeps a message from being taken is for later, so that a mail server hands it on again.
pub async fn run(config: &Config, command: Mail, as_json: bool) -> anyhow::Result<Exit> {
    let Mail::Bounce = command;
    let mut message = Vec::new();
    std::io::stdin()
        .take(MESSAGE_MAX)
        .read_to_end(&mut message)
        .context("the message cannot be read from standard input")?;
    let taken = standing(config, "mail", async |ground| {
        let onboarding = ground.onboarding(Nudge::default())?;
        Ok(take(&onboarding, &ground.pool, &message).await?)
    })
    .await;
    let taken = match taken {
        Ok(taken) => taken,
        Err(fault) => {
            eprintln!("not now: {fault:#}");
            return Ok(Exit::Later);
        }
    };
    if let Taken::AboutUs(status) = taken {
        tracing::warn!(%status, "a mail came back for a cause of ours: see docs/mail.md and the relay's log");
    }
    let (code, words) = match taken {
        Taken::Foreign => (
            "foreign",
            "not a notification about a mail of ours: nothing changes".to_owned(),
        ),
        Taken::NotFinal => (
            "not_final",
            "the mail is late, not lost: nothing changes".to_owned(),
        ),
        Taken::AboutUs(status) => (
            "about_us",
            format!("{status} is about this service, not about the recipient: nothing changes"),
        ),
        Taken::Past => (
            "past",
            "told before, or no longer waited for: nothing changes".to_owned(),
        ),
        Taken::Recorded(registration) => ("recorded", format!("{registration}: there is no such recipient")),
    };
    if as_json {
        say_json(&json!({"taken": code}))?;
    } else {
        say(format_args!("{words}"));
    }
    Ok(Exit::Fine)
}

//! `onboarding subscriber …`: who receives the feed, and what is expected of them.

mod acknowledgements;

use runtime::Config;

use crate::cli::Subscriber;
use crate::exit::Exit;

/// Runs the command.
pub async fn run(config: &Config, command: Subscriber, json: bool) -> anyhow::Result<Exit> {
    match command {
        Subscriber::Acknowledgements { missing } => acknowledgements::run(config, missing, json).await,
    }
}

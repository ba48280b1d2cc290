//! `onboarding subscriber …`: who receives the feed, and what is expected of them.

mod acknowledgements;
mod add;
pub mod begin;
mod deliveries;
mod pause;

use runtime::Config;

use crate::cli::Subscriber;
use crate::exit::Exit;

/// Runs the command.
pub async fn run(config: &Config, command: Subscriber, json: bool) -> anyhow::Result<Exit> {
    match command {
        Subscriber::Add(asked) => add::run(config, asked, json).await,
        Subscriber::Pause { name } => pause::run(config, &name, true, json).await,
        Subscriber::Resume { name } => pause::run(config, &name, false, json).await,
        Subscriber::Deliveries { name, failed, limit } => {
            deliveries::run(config, &name, failed, limit, json).await
        }
        Subscriber::Acknowledgements { missing } => acknowledgements::run(config, missing, json).await,
    }
}

//! `onboarding subscriber …`: who receives the feed, and what is expected of them.

mod acknowledgements;
mod add;
pub mod begin;
mod deliveries;
mod fetching;
mod list;
mod parked;
mod pause;
mod replay;
mod revoke;

use runtime::Config;
use runtime::issuer::Issuer;

use crate::cli::Subscriber;
use crate::exit::Exit;
use crate::terminal::say;

/// Runs the command.
pub async fn run(config: &Config, command: Subscriber, json: bool) -> anyhow::Result<Exit> {
    match command {
        Subscriber::Add(asked) => add::run(config, asked, json).await,
        Subscriber::Pause { name } => pause::run(config, &name, true, json).await,
        Subscriber::Resume { name } => pause::run(config, &name, false, json).await,
        Subscriber::Deliveries { name, failed, limit } => {
            deliveries::run(config, &name, failed, limit, json).await
        }
        Subscriber::List { revoked } => list::run(config, revoked, json).await,
        Subscriber::Replay(asked) => replay::run(config, asked, json).await,
        Subscriber::Parked { name, skipped: false } => parked::list(config, &name, json).await,
        Subscriber::Parked { name, skipped: true } => parked::skipped(config, &name, json).await,
        Subscriber::Retry {
            name, registration, ..
        } => parked::retry(config, &name, registration, json).await,
        Subscriber::Skip {
            name,
            registration,
            reason,
        } => parked::skip(config, &name, registration, &reason, json).await,
        Subscriber::Revoke { name } => revoke::run(config, &name, json).await,
        Subscriber::Rotate {
            name,
            signing_key: false,
        } => revoke::rotate(config, &name, json).await,
        Subscriber::Rotate {
            name,
            signing_key: true,
        } => revoke::rotate_signing_key(config, &name, json).await,
        Subscriber::Issuer => issuer(config),
        Subscriber::Acknowledgements { missing } => acknowledgements::run(config, missing, json).await,
    }
}

/// Tells the public half of the issuer's key as a server's configuration takes it; makes the key when missing.
fn issuer(config: &Config) -> anyhow::Result<Exit> {
    runtime::embedded::make_data_dir(&config.data_dir)?;
    say(format_args!(
        "issuer: {}",
        Issuer::open(&config.data_dir)?.public_key()
    ));
    Ok(Exit::Fine)
}

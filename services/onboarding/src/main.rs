//! `onboarding`: every role and every command of the service, in one binary.
//!
//! Read [`cli`] for what can be asked, [`ground`] for what everything stands on, [`roles`] for what runs, and
//! `commands/` for what an operator types.

mod cli;
mod commands;
mod demonstration;
mod epoch_exchange;
mod exit;
mod file_progress;
mod front;
mod ground;
mod letters;
mod missing_roles;
mod roles;
mod router;
mod running;
mod settings;
mod shown_settings;
mod terminal;
mod up;
mod watch;

use std::process::ExitCode;

use clap::Parser;
use runtime::outage::chain;
use runtime::{Config, telemetry};

use cli::{Cli, Command};
use exit::Exit;

/// The C library's allocator took a third of the service's time under load.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let config = match Config::load(cli.config.as_deref()) {
        Ok(config) => config,
        Err(faults) => {
            eprintln!("{faults}");
            return Exit::WrongUsage.into();
        }
    };
    runtime::http::use_ring();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(fault) => {
            eprintln!("the asynchronous runtime does not start: {fault}");
            return Exit::Fault.into();
        }
    };
    runtime.block_on(run(cli, config)).into()
}

async fn run(cli: Cli, config: Config) -> Exit {
    let role = cli.command.name();
    let telemetry = match telemetry::init(role, cli.command.speaker(), &config) {
        Ok(telemetry) => telemetry,
        Err(fault) => {
            eprintln!("telemetry does not start: {}", chain(&fault));
            return Exit::Fault;
        }
    };
    // Embedded servers inherit it.
    runtime::files::raise_limit();
    let json = cli.json;
    let outcome = match cli.command {
        Command::Up { demo } => up::run(config, &telemetry, demo).await,
        Command::Api => roles::run_alone(config, &telemetry, roles::Role::Api).await,
        Command::Relay => roles::run_alone(config, &telemetry, roles::Role::Relay).await,
        Command::Projector => roles::run_alone(config, &telemetry, roles::Role::Projector).await,
        Command::Feed => roles::run_alone(config, &telemetry, roles::Role::Feed).await,
        Command::Mailer => roles::run_alone(config, &telemetry, roles::Role::Mailer).await,
        Command::Worker => roles::run_alone(config, &telemetry, roles::Role::Worker).await,
        Command::Directory(command) => commands::directory::run(&config, command, json).await,
        Command::Projections(command) => commands::projections::run(&config, command, json).await,
        Command::Bus(command) => commands::bus::run(&config, command, json).await,
        Command::Audit(command) => commands::audit::run(&config, command, json).await,
        Command::Subscriber(command) => commands::subscriber::run(&config, command, json).await,
        Command::Mail(command) => commands::mail::run(&config, command, json).await,
        Command::Console(command) => commands::console::run(&config, command, json).await,
        Command::Erase(command) => commands::rights::erase(&config, command, json).await,
        Command::Erasure(command) => commands::rights::erasure(&config, command, json).await,
        Command::Hold(command) => commands::rights::hold(&config, command, json).await,
        Command::Grant(command) => commands::rights::grant(&config, command, json).await,
        Command::Person(command) => commands::rights::person(&config, command, json).await,
        Command::Keys(command) => commands::rights::keys(&config, command, json).await,
        Command::Retention(command) => commands::rights::retention(&config, command, json).await,
        Command::Witness(asked) => commands::witness::run(asked, json).await,
        Command::Rules(command) => commands::rules::run(&config, command, json).await,
        Command::Doctor => commands::doctor::run(&config, json).await,
    };
    drop(telemetry);
    outcome.unwrap_or_else(|fault| {
        eprintln!("{role}: {}", chain(fault.as_ref()));
        Exit::Fault
    })
}

//! What can be asked of the binary.

mod audit;
mod directory;
pub mod rights;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use domain::values::RegistrationId;
use runtime::telemetry::Speaker;
use subscribers::SubscriberName;

use crate::commands::subscriber::begin::{Begin, come};

use audit::instant;
pub use audit::{Audit, Exporting, Replaying, Rules, Witnessing};
pub use directory::{Directory, Import, ImportFile, StockFile};

/// Event-sourced account onboarding.
#[derive(Debug, Parser)]
#[command(version, about, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// Configuration file (TOML). Each key is also an environment variable, ONBOARDING_…, which overrides it.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Results as JSON.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Roles and commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run every role in this process, with embedded PostgreSQL and NATS where no URL is given
    Up {
        /// Load the invented directory, and let the invented register answer
        #[arg(long)]
        demo: bool,
    },
    /// Run the HTTP API and the pages
    Api,
    /// Run the relay: gives events their place in the log and publishes them
    Relay,
    /// Run the projector: keeps the read models
    Projector,
    /// Run the feed: what subscribers get, on NATS and by webhooks; their logins and replays
    Feed,
    /// Run the mailer: sends mails
    Mailer,
    /// Run the worker: reminders, expiry, erasures, registers asked again, epochs of keys
    Worker,
    /// The organisation's contacts and establishments
    #[command(subcommand)]
    Directory(Directory),
    /// The read models
    #[command(subcommand)]
    Projections(Projections),
    /// The stream on NATS
    #[command(subcommand)]
    Bus(Bus),
    /// What happened, and whether it stands as it was written
    #[command(subcommand)]
    Audit(Audit),
    /// Those who receive the feed
    #[command(subcommand)]
    Subscriber(Subscriber),
    /// Mails that come back
    #[command(subcommand)]
    Mail(Mail),
    /// Who may use the console
    #[command(subcommand)]
    Console(Console),
    /// What today's rules would have decided
    #[command(subcommand)]
    Rules(Rules),
    /// Watch a log of somebody else: see that it is only added to, and cosign its checkpoints. Needs no database
    Witness(Witnessing),
    /// Forget a person: their key is destroyed, and what it sealed stays unreadable for ever
    Erase(rights::Erase),
    /// Erasures that wait
    #[command(subcommand)]
    Erasure(rights::Erasure),
    /// Legal holds: registrations that must not be erased for now
    #[command(subcommand)]
    Hold(rights::Hold),
    /// Grants: who may open sealed data, what for and until when
    #[command(subcommand)]
    Grant(rights::Grant),
    /// A person, to whoever holds a grant
    #[command(subcommand)]
    Person(rights::Person),
    /// The epochs of personal keys
    #[command(subcommand)]
    Keys(rights::Keys),
    /// How long what is kept
    #[command(subcommand)]
    Retention(rights::Retention),
    /// Check configuration, versions, roles, clocks and keys, and say what to do about each fault
    Doctor,
}

impl Command {
    /// The role's or command's name, for logs and metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Up { .. } => "up",
            Self::Api => "api",
            Self::Relay => "relay",
            Self::Projector => "projector",
            Self::Feed => "feed",
            Self::Mailer => "mailer",
            Self::Worker => "worker",
            Self::Directory(_) => "directory",
            Self::Projections(_) => "projections",
            Self::Bus(_) => "bus",
            Self::Audit(_) => "audit",
            Self::Rules(_) => "rules",
            Self::Witness(_) => "witness",
            Self::Subscriber(_) => "subscriber",
            Self::Mail(_) => "mail",
            Self::Console(_) => "console",
            Self::Erase(_) => "erase",
            Self::Erasure(_) => "erasure",
            Self::Hold(_) => "hold",
            Self::Grant(_) => "grant",
            Self::Person(_) => "person",
            Self::Keys(_) => "keys",
            Self::Retention(_) => "retention",
            Self::Doctor => "doctor",
        }
    }

    /// Whether it runs on and on, or answers somebody.
    pub fn speaker(&self) -> Speaker {
        match self {
            Self::Up { .. } | Self::Api | Self::Relay | Self::Projector | Self::Mailer => Speaker::Role,
            _ => Speaker::Command,
        }
    }
}

/// Commands on the read models.
#[derive(Debug, Subcommand)]
pub enum Projections {
    /// Make read models again from the log, beside the old ones; compare; swap
    Rebuild {
        /// One of them; all when absent
        name: Option<String>,
    },
    /// Compare the read models with a fresh fold of the log
    Verify,
}

/// Commands on the stream.
#[derive(Debug, Subcommand)]
pub enum Bus {
    /// Compare the stream with the log, position by position, on every server that keeps a copy
    Verify,
    /// Make the stream again from the log
    Rebuild,
    /// On how many servers of a cluster the service's streams are kept
    Replicas {
        /// Keep them on so many: 1, 3 or 5
        #[arg(value_parser = clap::value_parser!(u8).range(1..=5))]
        set: Option<u8>,
    },
}

/// Commands on subscribers.
#[derive(Debug, Subcommand)]
pub enum Subscriber {
    /// Add one, and print once what its client needs
    Add(AddSubscriber),
    /// Hand nothing over to it for a while; its events wait
    Pause {
        /// The subscriber
        name: SubscriberName,
    },
    /// Go on after a pause, or after an endpoint was mended: at once
    Resume {
        /// The subscriber
        name: SubscriberName,
    },
    /// The latest calls of a webhook, newest first, and how each ended
    Deliveries {
        /// The subscriber
        name: SubscriberName,
        /// Only those that were not acknowledged
        #[arg(long)]
        failed: bool,
        /// At most so many
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
    /// How each is doing: lag, rate, oldest unacknowledged, parked
    List {
        /// Those that were revoked too
        #[arg(long)]
        revoked: bool,
    },
    /// Send events of the past again, marked as a replay and throttled; without --from, list replays
    Replay(AskedReplay),
    /// Registrations whose event it refused, or did not acknowledge however often it was delivered
    Parked {
        /// The subscriber
        name: SubscriberName,
        /// Instead, what was given up, and why
        #[arg(long)]
        skipped: bool,
    },
    /// Deliver again what is parked
    Retry {
        /// The subscriber
        name: SubscriberName,
        /// The registration
        #[arg(required_unless_present = "all")]
        registration: Option<RegistrationId>,
        /// All of them
        #[arg(long, conflicts_with = "registration")]
        all: bool,
    },
    /// Give up the parked event of a registration; its later events follow
    Skip {
        /// The subscriber
        name: SubscriberName,
        /// The registration
        registration: RegistrationId,
        /// Why; kept, so without personal data
        #[arg(long)]
        reason: String,
    },
    /// Its secret opens nothing from now on, its connections are cut, its stream is removed
    Revoke {
        /// The subscriber
        name: SubscriberName,
    },
    /// Give it another secret; the old one opens nothing from now on
    Rotate {
        /// The subscriber
        name: SubscriberName,
        /// Instead, the key that a webhook's calls are signed with
        #[arg(long)]
        signing_key: bool,
    },
    /// The line for NATS's configuration that names whose word it takes about subscribers
    Issuer,
    /// Who has read a person that is erased now, and who has said that it has erased them too
    Acknowledgements {
        /// Only those that are still awaited
        #[arg(long)]
        missing: bool,
    },
}

/// A replay.
#[derive(Debug, clap::Args)]
pub struct AskedReplay {
    /// The subscriber
    pub name: SubscriberName,
    /// From where: start, a position, a day or an instant
    #[arg(long, value_parser = come)]
    pub from: Option<Begin>,
    /// Up to where: a position, or before a day or an instant; the log's end when absent
    #[arg(long, requires = "from")]
    pub to: Option<Begin>,
    /// Only these registrations
    #[arg(long, num_args = 1.., requires = "from")]
    pub registration: Vec<RegistrationId>,
    /// Events a second at most
    #[arg(long, default_value_t = subscribers::REPLAY_RATE, requires = "from")]
    pub rate: u32,
}

/// Commands on mails.
#[derive(Debug, Subcommand)]
pub enum Mail {
    /// Take a message that came to the sender's mailbox, on standard input: a bounce becomes an event, all else changes nothing
    Bounce,
}

/// Commands on the console's staff.
#[derive(Debug, Subcommand)]
pub enum Console {
    /// Add somebody; prints their secret, once
    Add {
        /// Their name, as the access log will call them
        name: String,
        /// auditor, operator or privacy_officer
        #[arg(long, value_parser = role)]
        role: console::staff::Role,
    },
    /// Everybody, with their role
    List,
    /// Let somebody in no more, and end their sessions
    Remove {
        /// Their name
        name: String,
    },
}

fn role(name: &str) -> Result<console::staff::Role, String> {
    let names = console::staff::Role::ALL.map(console::staff::Role::name);
    console::staff::Role::named(name).ok_or_else(|| format!("one of {}", names.join(", ")))
}

/// A new subscriber.
#[derive(Debug, clap::Args)]
pub struct AddSubscriber {
    /// Its name: a lower-case letter, then lower-case letters, digits and hyphens
    pub name: SubscriberName,
    /// The events that it is to receive, separated by commas
    #[arg(long, required = true, value_delimiter = ',')]
    pub events: Vec<String>,
    /// From where: start, now, a position, a day or an instant
    #[arg(long, default_value = "now", value_parser = come)]
    pub from: Begin,
    /// Call this URL with every event, signed; without it the subscriber fetches over NATS
    #[arg(long, value_name = "URL")]
    pub webhook: Option<String>,
    /// The URL may be http and lead to addresses of private networks
    #[arg(long, requires = "webhook")]
    pub allow_private: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}

//! Commands about people: who may look, being forgotten, keys, and how long what is kept.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use clap::{Args, Subcommand};
use domain::values::{RegistrationId, parse_span};
use uuid::Uuid;

use super::instant;

/// Who gives the command, for the access log.
#[derive(Debug, Args)]
pub struct By {
    /// Who gives this command; kept in the access log
    #[arg(long, value_name = "NAME", default_value_t = login(), value_parser = name)]
    pub by: String,
}

/// Forgetting somebody.
#[derive(Debug, Args)]
pub struct Erase {
    /// The registration
    pub registration: RegistrationId,
    /// Why; kept in an event, so without personal data
    #[arg(long)]
    pub reason: String,
    /// Keep no waiting time
    #[arg(long)]
    pub now: bool,
    #[command(flatten)]
    pub by: By,
}

/// Commands on erasures that wait or were done.
#[derive(Debug, Subcommand)]
pub enum Erasure {
    /// Erasures that wait, and what for
    List,
    /// The certificate of an erasure: signed, with the proof that it is in the log
    Certificate {
        /// The registration
        registration: RegistrationId,
    },
    /// The keys by which certificates are verified: the one that signs statements, then the log's
    Keys,
    /// Verify a certificate. Neither database nor key file is needed
    Verify {
        /// The certificate
        file: PathBuf,
        /// The key that signs statements, as `erasure keys` prints it
        #[arg(long, value_name = "KEY")]
        statements: String,
        /// The log's key
        #[arg(long, value_name = "KEY")]
        log: String,
    },
    /// Call an erasure off that waits: the account is open again
    Cancel {
        /// The registration
        registration: RegistrationId,
        /// Why; kept in an event, so without personal data
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        by: By,
    },
}

/// Commands on legal holds.
#[derive(Debug, Subcommand)]
pub enum Hold {
    /// Keep a registration from being erased
    Set {
        /// The registration
        registration: RegistrationId,
        /// Why; kept, and shown to the person, so without personal data
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        by: By,
    },
    /// Lift a hold: an erasure that waited for it is then done
    Lift {
        /// The registration
        registration: RegistrationId,
        /// Why; kept, and shown to the person, so without personal data
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        by: By,
    },
    /// Registrations that are held
    List {
        /// Also those that were
        #[arg(long)]
        past: bool,
    },
}

/// Commands on grants.
#[derive(Debug, Subcommand)]
pub enum Grant {
    /// Let a named person open sealed data, for a purpose and a time
    Give {
        /// The person
        #[arg(long, value_name = "NAME", value_parser = name)]
        to: String,
        /// What they act as, such as privacy_officer
        #[arg(long, default_value = "privacy_officer", value_parser = name)]
        role: String,
        /// What for; kept, and shown to whoever is looked at, so without personal data
        #[arg(long)]
        purpose: String,
        /// Only this registration
        #[arg(long)]
        registration: Option<RegistrationId>,
        /// For how long, such as 1h; seven days at most
        #[arg(long = "for", value_name = "SPAN", value_parser = span)]
        lifetime: TimeDelta,
        #[command(flatten)]
        by: By,
    },
    /// Take a grant back
    Revoke {
        /// The grant
        grant: Uuid,
        #[command(flatten)]
        by: By,
    },
    /// Grants that are good now
    List {
        /// Also those that were
        #[arg(long)]
        past: bool,
    },
}

/// Commands on persons.
#[derive(Debug, Subcommand)]
pub enum Person {
    /// Open what is sealed of a person. It stands in the access log, and the person can read it there
    Show {
        /// The registration
        registration: RegistrationId,
        /// The grant that allows it
        #[arg(long)]
        grant: Uuid,
    },
}

/// Commands on the epochs of personal keys.
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Every epoch, how many living keys it wraps, and from when on it may be destroyed
    Status,
    /// Begin an epoch and wrap every living key under it
    Rotate,
    /// Destroy the epochs that are past the horizon: copies of the database from before them open nothing any more
    Destroy {
        /// Another horizon than the one set, such as 0s for every epoch but the one in use
        #[arg(long, value_name = "SPAN", value_parser = span)]
        horizon: Option<TimeDelta>,
    },
}

/// Commands on the retention policy.
#[derive(Debug, Subcommand)]
pub enum Retention {
    /// What would go, and when. Changes nothing
    DryRun {
        /// By then (RFC 3339, or a day); now when absent
        #[arg(long, value_parser = instant)]
        by: Option<DateTime<Utc>>,
        /// At most so many of each kind
        #[arg(long, default_value_t = 1_000)]
        limit: u32,
    },
    /// Do what is due now, as the mailer does every ten minutes
    Run,
}

/// Who is logged in, as far as the environment tells.
fn login() -> String {
    ["SUDO_USER", "USER", "LOGNAME"]
        .iter()
        .find_map(|variable| std::env::var(variable).ok().and_then(|text| name(&text).ok()))
        .unwrap_or_else(|| "command-line".to_owned())
}

fn name(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    if (1..=64).contains(&text.chars().count()) && text.chars().all(is_plain) {
        Ok(text.to_owned())
    } else {
        Err("a name has 1 to 64 letters, digits, dots, dashes and underscores".to_owned())
    }
}

fn span(text: &str) -> Result<TimeDelta, String> {
    parse_span(text).ok_or_else(|| "write a span of time as 30d, 12h, 10m or 45s".to_owned())
}

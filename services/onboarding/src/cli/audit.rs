//! What an auditor can ask, and a witness.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use clap::Subcommand;
use domain::values::RegistrationId;

/// Commands of an auditor.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Every event in the order of the log, one JSON object a line
    Replay(Replaying),
    /// Check that the log is whole, signed, and that every event stands as it was written
    Verify {
        /// An exported folder: needs no database and no network
        #[arg(long, value_name = "DIR")]
        export: Option<PathBuf>,
        /// A checkpoint that was kept: the log must be a continuation of it (repeatable)
        #[arg(long, value_name = "FILE")]
        since: Vec<PathBuf>,
        /// The key that checkpoints must be signed with, as it was told apart from the folder
        #[arg(long, value_name = "VKEY")]
        vkey: Option<String>,
    },
    /// Everything for an inspection in a folder of its own: events, proofs, keys, and a program that verifies them
    Export(Exporting),
    /// Who opened what is sealed, and what operators did; checks that the access log is whole
    Accesses {
        /// Only about this registration
        #[arg(long)]
        registration: Option<RegistrationId>,
        /// First position
        #[arg(long, default_value_t = 1)]
        from: u64,
    },
    /// One registration as a readable story
    Show {
        /// The registration
        registration: RegistrationId,
        /// As it stood then (RFC 3339, or a day)
        #[arg(long, value_parser = instant)]
        at: Option<DateTime<Utc>>,
        /// The story's language: fr or en
        #[arg(long, default_value = "en")]
        lang: String,
    },
    /// Every registration's state and the read models as they stood at a moment
    State {
        /// The moment (RFC 3339, or a day: its end in UTC)
        #[arg(long, value_parser = instant)]
        at: DateTime<Utc>,
        /// Only this registration
        #[arg(long)]
        registration: Option<RegistrationId>,
    },
}

/// What is replayed.
#[derive(Debug, clap::Args)]
pub struct Replaying {
    /// First position
    #[arg(long, default_value_t = 1)]
    pub from: u64,
    /// Last position
    #[arg(long)]
    pub to: Option<u64>,
    /// Only this registration (repeatable)
    #[arg(long)]
    pub registration: Vec<RegistrationId>,
    /// Only events of this name, such as EmailVerified (repeatable)
    #[arg(long = "type", value_name = "EVENT")]
    pub events: Vec<String>,
    /// Only what was recorded from then on (RFC 3339, or a day: from its beginning in UTC)
    #[arg(long, value_parser = beginning)]
    pub since: Option<DateTime<Utc>>,
    /// Only what had been recorded by then (RFC 3339, or a day: to its end in UTC)
    #[arg(long, value_parser = instant, visible_alias = "at")]
    pub until: Option<DateTime<Utc>>,
    /// Go on with what comes, until interrupted
    #[arg(long)]
    pub follow: bool,
}

/// What is exported.
#[derive(Debug, clap::Args)]
pub struct Exporting {
    /// The folder, which must not exist yet
    pub folder: PathBuf,
    /// Also as a table for spreadsheets: events.csv
    #[arg(long)]
    pub csv: bool,
    /// Also as a table for analysis: events.parquet
    #[arg(long)]
    pub parquet: bool,
    /// A copy for test systems instead: the same history with other ids and numbers, and without anything sealed
    #[arg(long, conflicts_with_all = ["csv", "parquet"])]
    pub pseudonymised: bool,
}

/// Today's rules.
#[derive(Debug, Subcommand)]
pub enum Rules {
    /// Judge every event of the past by today's rules, and list what would be decided otherwise
    Replay {
        /// Only this registration (repeatable)
        #[arg(long)]
        registration: Vec<RegistrationId>,
    },
}

/// What a witness needs.
#[derive(Debug, clap::Args)]
pub struct Witnessing {
    /// The log, such as https://compte.exemple.fr/log
    #[arg(long)]
    pub log: String,
    /// The log's key, as its operator told it: NAME+KEYID+BASE64
    #[arg(long)]
    pub vkey: String,
    /// The witness's name, such as temoin.exemple.org
    #[arg(long)]
    pub name: String,
    /// The witness's own key; made when missing
    #[arg(long, value_name = "FILE")]
    pub key_file: PathBuf,
    /// What was cosigned last; made when missing. Whoever loses it loses the memory of the log
    #[arg(long, value_name = "FILE")]
    pub state: PathBuf,
    /// How often to look, in seconds
    #[arg(long, default_value = "10", value_parser = seconds)]
    pub every: Duration,
    /// Look once
    #[arg(long)]
    pub once: bool,
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 1..) => Ok(Duration::from_secs(seconds)),
        _ => Err("write a number of seconds".to_owned()),
    }
}

/// An instant, or the beginning of a day in UTC.
fn beginning(text: &str) -> Result<DateTime<Utc>, String> {
    match chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        Ok(day) => Ok(day.and_time(chrono::NaiveTime::MIN).and_utc()),
        Err(_) => instant(text),
    }
}

/// An instant, or the end of a day in UTC.
pub(super) fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(instant.to_utc());
    }
    chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .and_then(|day| day.succ_opt())
        .and_then(|day| day.and_hms_opt(0, 0, 0))
        .map(|end| end.and_utc() - chrono::TimeDelta::microseconds(1))
        .ok_or_else(|| "write an instant as 2026-01-31T12:00:00Z or a day as 2026-01-31".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_means_its_end() {
        assert_eq!(
            instant("2026-01-31").unwrap().to_rfc3339(),
            "2026-01-31T23:59:59.999999+00:00"
        );
        assert_eq!(
            instant("2026-01-31T12:00:00+01:00").unwrap().to_rfc3339(),
            "2026-01-31T11:00:00+00:00"
        );
        assert!(instant("yesterday").is_err());
        assert_eq!(
            beginning("2026-01-31").unwrap().to_rfc3339(),
            "2026-01-31T00:00:00+00:00"
        );
    }
}

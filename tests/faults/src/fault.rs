//! What may go wrong, and which of the service's promises it may touch.

use std::fmt;

use crate::proxy::Way;
use crate::smtp::Mood;

/// A fault that lasts a while and then ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// A role is killed, and started again at the end.
    KillRole(String),
    /// A role is stopped where it stands and goes on at the end: what it held meanwhile may be another's.
    StopRole(String),
    /// Connections between a role and a server suffer.
    Link {
        /// Whose connections.
        link: Link,
        /// How.
        trouble: Trouble,
    },
    /// The mail server is in a mood.
    Mail(Mood),
    /// A NATS server is killed, and started again at the end.
    KillNats(NatsTarget),
    /// A NATS server is stopped where it stands.
    StopNats(NatsTarget),
    /// PostgreSQL is killed, and started again at the end.
    KillPostgres,
    /// PostgreSQL is stopped where it stands, with every session.
    StopPostgres,
    /// Every session of the service is ended by the server, several times.
    EndSessions,
    /// The synchronous standby answers nothing: commits wait.
    SilenceStandby,
    /// The primary is killed and the standby promoted; a new standby is made at the end.
    FailOver,
    /// No room is left on a disk.
    FillDisk(DiskOf),
}

/// Which NATS server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NatsTarget {
    /// The one that leads the stream, or the only one.
    Leader,
    /// One of the others.
    Follower,
}

/// Connections between two.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// A role's instance, or `client`.
    pub from: String,
    /// `postgres`, `nats`, `smtp`, or an instance of the API.
    pub to: String,
}

/// What becomes of connections.
#[derive(Clone, Debug, PartialEq)]
pub enum Trouble {
    /// The way is like this until the end.
    Way(Way),
    /// They are reset again and again.
    Cut,
    /// The half towards the server is closed again and again; the other half stands.
    HalfClose,
}

/// Whose disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskOf {
    /// PostgreSQL's tables.
    Tables,
    /// PostgreSQL's write-ahead log.
    WriteAheadLog,
    /// NATS's store.
    Stream,
    /// The data directory of the roles.
    DataFolder,
}

/// What a fault may show to somebody who registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// Nothing at all: registrations go on.
    Nothing,
    /// Nothing to who registers; whoever asks to be erased may be refused with 503 and `Retry-After`.
    RefusedErasures,
    /// Refusals with 503 and `Retry-After`, or no answer while a commit waits.
    Refusals,
    /// An API that cannot be reached: connections end.
    Absence,
}

impl Fault {
    /// What registrations may show of it.
    pub fn shows(&self) -> Shows {
        match self {
            Self::KillRole(role) | Self::StopRole(role) if role.starts_with("api") => Shows::Absence,
            Self::Link { link, .. } if link.from == "client" => Shows::Absence,
            Self::Link { link, .. } if link.from.starts_with("api") && link.to == "postgres" => {
                Shows::Refusals
            }
            Self::KillPostgres | Self::StopPostgres | Self::EndSessions => Shows::Refusals,
            Self::SilenceStandby | Self::FailOver => Shows::Refusals,
            Self::FillDisk(DiskOf::Tables | DiskOf::WriteAheadLog) => Shows::Refusals,
            // The shared data directory holds nothing else that a step needs, once the roles run.
            Self::FillDisk(DiskOf::DataFolder) => Shows::RefusedErasures,
            _ => Shows::Nothing,
        }
    }

    /// What is counted in reports: kills, stops, cuts and so on.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::KillRole(_) => "roles killed",
            Self::StopRole(_) => "roles stopped",
            Self::Link { .. } => "network faults",
            Self::Mail(_) => "mail faults",
            Self::KillNats(_) => "NATS servers killed",
            Self::StopNats(_) => "NATS servers stopped",
            Self::KillPostgres => "PostgreSQL killed",
            Self::StopPostgres => "PostgreSQL stopped",
            Self::EndSessions => "session storms",
            Self::SilenceStandby => "silent standbys",
            Self::FailOver => "failovers",
            Self::FillDisk(_) => "full disks",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KillRole(role) => write!(text, "kill {role}"),
            Self::StopRole(role) => write!(text, "stop {role}"),
            Self::Link { link, trouble } => write!(text, "{}-{}: {trouble}", link.from, link.to),
            Self::Mail(mood) => write!(text, "mail server {mood}"),
            Self::KillNats(which) => write!(text, "kill NATS {which:?}"),
            Self::StopNats(which) => write!(text, "stop NATS {which:?}"),
            Self::KillPostgres => write!(text, "kill PostgreSQL"),
            Self::StopPostgres => write!(text, "stop PostgreSQL"),
            Self::EndSessions => write!(text, "end PostgreSQL's sessions"),
            Self::SilenceStandby => write!(text, "silent standby"),
            Self::FailOver => write!(text, "fail over"),
            Self::FillDisk(disk) => write!(text, "full disk: {disk:?}"),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Way(way) => write!(text, "{way}"),
            Self::Cut => write!(text, "cut"),
            Self::HalfClose => write!(text, "half-closed"),
        }
    }
}

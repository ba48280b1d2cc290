//! I12: what processes hold returns to what they held before.

use std::fs;

use serde::Serialize;

use crate::checker::Finding;
use crate::installation::Installation;

/// Descriptors beyond those held at the start that a quiet role may keep: a full pool of 24, of which each connection takes
/// three where the URL names several hosts, and connections that clients keep.
const DESCRIPTORS_MORE: usize = 96;
/// Memory that a quiet role may keep beyond what it held before, in KiB: hashing passwords takes 46 MiB each, and the
/// allocator keeps some of it.
const MEMORY_MORE: u64 = 512 * 1024;

/// What a process holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Whose.
    pub role: String,
    /// Resident memory, in KiB.
    pub memory: u64,
    /// Open descriptors.
    pub descriptors: usize,
    /// Threads.
    pub threads: u64,
}

/// What each role holds now.
pub fn look(installation: &Installation) -> Vec<Usage> {
    let names = installation.supervisor.names().into_iter();
    names
        .filter_map(|name| of(&name, installation.supervisor.pid(&name)?))
        .collect()
}

fn of(role: &str, pid: u32) -> Option<Usage> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let number = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    Some(Usage {
        role: role.to_owned(),
        memory: number("VmRSS:")?,
        threads: number("Threads:")?,
        descriptors: fs::read_dir(format!("/proc/{pid}/fd")).ok()?.count(),
    })
}

/// Judges what is held at the end by what was held at the start.
pub fn judge(before: &[Usage], after: &[Usage]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for now in after {
        let Some(then) = before.iter().find(|it| it.role == now.role) else {
            continue;
        };
        if now.descriptors > then.descriptors + DESCRIPTORS_MORE {
            let what = format!(
                "{} held {} descriptors, and holds {} now",
                now.role, then.descriptors, now.descriptors
            );
            findings.push(Finding::new("I12", what));
        }
        if now.memory > then.memory + MEMORY_MORE {
            let what = format!(
                "{} held {} KiB, and holds {} now",
                now.role, then.memory, now.memory
            );
            findings.push(Finding::new("I12", what));
        }
    }
    findings
}

/// Sessions of the service that hold something though all is quiet.
///
/// # Errors
/// When PostgreSQL does not answer.
pub async fn sessions(installation: &Installation) -> Result<Vec<Finding>, sqlx::Error> {
    let open = "SELECT coalesce(application_name, '') || ': ' || state || ', waiting for ' || coalesce(wait_event, 'nothing')
        FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
         AND xact_start < clock_timestamp() - interval '5 seconds'";
    let mut owner = installation.owner().await?;
    let open: Vec<String> = sqlx::query_scalar(open).fetch_all(&mut owner).await?;
    Ok(open
        .into_iter()
        .map(|what| Finding::new("I12", format!("a transaction stays open: {what}")))
        .collect())
}

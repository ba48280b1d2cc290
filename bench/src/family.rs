//! A program and all that it has started, as the kernel accounts for them (Linux's /proc).

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde::Serialize;

/// Clock ticks a second in /proc/<pid>/stat: 100 on every Linux (USER_HZ).
const TICKS_PER_SECOND: f64 = 100.0;

/// What the programs of one name use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Use {
    /// How many processes they are.
    pub programs: u32,
    /// Resident memory; memory shared by several counts for each. KiB.
    pub rss_kib: u64,
    /// Resident memory, shared memory divided among its users. KiB.
    pub pss_kib: u64,
    /// Time on a core so far, in user and kernel mode.
    pub cpu: Duration,
}

/// What a program and its descendants use, by program name.
///
/// # Errors
/// When there is no /proc.
pub fn uses(root: u32) -> std::io::Result<BTreeMap<String, Use>> {
    let members = members()?;
    let mut family = vec![root];
    let mut uses: BTreeMap<String, Use> = BTreeMap::new();
    while let Some(pid) = family.pop() {
        family.extend(
            members
                .iter()
                .filter(|(_, member)| member.parent == pid)
                .map(|(pid, _)| *pid),
        );
        if let Some(member) = members.get(&pid) {
            let total = uses.entry(member.name.clone()).or_default();
            let (rss_kib, pss_kib) = memory(pid);
            total.programs += 1;
            total.rss_kib += rss_kib;
            total.pss_kib += pss_kib;
            total.cpu += member.cpu;
        }
    }
    Ok(uses)
}

/// Time on a core, by program; the client is this one.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CpuMs {
    /// The load generator.
    pub client: f64,
    /// The service, all of its roles.
    pub service: f64,
    /// PostgreSQL.
    pub postgres: f64,
    /// NATS.
    pub nats: f64,
}

impl CpuMs {
    /// So far, in milliseconds, under this root.
    ///
    /// # Errors
    /// When there is no /proc.
    pub fn so_far(root: u32) -> std::io::Result<Self> {
        let uses = uses(root)?;
        let of = |name: &str| uses.get(name).map_or(0.0, |it| it.cpu.as_secs_f64() * 1_000.0);
        Ok(Self {
            client: cpu_of(std::process::id()).as_secs_f64() * 1_000.0,
            service: of("onboarding"),
            postgres: of("postgres"),
            nats: of("nats-server"),
        })
    }

    /// What was used since `before`, for each of `count`.
    pub fn each_since(&self, before: &Self, count: f64) -> Self {
        let each = |after: f64, before: f64| (after - before) / count.max(1.0);
        Self {
            client: each(self.client, before.client),
            service: each(self.service, before.service),
            postgres: each(self.postgres, before.postgres),
            nats: each(self.nats, before.nats),
        }
    }
}

impl std::fmt::Display for CpuMs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [client, service, postgres, nats] =
            [self.client, self.service, self.postgres, self.nats].map(crate::report::figure);
        write!(f, "{service} / {postgres} / {nats} / {client}")
    }
}

struct Member {
    name: String,
    parent: u32,
    cpu: Duration,
}

fn members() -> std::io::Result<HashMap<u32, Member>> {
    let mut members = HashMap::new();
    for entry in std::fs::read_dir("/proc")?.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // One that has just ended has nothing to tell.
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else {
            continue;
        };
        if let Some(member) = member(&stat) {
            members.insert(pid, member);
        }
    }
    Ok(members)
}

/// `pid (name) state parent …`, user and kernel ticks being fields 14 and 15 (proc(5)). A name may hold spaces.
fn member(stat: &str) -> Option<Member> {
    let (before, after) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks = |field: usize| fields.get(field)?.parse::<f64>().ok();
    Some(Member {
        name: before.split_once('(')?.1.to_owned(),
        parent: fields.get(1)?.parse().ok()?,
        cpu: Duration::from_secs_f64((ticks(11)? + ticks(12)?) / TICKS_PER_SECOND),
    })
}

/// RSS and PSS in KiB; 0 for what may not be read.
fn memory(pid: u32) -> (u64, u64) {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = |name: &str| {
        text.lines()
            .find_map(|line| {
                line.strip_prefix(name)?
                    .trim()
                    .strip_suffix("kB")?
                    .trim()
                    .parse()
                    .ok()
            })
            .unwrap_or(0)
    };
    (line("Rss:"), line("Pss:"))
}

/// What a program alone has used of the cores so far; zero for one that has ended.
pub fn cpu_of(pid: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    member(&stat).map_or(Duration::ZERO, |it| it.cpu)
}

/// The most memory that a program has had resident at once, in KiB; 0 for one that has ended.
pub fn peak_rss_kib(pid: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|it| it.trim().strip_suffix("kB")?.trim().parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_kernel_is_read() {
        let read = member("7 (a (b) c) S 3 7 7 0 -1 4194560 1 0 0 0 150 50 0 0 20 0").unwrap();
        assert_eq!((read.name.as_str(), read.parent), ("a (b) c", 3));
        assert_eq!(read.cpu, Duration::from_secs(2));
    }

    #[test]
    fn this_program_uses_memory() {
        let used: u64 = uses(std::process::id())
            .unwrap()
            .values()
            .map(|it| it.rss_kib)
            .sum();
        assert!(used > 100, "{used}");
    }
}

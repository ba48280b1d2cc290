//! Carries a schedule out: begins each fault at its time, ends it at its time, and notes when it truly was.

use std::sync::Mutex;
use std::time::Duration;

use nix::sys::signal::Signal;
use serde::Serialize;
use tests::nats_cluster::NatsCluster;
use tokio::sync::MutexGuard;

use crate::fault::{DiskOf, Fault, Link, NatsTarget, Shows, Trouble};
use crate::installation::{Bus, Installation, STREAM, Servers, name_of};
use crate::ledger::Ledger;
use crate::proxy::{Proxy, Way};
use crate::schedule::{Planned, Schedule};
use crate::smtp::Mood;

/// Between two cuts, or two storms, of a fault that repeats.
const AGAIN: Duration = Duration::from_millis(300);
/// How long a role may take to be ready again before the fault counts as over all the same.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// A fault as it truly was.
#[derive(Clone, Debug, Serialize)]
pub struct Band {
    /// When it began, in seconds of the run.
    pub from: f64,
    /// When it was over, recovery included.
    pub to: f64,
    /// What it was.
    pub what: String,
    /// What it counts as.
    pub kind: &'static str,
    /// What registrations might show of it.
    #[serde(skip)]
    pub shows: Shows,
}

/// Carries schedules out on an installation.
pub struct Injector<'a> {
    installation: &'a Installation,
    ledger: &'a Ledger,
    bands: Mutex<Vec<Band>>,
}

impl<'a> Injector<'a> {
    /// An injector whose times are the ledger's.
    pub fn new(installation: &'a Installation, ledger: &'a Ledger) -> Self {
        Self {
            installation,
            ledger,
            bands: Mutex::default(),
        }
    }

    /// Carries a schedule out from now on, and returns when the last fault is over.
    pub async fn carry_out(&self, schedule: &Schedule) {
        futures::future::join_all(schedule.0.iter().map(|planned| self.one(planned))).await;
    }

    /// The faults so far that are over, as they were.
    pub fn bands(&self) -> Vec<Band> {
        self.bands.lock().unwrap().clone()
    }

    async fn one(&self, planned: &Planned) {
        tokio::time::sleep(planned.at).await;
        // Faults of PostgreSQL follow each other: its servers are one thing.
        let mut servers = match &planned.fault {
            Fault::KillPostgres
            | Fault::StopPostgres
            | Fault::SilenceStandby
            | Fault::FailOver
            | Fault::FillDisk(DiskOf::Tables | DiskOf::WriteAheadLog) => {
                Some(self.installation.servers.lock().await)
            }
            _ => None,
        };
        let from = self.ledger.now();
        let remark = self.suffer(&planned.fault, planned.lasts, servers.as_mut()).await;
        self.bands.lock().unwrap().push(Band {
            from,
            to: self.ledger.now(),
            what: format!("{}{remark}", planned.fault),
            kind: planned.fault.kind(),
            shows: planned.fault.shows(),
        });
    }

    /// Begins a fault, lets it last, ends it. A remark where something was done beyond that.
    async fn suffer(
        &self,
        fault: &Fault,
        lasts: Duration,
        servers: Option<&mut MutexGuard<'_, Servers>>,
    ) -> &'static str {
        let supervisor = &self.installation.supervisor;
        match (fault, servers) {
            (Fault::KillRole(role), _) => {
                supervisor.kill(role);
                tokio::time::sleep(lasts).await;
                supervisor.start(role);
                self.until_ready(role).await;
            }
            (Fault::StopRole(role), _) => {
                supervisor.signal(role, Signal::SIGSTOP);
                tokio::time::sleep(lasts).await;
                supervisor.signal(role, Signal::SIGCONT);
            }
            (Fault::Link { link, trouble }, _) => self.trouble(link, trouble, lasts).await,
            (Fault::Mail(mood), _) => {
                self.installation.smtp.set(*mood);
                tokio::time::sleep(lasts).await;
                self.installation.smtp.set(Mood::Agreeable);
            }
            (Fault::KillNats(which), _) => self.kill_nats(*which, lasts).await,
            (Fault::StopNats(which), _) => self.stop_nats(*which, lasts).await,
            (Fault::EndSessions, _) => {
                repeatedly(lasts, async || self.end_sessions().await).await;
            }
            (Fault::KillPostgres, Some(servers)) => {
                servers.primary.kill();
                tokio::time::sleep(lasts).await;
                servers.primary.run().await;
            }
            (Fault::StopPostgres, Some(servers)) => {
                servers.primary.freeze();
                tokio::time::sleep(lasts).await;
                servers.primary.thaw();
            }
            (Fault::SilenceStandby, Some(servers)) => {
                let standby = servers.standby.as_ref().expect("a plan with a standby");
                standby.freeze();
                tokio::time::sleep(lasts).await;
                standby.thaw();
            }
            (Fault::FailOver, Some(servers)) => self.fail_over(servers, lasts).await,
            (Fault::FillDisk(disk), servers) => return self.fill(*disk, lasts, servers).await,
            (fault, None) => unreachable!("{fault} holds PostgreSQL's servers"),
        }
        ""
    }

    async fn trouble(&self, link: &Link, trouble: &Trouble, lasts: Duration) {
        let ways = &self.installation.proxies[link];
        match trouble {
            Trouble::Way(way) => {
                ways.iter().for_each(|proxy| proxy.set(*way));
                tokio::time::sleep(lasts).await;
                ways.iter().for_each(|proxy| proxy.set(Way::Open));
            }
            Trouble::Cut => repeatedly(lasts, async || ways.iter().for_each(Proxy::cut)).await,
            Trouble::HalfClose => repeatedly(lasts, async || ways.iter().for_each(Proxy::half_close)).await,
        }
    }

    async fn kill_nats(&self, which: NatsTarget, lasts: Duration) {
        match &self.installation.bus {
            Bus::One(server) => {
                server.kill();
                tokio::time::sleep(lasts).await;
                server.run().await;
            }
            Bus::Three(cluster) => {
                let name = server_of(cluster, which).await;
                cluster.kill(&name);
                tokio::time::sleep(lasts).await;
                cluster.run(&name).await;
            }
        }
    }

    async fn stop_nats(&self, which: NatsTarget, lasts: Duration) {
        match &self.installation.bus {
            Bus::One(server) => server.hang(lasts).await,
            Bus::Three(cluster) => {
                let name = server_of(cluster, which).await;
                cluster.signal(&name, Signal::SIGSTOP);
                tokio::time::sleep(lasts).await;
                cluster.signal(&name, Signal::SIGCONT);
            }
        }
    }

    /// Ends every session but this one, as an administrator may.
    async fn end_sessions(&self) {
        let all = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                    WHERE backend_type = 'client backend' AND application_name <> ''";
        if let Ok(mut owner) = self.installation.owner().await {
            let _ = sqlx::query(all).execute(&mut owner).await;
        }
    }

    /// The primary dies, balancers have nobody behind them for a while, the standby takes over, and a new standby is made.
    async fn fail_over(&self, servers: &mut Servers, lasts: Duration) {
        servers.primary.kill();
        self.each_balancer(Way::AcceptAndClose);
        tokio::time::sleep(lasts).await;
        self.installation.promote(servers).await;
        self.each_balancer(Way::Open);
        self.installation.add_standby(servers).await;
    }

    fn each_balancer(&self, way: Way) {
        self.installation
            .balancers()
            .for_each(|balancer| balancer.set(way));
    }

    /// Fills a disk, gives the room back, and does what a supervisor of servers does then. What it had to do.
    async fn fill(
        &self,
        disk: DiskOf,
        lasts: Duration,
        servers: Option<&mut MutexGuard<'_, Servers>>,
    ) -> &'static str {
        let full = &self.installation.disks[name_of(disk)];
        // Room that others give up meanwhile is taken too.
        repeatedly(lasts, async || full.fill()).await;
        full.free();
        if let Some(servers) = servers {
            // A server that ended for want of room is started again.
            servers.primary.run().await;
        }
        match &self.installation.bus {
            // nats-server 2.15.1 writes nothing more to a stream whose last write was cut short, however much room there is,
            // and says so of itself.
            Bus::One(server) if disk == DiskOf::Stream && !server.is_healthy().await => {
                server.kill();
                server.run().await;
                "; NATS wrote nothing more and was started again"
            }
            _ => "",
        }
    }

    async fn until_ready(&self, role: &str) {
        let supervisor = &self.installation.supervisor;
        let ready = async {
            while supervisor.why_not_ready(role).await.is_some() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        // A role that is never ready again is found when the run is drained.
        let _ = tokio::time::timeout(READY_WITHIN, ready).await;
    }
}

async fn repeatedly(lasts: Duration, act: impl AsyncFn()) {
    let end = tokio::time::Instant::now() + lasts;
    while tokio::time::Instant::now() < end {
        act().await;
        tokio::time::sleep(AGAIN).await;
    }
}

async fn server_of(cluster: &NatsCluster, which: NatsTarget) -> String {
    let leader = cluster.leader_of(STREAM).await;
    match which {
        NatsTarget::Leader => leader,
        NatsTarget::Follower => cluster
            .names()
            .find(|name| **name != leader)
            .expect("three servers")
            .to_owned(),
    }
}

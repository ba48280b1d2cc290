//! One whole installation: servers, proxies, mail server, roles, directory.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};

use sqlx::{Connection, PgConnection};
use tests::guard::sweep_at_the_end;
use tests::nats::NatsServer;
use tests::nats_cluster::NatsCluster;
use tests::ports::free_port;
use tests::postgres::Cluster;
use tests::programs::repository;
use tokio::sync::Mutex;

use crate::disk::Disk;
use crate::fault::{DiskOf, Link};
use crate::people::{Person, contacts_file};
use crate::proxy::Proxy;
use crate::seed::Seed;
use crate::smtp::SmtpServer;
use crate::supervisor::{Supervisor, command};

/// The stream of the feed.
pub const STREAM: &str = "ONBOARDING";
/// Room on a small disk, in MiB: ample for a run, and soon filled.
const DISK_SIZE: u32 = 160;

/// How an installation is to be.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Two of each role instead of one.
    pub two_of_each: bool,
    /// Three NATS servers that keep three copies, instead of one.
    pub three_nats: bool,
    /// A synchronous standby beside PostgreSQL's primary.
    pub standby: bool,
    /// What lies on small disks of its own.
    pub disks: Vec<DiskOf>,
    /// How many people the organisation knows.
    pub contacts: u64,
}

/// NATS, as one server or three.
pub enum Bus {
    /// One.
    One(NatsServer),
    /// Three.
    Three(NatsCluster),
}

/// PostgreSQL's servers.
pub struct Servers {
    /// The one that writes. `None` only while it changes.
    pub primary: Cluster,
    /// The one that may take over.
    pub standby: Option<Cluster>,
}

/// An installation. It ends when dropped, and with the program.
pub struct Installation {
    /// Where everything of it lies.
    pub folder: PathBuf,
    /// Keeps the roles running.
    pub supervisor: Supervisor,
    /// NATS.
    pub bus: Bus,
    /// PostgreSQL. Whoever makes it fail holds the lock, so that such faults follow each other.
    pub servers: Mutex<Servers>,
    /// What stands between any two: one proxy, or one to each host where a URL names several.
    pub proxies: BTreeMap<Link, Vec<Proxy>>,
    /// The mail server.
    pub smtp: SmtpServer,
    /// Small disks, by what lies on them.
    pub disks: BTreeMap<&'static str, Disk>,
    settings: Vec<(String, String)>,
    database: String,
    primary_port: AtomicU16,
    standbys_made: AtomicU32,
    _sweeper: Option<Sweeper>,
}

struct Sweeper(Child);

impl Drop for Sweeper {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

impl Installation {
    /// Starts everything, and waits until each role is ready.
    pub async fn start(plan: &Plan, seed: &Seed) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("faults-")
            .tempdir()
            .expect("a folder")
            .keep();
        let sweeper = sweep_at_the_end(&folder).map(Sweeper);
        let mut disks = BTreeMap::new();
        let data = folder.join("data");
        if plan.disks.contains(&DiskOf::DataFolder) {
            disks.insert(name_of(DiskOf::DataFolder), Disk::mount(&data, DISK_SIZE));
        }
        let bus = start_bus(plan, &folder, &mut disks).await;
        let primary = start_postgres(plan, &folder, &mut disks).await;
        let database = primary.new_database().await;
        let standby = match plan.standby {
            true => Some(synchronous_standby(&primary, &folder.join("standby-0")).await),
            false => None,
        };
        let smtp = SmtpServer::start().await;
        let nats_url = match &bus {
            Bus::One(server) => server.url(),
            Bus::Three(cluster) => cluster.url(),
        };
        let own = |text: &[(&str, String)]| {
            text.iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect::<Vec<_>>()
        };
        let settings = own(&[
            ("ONBOARDING_DATA_DIR", data.display().to_string()),
            ("ONBOARDING_POSTGRES_URL", primary.url(&database)),
            ("ONBOARDING_NATS_URL", nats_url),
            ("ONBOARDING_LIMITS", "off".to_owned()),
            (
                "RUST_LOG",
                "info,store=debug,usecases=debug,api=debug,mailer=debug,relay=debug".to_owned(),
            ),
        ]);
        let mut made = Self {
            supervisor: Supervisor::new(&folder),
            primary_port: AtomicU16::new(primary.port()),
            servers: Mutex::new(Servers { primary, standby }),
            proxies: BTreeMap::new(),
            standbys_made: AtomicU32::new(1),
            _sweeper: sweeper,
            folder,
            bus,
            smtp,
            disks,
            settings,
            database,
        };
        made.import(plan.contacts, seed);
        made.start_roles(plan, seed).await;
        made
    }

    async fn start_roles(&mut self, plan: &Plan, seed: &Seed) {
        let public = format!("http://127.0.0.1:{}", free_port());
        for kind in ["relay", "api", "projector", "feed", "mailer", "worker"] {
            for number in 1..=if plan.two_of_each { 2 } else { 1 } {
                let name = format!("{kind}.{number}");
                let mut settings = self.settings.clone();
                let mut set = |key: &str, value: String| {
                    settings.retain(|(name, _)| name != key);
                    settings.push((key.to_owned(), value));
                };
                set("ONBOARDING_PUBLIC_URL", public.clone());
                set(
                    "ONBOARDING_POSTGRES_URL",
                    self.way_to_postgres(&name, number, seed).await,
                );
                if let Bus::One(server) = &self.bus {
                    let target = server.port();
                    let port = self.proxy(&name, "nats", target, seed).await;
                    set("ONBOARDING_NATS_URL", format!("nats://127.0.0.1:{port}"));
                }
                let listen = free_port();
                set("ONBOARDING_LISTEN", format!("127.0.0.1:{listen}"));
                match kind {
                    "api" => drop(self.proxy("client", &name, listen, seed).await),
                    "mailer" => {
                        let port = self.proxy(&name, "smtp", self.smtp.port, seed).await;
                        set("ONBOARDING_SMTP_URL", format!("smtp://127.0.0.1:{port}"));
                        // In seconds what real relays are given minutes and hours for, so that all is over at the end.
                        set("ONBOARDING_SMTP_COMMAND_TIMEOUT", "10s".to_owned());
                        set("ONBOARDING_MAIL_UNKNOWN_RETRY", "2s".to_owned());
                    }
                    _ => {}
                }
                self.supervisor.add(&name, settings);
            }
        }
        for name in self.supervisor.names() {
            self.supervisor.until_ready(&name).await;
        }
        if plan.three_nats {
            self.command(&["bus", "replicas", "3"]);
        }
    }

    /// The URL of a role. Where there is a standby, the first of each role names both hosts and finds the one that writes by
    /// itself; the second has one address, and a balancer behind it.
    async fn way_to_postgres(&mut self, name: &str, number: u32, seed: &Seed) -> String {
        let servers = self.servers.get_mut();
        let hosts = [Some(&servers.primary), servers.standby.as_ref()];
        let ports: Vec<u16> = hosts.into_iter().flatten().map(Cluster::port).collect();
        let database = self.database.clone();
        let first = self.proxy(name, "postgres", ports[0], seed).await;
        // As URLs are mostly written: TLS is asked for, and done without where the server has none.
        match ports.get(1) {
            Some(standby) if number == 1 => {
                let second = self.proxy(name, "postgres", *standby, seed).await;
                format!(
                    "postgres://postgres@127.0.0.1:{first},127.0.0.1:{second}/{database}?target_session_attrs=read-write"
                )
            }
            _ => format!("postgres://postgres@127.0.0.1:{first}/{database}"),
        }
    }

    async fn proxy(&mut self, from: &str, to: &str, target: u16, seed: &Seed) -> u16 {
        let link = Link {
            from: from.to_owned(),
            to: to.to_owned(),
        };
        let beside = self.proxies.entry(link).or_default();
        let seed = seed.branch(&format!("{from}-{to}-{}", beside.len()));
        let proxy = Proxy::start(target, seed).await;
        let port = proxy.port;
        beside.push(proxy);
        port
    }

    fn import(&self, contacts: u64, seed: &Seed) {
        let demonstration = repository().join("services/directory/data/demo/establishments.csv");
        self.command(&[
            "directory",
            "import",
            "establishments",
            &demonstration.display().to_string(),
        ]);
        let known: Vec<Person> = (0..contacts)
            .map(|number| Person::new(seed, number, true))
            .collect();
        // Apart from the folder that is searched for what must not stand anywhere in clear.
        let file = tempfile::NamedTempFile::with_suffix(".csv").expect("a file");
        fs::write(file.path(), contacts_file(&known)).expect("a file");
        self.command(&[
            "directory",
            "import",
            "contacts",
            &file.path().display().to_string(),
        ]);
    }

    /// Runs a command of an operator, which must succeed; what it printed.
    pub fn command(&self, arguments: &[&str]) -> String {
        self.try_command(arguments)
            .unwrap_or_else(|said| panic!("onboarding {}\n{said}", arguments.join(" ")))
    }

    /// Runs a command of an operator; what it printed.
    ///
    /// # Errors
    /// What it said when it failed.
    pub fn try_command(&self, arguments: &[&str]) -> Result<String, String> {
        let output = command(&self.folder, &self.settings, arguments);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match output.status.success() {
            true => Ok(text(&output.stdout)),
            false => Err(text(&output.stdout) + &text(&output.stderr)),
        }
    }

    /// Where clients reach each instance of the API.
    pub fn api_instances(&self) -> Vec<(String, String)> {
        let links = self.proxies.iter().filter(|(link, _)| link.from == "client");
        links
            .map(|(link, ways)| (link.to.clone(), format!("http://127.0.0.1:{}", ways[0].port)))
            .collect()
    }

    /// A connection to the primary as the owner, past every proxy.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn owner(&self) -> Result<PgConnection, sqlx::Error> {
        PgConnection::connect(&self.owner_url()).await
    }

    /// The URL of the database at the primary as the owner, past every proxy.
    pub fn owner_url(&self) -> String {
        url_at(self.primary_port.load(Ordering::Relaxed), &self.database)
    }

    /// The URL of NATS, past every proxy.
    pub fn nats_url(&self) -> String {
        match &self.bus {
            Bus::One(server) => server.url(),
            Bus::Three(cluster) => cluster.url(),
        }
    }

    /// What stands before PostgreSQL with one address, whoever writes behind it.
    pub fn balancers(&self) -> impl Iterator<Item = &Proxy> {
        self.ways_to_postgres().filter_map(|ways| match ways.as_slice() {
            [balancer] => Some(balancer),
            _ => None,
        })
    }

    fn ways_to_postgres(&self) -> impl Iterator<Item = &Vec<Proxy>> {
        let to = self.proxies.iter().filter(|(link, _)| link.to == "postgres");
        to.map(|(_, ways)| ways)
    }

    /// Promotes the standby, whatever became of the primary, and lets balancers lead to it.
    pub async fn promote(&self, servers: &mut Servers) {
        let standby = servers.standby.take().expect("a plan with a standby");
        standby.promote().await;
        let port = standby.port();
        servers.primary = standby;
        self.primary_port.store(port, Ordering::Relaxed);
        self.balancers().for_each(|balancer| balancer.aim(port));
    }

    /// Makes a new synchronous standby of the primary, in the place of the server that is no more.
    pub async fn add_standby(&self, servers: &mut Servers) {
        let number = self.standbys_made.fetch_add(1, Ordering::Relaxed);
        let folder = self.folder.join(format!("standby-{number}"));
        let standby = synchronous_standby(&servers.primary, &folder).await;
        let gone = |host: &&Proxy| host.target() != servers.primary.port();
        self.ways_to_postgres()
            .filter(|ways| ways.len() > 1)
            .flat_map(|hosts| hosts.iter().filter(gone))
            .for_each(|host| host.aim(standby.port()));
        servers.standby = Some(standby);
    }
}

/// What a small disk is called.
pub fn name_of(disk: DiskOf) -> &'static str {
    match disk {
        DiskOf::Tables => "tables",
        DiskOf::WriteAheadLog => "write-ahead log",
        DiskOf::Stream => "stream",
        DiskOf::DataFolder => "data folder",
    }
}

fn url_at(port: u16, database: &str) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/{database}?sslmode=disable")
}

async fn start_bus(plan: &Plan, folder: &Path, disks: &mut BTreeMap<&'static str, Disk>) -> Bus {
    if plan.three_nats {
        return Bus::Three(NatsCluster::start(folder).await);
    }
    let server = NatsServer::new(folder);
    if plan.disks.contains(&DiskOf::Stream) {
        disks.insert(name_of(DiskOf::Stream), Disk::mount(&server.store(), DISK_SIZE));
    }
    server.run().await;
    Bus::One(server)
}

async fn start_postgres(plan: &Plan, folder: &Path, disks: &mut BTreeMap<&'static str, Disk>) -> Cluster {
    let primary = Cluster::start(folder).await;
    let places = [
        (DiskOf::Tables, primary.data_folder()),
        (DiskOf::WriteAheadLog, primary.data_folder().join("pg_wal")),
    ];
    let wanted: Vec<_> = places
        .iter()
        .filter(|(disk, _)| plan.disks.contains(disk))
        .collect();
    if !wanted.is_empty() {
        primary.stop();
        for (disk, place) in wanted {
            disks.insert(name_of(*disk), Disk::mount(place, DISK_SIZE));
        }
        primary.run().await;
        primary.set("max_wal_size", "64MB").await;
    }
    primary
}

async fn synchronous_standby(primary: &Cluster, folder: &Path) -> Cluster {
    fs::create_dir_all(folder).expect("a folder");
    let standby = primary.standby(folder).await;
    primary.commit_synchronously(true).await;
    standby
}

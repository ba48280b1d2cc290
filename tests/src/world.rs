//! One whole service of a test's own.

mod post;
mod roles;
mod watching;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::{Arc, Mutex};

use sqlx::PgPool;

use crate::balancer::Balancer;
use crate::client::Client;
use crate::guard::sweep_at_the_end;
use crate::nats::NatsServer;
use crate::pooler::Pooler;
use crate::ports::free_port;
use crate::postgres::Cluster;
use crate::programs::repository;
use crate::register::Register;
use crate::small_disk::SmallDisk;
use crate::smtp_sink::{Act, SmtpSink};
use roles::Role;

/// Every role.
pub const ROLES: [&str; 6] = ["api", "relay", "projector", "feed", "mailer", "worker"];

/// How a world is to be.
#[derive(Default)]
pub struct Plan {
    /// Settings beside the usual ones, as environment variables.
    pub settings: Vec<(&'static str, String)>,
    /// A PostgreSQL cluster of its own, which the test may kill.
    pub own_cluster: bool,
    /// A cluster of its own with a streaming standby, and a URL that names both.
    pub standby: bool,
    /// The service reaches PostgreSQL by a balancer; see [`World::balancer`].
    pub balanced: bool,
    /// The service reaches PostgreSQL by PgBouncer in session mode.
    pub pooled: bool,
    /// PostgreSQL, NATS and the service keep their files on disks that can be filled, where we are root.
    pub small_disks: bool,
    /// No mail server at first; see [`World::open_the_mail_server`].
    pub no_mail_server: bool,
    /// Attempts are not counted: for tests that flood.
    pub no_limits: bool,
    /// NATS asks the service who subscribers are.
    pub nats_asks: bool,
    /// No role runs yet.
    pub nothing_runs: bool,
}

/// A service with everything around it. It ends when dropped, and with the program.
pub struct World {
    /// Where everything of it lies.
    pub folder: PathBuf,
    /// Its NATS server.
    pub nats: NatsServer,
    /// Its register.
    pub register: Register,
    /// Asks its API.
    pub client: Client,
    /// Its database, as the owner; with a standby, as the service, wherever it goes.
    pub pool: PgPool,
    /// The disks of PostgreSQL, of NATS and of the data directory, where they are small ones.
    pub disks: Option<[SmallDisk; 3]>,
    cluster: Option<Cluster>,
    standby: Option<Cluster>,
    balancer: Option<Balancer>,
    _pooler: Option<Pooler>,
    database_url: String,
    smtp_port: u16,
    sink: Mutex<Option<Arc<SmtpSink>>>,
    settings: Vec<(String, String)>,
    roles: Mutex<BTreeMap<String, Role>>,
    _sweeper: Option<Sweeper>,
}

struct Sweeper(Child);

impl Drop for Sweeper {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

impl World {
    /// Starts a world: servers, directory, roles, and waits until each role is ready.
    pub async fn start(plan: Plan) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("journey-")
            .tempdir()
            .expect("a folder")
            .keep();
        let sweeper = sweep_at_the_end(&folder).map(Sweeper);
        let disks = plan.small_disks.then(|| {
            [("postgres", 256), ("nats", 64), ("data", 16)]
                .map(|(name, size)| SmallDisk::mount(&folder.join(name), size))
        });
        let disks = match disks {
            Some([Some(postgres), Some(nats), Some(data)]) => Some([postgres, nats, data]),
            _ => None,
        };
        let nats = NatsServer::new(&folder);
        let cluster = match plan.small_disks || plan.own_cluster || plan.standby || plan.balanced {
            true => Some(Cluster::start(&folder).await),
            false => None,
        };
        let servers = match &cluster {
            Some(cluster) => cluster,
            None => Cluster::shared().await,
        };
        let database = servers.new_database().await;
        let (mut database_url, mut pool) = (servers.url(&database), servers.pool(&database));
        let standby = match plan.standby {
            true => Some(servers.standby(&folder.join("standby")).await),
            false => None,
        };
        if let Some(standby) = &standby {
            let both = format!("127.0.0.1:{},127.0.0.1:{}", servers.port(), standby.port());
            database_url = format!("postgres://postgres@{both}/{database}?sslmode=disable");
            let url = runtime::Secret::new(&database_url);
            let followed = runtime::postgres::connect(&url, "tests", 4).await;
            pool = followed.expect("one of the two takes writes");
        }
        let balancer = match plan.balanced {
            true => Some(Balancer::start(servers.port()).await),
            false => None,
        };
        if let Some(balancer) = &balancer {
            let port = balancer.port();
            // As a balancer is reached by default: whether the server does TLS is asked first.
            database_url = format!("postgres://postgres@127.0.0.1:{port}/{database}");
        }
        let pooler = match plan.pooled {
            true => Some(Pooler::start(&folder, servers, "session", "").await),
            false => None,
        };
        if let Some(pooler) = &pooler {
            database_url = pooler.url(&database);
        }
        let register = Register::start().await;
        if plan.nats_asks {
            nats.ask_the_service(&issuer(&folder.join("data")));
        }
        nats.run().await;
        let smtp_port = free_port();
        let port = free_port();
        let public_url = format!("http://127.0.0.1:{port}");
        let mut settings = vec![
            ("ONBOARDING_LISTEN", format!("127.0.0.1:{port}")),
            ("ONBOARDING_PUBLIC_URL", public_url.clone()),
            ("ONBOARDING_DATA_DIR", folder.join("data").display().to_string()),
            ("ONBOARDING_POSTGRES_URL", database_url.clone()),
            ("ONBOARDING_NATS_URL", nats.url()),
            ("ONBOARDING_SMTP_URL", format!("smtp://127.0.0.1:{smtp_port}")),
            ("ONBOARDING_SIRENE_URL", register.url().to_owned()),
            (
                "RUST_LOG",
                "info,store=debug,usecases=debug,api=debug,mailer=debug,relay=debug".to_owned(),
            ),
        ];
        if plan.nats_asks {
            settings.push(("ONBOARDING_NATS_SYSTEM_URL", nats.system_url()));
        }
        if plan.no_limits {
            settings.push(("ONBOARDING_LIMITS", "off".to_owned()));
        }
        settings.extend(plan.settings);
        let world = Self {
            client: Client::new(&public_url),
            settings: settings
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            sink: Mutex::new(None),
            roles: Mutex::default(),
            _sweeper: sweeper,
            folder,
            nats,
            register,
            pool,
            disks,
            cluster,
            standby,
            balancer,
            _pooler: pooler,
            database_url,
            smtp_port,
        };
        world.import_demonstration();
        if !plan.no_mail_server {
            world.open_the_mail_server([Act::Accept]).await;
        }
        if !plan.nothing_runs {
            for role in ROLES {
                world.begin(role);
            }
            for role in ROLES {
                world.until_ready(role).await;
            }
        }
        world
    }

    /// Imports the demonstration's directory, as an operator does.
    fn import_demonstration(&self) {
        let demonstration = repository().join("services/directory/data/demo");
        for kind in ["establishments", "contacts"] {
            let file = demonstration.join(format!("{kind}.csv"));
            self.command(&["directory", "import", kind, &file.display().to_string()], 0);
        }
    }

    /// The base of the service's addresses.
    pub fn base(&self) -> &str {
        self.client.base()
    }

    /// The cluster of its own.
    pub fn cluster(&self) -> &Cluster {
        self.cluster.as_ref().expect("a plan with a cluster of its own")
    }

    /// Its standby.
    pub fn standby(&self) -> &Cluster {
        self.standby.as_ref().expect("a plan with a standby")
    }

    /// What stands between the service and PostgreSQL.
    pub fn balancer(&self) -> &Balancer {
        self.balancer.as_ref().expect("a plan with a balancer")
    }

    /// The files of PostgreSQL's cluster.
    pub async fn postgres_files(&self) -> PathBuf {
        match &self.cluster {
            Some(cluster) => cluster.data_folder(),
            None => Cluster::shared().await.data_folder(),
        }
    }

    /// The name of the database.
    pub fn database(&self) -> &str {
        let path = self.database_url.rsplit('/').next().unwrap_or_default();
        path.split('?').next().unwrap_or_default()
    }

    /// The URL of the database, as its owner.
    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    /// Every log of this world, by its file.
    pub fn logs(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).expect("a folder");
        let files = entries.map(|entry| entry.expect("a file").path());
        let is_log = |path: &PathBuf| path.extension().is_some_and(|it| it == "log");
        files.filter(is_log).chain([self.nats.log_file()]).collect()
    }

    /// The data directory.
    pub fn data_folder(&self) -> PathBuf {
        self.folder.join("data")
    }
}

/// The line for NATS's settings, as `deploy/nats.conf` takes it.
fn issuer(data: &Path) -> String {
    let output = std::process::Command::new(&*crate::binary::BINARY)
        .args(["subscriber", "issuer"])
        .env_clear()
        .env("ONBOARDING_DATA_DIR", data)
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// Says on failure where a world lies.
pub fn tell(folder: &Path) {
    eprintln!("this world lies in {} (kept with TESTS_KEEP=1)", folder.display());
}

//! A private PostgreSQL cluster: one that the tests of a program share, or one of a test's own that it may kill, with a
//! standby of its own where it must fail over.

mod standby;

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use nix::sys::signal::Signal;
use nix::unistd::{Uid, User};
use sqlx::{Connection, Executor, PgConnection, PgPool};
use tokio::sync::OnceCell;

/// So many clients a server takes. The worlds of several journeys stand on one, and each has some fifty: six roles with their pools.
pub const CLIENTS_MAX: usize = 600;

use crate::eventually::eventually;
use crate::guard::{Guarded, Start};
use crate::ports::free_port;
use crate::programs::postgres_folder;

static SHARED: OnceCell<Cluster> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A cluster with its server.
pub struct Cluster {
    folder: PathBuf,
    port: u16,
    account: Option<User>,
    server: Mutex<Option<Guarded>>,
}

impl Cluster {
    /// The one that the tests of this program share. Nobody may stop it.
    pub async fn shared() -> &'static Self {
        SHARED
            .get_or_init(async || {
                let folder = tempfile::Builder::new()
                    .prefix("journeys-pg-")
                    .tempdir()
                    .expect("a folder")
                    .keep();
                // Kept by nobody: its pipe closes with this program.
                std::mem::forget(crate::guard::sweep_at_the_end(&folder));
                Self::start(&folder).await
            })
            .await
    }

    /// A new cluster below a folder.
    pub async fn start(folder: &Path) -> Self {
        let cluster = Self::in_folder(folder.join("postgres"));
        cluster.make();
        cluster.run().await;
        cluster
    }

    /// A place for a cluster, whose files are not made yet. The folder may be there already, and on a disk of its own.
    fn in_folder(folder: PathBuf) -> Self {
        fs::create_dir_all(&folder).expect("a folder");
        open_the_way_to(&folder);
        let account = Uid::effective().is_root().then(|| {
            ["postgres", "onboarding", "nobody"]
                .into_iter()
                .find_map(|name| User::from_name(name).ok().flatten())
                .expect("an account other than root, under which PostgreSQL agrees to run")
        });
        if let Some(user) = &account {
            chown(&folder, Some(user.uid.as_raw()), Some(user.gid.as_raw())).expect("root may lend a folder");
        }
        Self {
            port: free_port(),
            folder,
            account,
            server: Mutex::new(None),
        }
    }

    fn make(&self) {
        let mut command = Command::new(postgres_folder().join("initdb"));
        if let Some(user) = &self.account {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
        let made = command
            .current_dir(&self.folder)
            .args([
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
                "-D",
            ])
            .arg(self.data_folder())
            .output()
            .expect("initdb runs");
        assert!(
            made.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&made.stderr)
        );
    }

    /// Starts the server on the files that are there, and waits until it takes connections.
    pub async fn run(&self) {
        eventually("PostgreSQL takes connections", async || {
            self.spawn();
            PgConnection::connect(&self.url("postgres")).await.ok()
        })
        .await;
    }

    /// Starts the server unless it runs. After a kill the first start may come too early: the dead server's children still
    /// hold its memory.
    fn spawn(&self) {
        let arguments = [
            "-D",
            &self.data_folder().display().to_string(),
            "-p",
            &self.port.to_string(),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
            "-c",
            "fsync=off",
            "-c",
            &format!("max_connections={CLIENTS_MAX}"),
        ]
        .map(str::to_owned);
        let mut server = self.server.lock().unwrap();
        if !server.as_ref().is_some_and(Guarded::is_running) {
            let begun = Start {
                name: "postgres",
                folder: &self.folder,
                end_signal: "QUIT",
                account: self.account.as_ref(),
            };
            *server = Some(begun.spawn(&postgres_folder().join("postgres"), &arguments, &[]));
        }
    }

    /// Kills the server as a power failure would.
    pub fn kill(&self) {
        let server = self.server.lock().unwrap().take().expect("it runs");
        server.kill();
    }

    /// Stops the server in good order.
    pub fn stop(&self) {
        let server = self.server.lock().unwrap().take().expect("it runs");
        server.signal(Signal::SIGINT);
        server.wait();
    }

    /// A new empty database; its name.
    pub async fn new_database(&self) -> String {
        let name = format!("journey_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        PgConnection::connect(&self.url("postgres"))
            .await
            .expect("the server answers")
            .execute(format!("CREATE DATABASE {name}").as_str())
            .await
            .expect("a database can be made");
        name
    }

    /// Where it listens, on loopback.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL of a database, as its owner.
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgres://postgres@127.0.0.1:{}/{database}?sslmode=disable",
            self.port
        )
    }

    /// Connections to a database, as its owner.
    pub fn pool(&self, database: &str) -> PgPool {
        database::pool_options()
            .max_connections(4)
            .connect_lazy(&self.url(database))
            .expect("a URL of our own")
    }

    /// The folder with the server's files.
    pub fn data_folder(&self) -> PathBuf {
        self.folder.join("cluster")
    }

    /// Where the server writes its log.
    pub fn log_file(&self) -> PathBuf {
        crate::guard::log_file(&self.folder, "postgres")
    }
}

/// Temporary folders are their maker's alone; the server's account must be able to pass through.
fn open_the_way_to(folder: &Path) {
    if let Some(above) = folder.parent() {
        fs::set_permissions(above, fs::Permissions::from_mode(0o711)).expect("a folder of our own");
    }
}

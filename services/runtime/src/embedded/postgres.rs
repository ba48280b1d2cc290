//! The embedded PostgreSQL.

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use nix::sys::signal::Signal;
use sqlx::Connection;
use tokio::process::{Child, Command};

use super::{
    EmbeddedError,
    account::Account,
    cluster::{CLUSTER, kept_password, remove_folder, version, write_private},
    home::Home,
    launch::{Surroundings, launch},
    lock::ServerLock,
    log_file::LogFile,
    programs::{PostgresPrograms, find_postgres},
    supervise::{Server, Supervised, died, until_ready, with_free_port},
};
use crate::config::{Config, Secret};
use crate::postgres::connect_once;

/// The name of the owner and of the database.
const NAME: &str = "onboarding";

/// Recovery after a crash replays at most about a gigabyte of log; this is ample on a slow disk.
const PATIENCE: Duration = Duration::from_secs(300);

/// `invalid_catalog_name` and `invalid_password` in PostgreSQL's list of error codes.
const NO_SUCH_DATABASE: &str = "3D000";
const WRONG_PASSWORD: &str = "28P01";

/// Every safety on; and nothing of a person in the log.
const SETTINGS: [&str; 19] = [
    "listen_addresses=127.0.0.1",
    // Loopback with a password serves everybody; a socket's path would have to be short and reachable.
    "unix_socket_directories=",
    "max_connections=100",
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "password_encryption=scram-sha-256",
    "timezone=UTC",
    // No statement here is worth compiling, and compiling makes the first ones slow.
    "jit=off",
    "log_timezone=UTC",
    // The log must hold nothing of a person: no statement, no parameter, no "Key (…)=(…)".
    "log_statement=none",
    "log_min_error_statement=panic",
    "log_min_duration_statement=-1",
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
    "log_error_verbosity=terse",
    "log_checkpoints=off",
    "logging_collector=off",
    "log_destination=stderr",
];

/// When the service dies, the server ends at once with all its children, and recovers at the next start.
const DEATH_SIGNAL: Signal = Signal::SIGQUIT;

/// Everything needed to start the same server again.
struct Postgres {
    programs: PostgresPrograms,
    account: Option<Account>,
    home: Home,
    lock: PathBuf,
    log: LogFile,
    password: String,
}

/// Starts the server, with a new cluster when there is none.
pub(super) async fn start(config: &Config, account: Option<&Account>) -> Result<Supervised, EmbeddedError> {
    let home = Home::make(&config.data_dir.join("postgres"), account)?;
    let programs = find_postgres(config, version(&home)?)?;
    if let Some(account) = account.filter(|account| !account.can_reach(&programs.folder.join("postgres"))) {
        return Err(EmbeddedError::Unreachable {
            account: account.name.clone(),
            path: programs.folder,
        });
    }
    let postgres = Postgres {
        programs,
        account: account.cloned(),
        home,
        lock: config.data_dir.join("postgres.lock"),
        log: LogFile::new(config.data_dir.join("postgres.log")),
        password: kept_password(&config.data_dir.join("postgres.password"))?,
    };
    postgres.make_cluster().await?;
    let postgres = Arc::new(postgres);
    with_free_port(None, |port| {
        let url = postgres.url(port, NAME);
        let log = postgres.log.clone();
        let postgres = Arc::clone(&postgres);
        let start = Arc::new(move || {
            let postgres = Arc::clone(&postgres);
            Box::pin(async move { postgres.run(port).await }) as BoxFuture<'static, _>
        });
        // SIGINT is PostgreSQL's fast shutdown: open sessions end, everything is written down.
        Supervised::start(
            Server {
                name: "postgresql",
                stop_signal: Signal::SIGINT,
                log,
                start,
            },
            url,
        )
    })
    .await
}

impl Postgres {
    fn url(&self, port: u16, database: &str) -> Secret {
        // Loopback carries no TLS; saying so spares a round trip at every connection.
        Secret::new(format!(
            "postgres://{NAME}:{}@127.0.0.1:{port}/{database}?sslmode=disable",
            self.password
        ))
    }

    /// Makes the cluster beside its place and moves it there when it is whole, so that an end half way leaves none.
    async fn make_cluster(&self) -> Result<(), EmbeddedError> {
        if self.home.ours(CLUSTER).exists() {
            return Ok(());
        }
        tracing::info!(version = self.programs.major, "making the embedded database");
        let lock = self.take_lock().await?;
        let password_file = self.home.ours("password.new");
        write_private(&password_file, &self.password)?;
        if let Some(account) = &self.account {
            account.take(&password_file)?;
        }
        let mut made = Err(EmbeddedError::LauncherGone);
        // Not every system has C.UTF-8; the service sorts and compares nothing by the database's language.
        for locale in ["C.UTF-8", "C"] {
            remove_folder(&self.home.ours("cluster.new"))?;
            made = self.initdb(locale, &lock).await;
            if made.is_ok() {
                break;
            }
        }
        fs::remove_file(password_file)?;
        made?;
        fs::rename(self.home.ours("cluster.new"), self.home.ours(CLUSTER))?;
        Ok(fs::File::open(self.home.ours("."))?.sync_all()?)
    }

    async fn initdb(&self, locale: &str, lock: &ServerLock) -> Result<(), EmbeddedError> {
        let mut command = Command::new(self.programs.folder.join("initdb"));
        command
            .arg("--pgdata")
            .arg(self.home.theirs("cluster.new"))
            .arg("--pwfile")
            .arg(self.home.theirs("password.new"))
            .args([
                "--username",
                NAME,
                "--auth",
                "scram-sha-256",
                "--encoding",
                "UTF8",
                "--locale",
                locale,
            ])
            .args(["--data-checksums", "--no-instructions"]);
        let mut child = launch(command, self.surroundings(lock, Signal::SIGKILL)).await?;
        let status = child.wait().await?;
        if status.success() {
            Ok(())
        } else {
            Err(died("initdb", status, &self.log))
        }
    }

    /// Starts the server and waits until it takes work.
    async fn run(&self, port: u16) -> Result<Child, EmbeddedError> {
        let lock = self.take_lock().await?;
        let mut command = Command::new(self.programs.folder.join("postgres"));
        command.arg("-D").arg(self.home.theirs(CLUSTER));
        command.arg("-c").arg(format!("port={port}"));
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        let mut child = launch(command, self.surroundings(&lock, DEATH_SIGNAL)).await?;
        lock.belongs_to(child.id())?;
        drop(lock);
        until_ready(&mut child, "postgresql", &self.log, PATIENCE, || {
            self.takes_work(port)
        })
        .await?;
        Ok(child)
    }

    async fn take_lock(&self) -> Result<ServerLock, EmbeddedError> {
        ServerLock::take(&self.lock, "postgres", DEATH_SIGNAL).await
    }

    fn surroundings(&self, lock: &ServerLock, death_signal: Signal) -> Surroundings<'_> {
        let inherited = self
            .home
            .descriptor()
            .into_iter()
            .chain([lock.descriptor()])
            .collect();
        Surroundings {
            account: self.account.as_ref(),
            death_signal,
            log: &self.log,
            inherited,
        }
    }

    /// Whether the server lets us into our database, which is made on the first visit.
    async fn takes_work(&self, port: u16) -> Result<bool, EmbeddedError> {
        match connect(&self.url(port, NAME)).await {
            Ok(()) => Ok(true),
            Err(error) if has_code(&error, NO_SUCH_DATABASE) => {
                self.make_database(port).await?;
                Ok(true)
            }
            // Waiting would not help: the file with the password is not the one that the cluster was made with.
            Err(error) if has_code(&error, WRONG_PASSWORD) => Err(error.into()),
            Err(_) => Ok(false),
        }
    }

    async fn make_database(&self, port: u16) -> Result<(), sqlx::Error> {
        let mut connection = connect_once(&self.url(port, "postgres"), NAME).await?;
        sqlx::query(&format!("CREATE DATABASE {NAME}"))
            .execute(&mut connection)
            .await?;
        connection.close().await
    }
}

async fn connect(url: &Secret) -> Result<(), sqlx::Error> {
    connect_once(url, NAME).await?.close().await
}

fn has_code(error: &sqlx::Error, code: &str) -> bool {
    error
        .as_database_error()
        .and_then(|error| error.code())
        .is_some_and(|found| found == code)
}

//! A private PostgreSQL server that ends with the test program, however that ends.
//!
//! It listens on a socket in a temporary folder, so that it needs no port. A shell stands between: it waits on a pipe
//! that this program holds open, and stops the server and removes the folder when the pipe closes.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection, PgPool};
use store::Store;

const GUARD: &str =
    r#""$@" & server=$!; cat >/dev/null; kill -QUIT "$server"; wait "$server"; rm -rf "$FOLDER""#;
const CONNECTIONS_MAX: u32 = 64;

struct Cluster {
    socket_folder: PathBuf,
    _guard: Child,
}

static CLUSTER: OnceLock<Cluster> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A database of its own: `owner` is the login that migrates, `store` acts as the service does.
pub struct Database {
    pub owner: PgPool,
    pub store: Store,
    pub options: PgConnectOptions,
}

/// A new database with current tables.
pub async fn migrated_database() -> Database {
    let database = empty_database().await;
    database
        .store
        .migrate(&database.owner)
        .await
        .expect("migrations run");
    database
}

/// A new database without tables. The service's pool must not be used before migrating: its role may be missing.
pub async fn empty_database() -> Database {
    let name = format!("store_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let mut maintenance = PgConnection::connect_with(&options("postgres"))
        .await
        .expect("the server answers");
    maintenance
        .execute(format!("CREATE DATABASE {name}").as_str())
        .await
        .expect("a database can be made");
    let options = options(&name);
    let owner = pool(options.clone(), None);
    let store = Store::new(pool(options.clone(), Some("SET ROLE onboarding_service")));
    Database {
        owner,
        store,
        options,
    }
}

fn pool(options: PgConnectOptions, at_connect: Option<&'static str>) -> PgPool {
    database::pool_options()
        .max_connections(CONNECTIONS_MAX)
        .test_before_acquire(false)
        .acquire_timeout(Duration::from_secs(60))
        .after_connect(move |connection, _| {
            Box::pin(async move {
                if let Some(statement) = at_connect {
                    connection.execute(statement).await?;
                }
                Ok(())
            })
        })
        .connect_lazy_with(options)
}

fn options(database: &str) -> PgConnectOptions {
    let cluster = CLUSTER.get_or_init(start);
    PgConnectOptions::new()
        .socket(&cluster.socket_folder)
        .username("postgres")
        .database(database)
}

fn start() -> Cluster {
    let programs = programs();
    let folder = tempfile::Builder::new()
        .prefix("store-pg-")
        .tempdir()
        .expect("a temporary folder")
        .keep();
    // PostgreSQL refuses to run as root, so root lends the folder to nobody, or to whoever PostgreSQL runs as here.
    let account = nix::unistd::Uid::effective().is_root().then(|| {
        let named = |name| nix::unistd::User::from_name(name).ok().flatten();
        named("postgres")
            .or_else(|| named("nobody"))
            .expect("an account other than root")
    });
    if let Some(user) = &account {
        std::os::unix::fs::chown(&folder, Some(user.uid.as_raw()), Some(user.gid.as_raw()))
            .expect("chown as root");
    }
    let command = |program: &Path| {
        let mut command = Command::new(program);
        if let Some(user) = &account {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
        command
            .current_dir(&folder)
            .env("LC_ALL", "C")
            .env("FOLDER", &folder);
        command
    };
    let data_folder = folder.join("data");
    let made = command(&programs.join("initdb"))
        .args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
            "-D",
        ])
        .arg(&data_folder)
        .output()
        .expect("initdb runs");
    assert!(
        made.status.success(),
        "initdb: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    let log = std::fs::File::create(folder.join("server.log")).expect("a log file");
    let guard = command(Path::new("/bin/sh"))
        .args(["-c", GUARD, "guard"])
        .arg(programs.join("postgres"))
        .arg("-D")
        .arg(&data_folder)
        .arg("-k")
        .arg(&folder)
        .args([
            "-c",
            "listen_addresses=",
            "-c",
            "fsync=off",
            "-c",
            "max_connections=400",
        ])
        .stdin(Stdio::piped())
        .stdout(log.try_clone().expect("a log file"))
        .stderr(log)
        .spawn()
        .expect("the server starts");
    wait_until_ready(&folder);
    Cluster {
        socket_folder: folder,
        _guard: guard,
    }
}

/// The server writes `ready` into its pid file once it takes connections.
fn wait_until_ready(folder: &Path) {
    for _ in 0..600 {
        let pid_file = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap_or_default();
        if pid_file.lines().any(|line| line.trim() == "ready") {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let log = std::fs::read_to_string(folder.join("server.log")).unwrap_or_default();
    panic!("PostgreSQL did not start:\n{log}");
}

/// The folder of PostgreSQL's programs: named by the environment, on PATH, or where Debian and Homebrew put them.
fn programs() -> PathBuf {
    let named = std::env::var_os("ONBOARDING_POSTGRES_PROGRAMS").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut installed: Vec<PathBuf> = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"]
        .iter()
        .filter_map(|parent| std::fs::read_dir(parent).ok())
        .flat_map(|versions| versions.flatten().map(|version| version.path().join("bin")))
        .collect();
    installed.sort();
    named
        .into_iter()
        .chain(std::env::split_paths(&path))
        .chain(installed.into_iter().rev())
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
        .expect("PostgreSQL's programs; name their folder in ONBOARDING_POSTGRES_PROGRAMS")
}

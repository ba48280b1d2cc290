//! The embedded servers on the real programs: they start, come back, die with their parent, and share nothing.
//!
//! Needs PostgreSQL and nats-server, as `script/test` installs them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on may stop"
)]

use std::{
    fs::{self, File},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use runtime::{
    Config, Servers, nats, postgres,
    servers::{Asker, Origin, ServersError, resolve},
};

/// Set for the child that plays the service in the tests that kill it.
const HOLD: &str = "HOLD_SERVERS_IN";

/// Ample for a slow machine; every wait ends as soon as what it waits for is there.
const PATIENCE: Duration = Duration::from_secs(60);

fn config(folder: &Path) -> Config {
    let mut config = Config::default();
    config.data_dir = folder.to_owned();
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.onboarding/tools");
    config.nats_bin = Some(tools.join("nats-server")).filter(|path| path.is_file());
    config.postgres_bin_dir = Some(tools.join("postgresql/bin")).filter(|path| path.is_dir());
    config
}

async fn up(folder: &Path) -> Servers {
    resolve(&config(folder), Asker::Up).await.unwrap()
}

async fn count(servers: &Servers) -> i64 {
    let pool = postgres::connect(&servers.postgres_url, "test", 1).await.unwrap();
    sqlx::query("CREATE TABLE IF NOT EXISTS kept (n int)")
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query("INSERT INTO kept VALUES (1)")
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query_scalar("SELECT count(*) FROM kept")
        .fetch_one(&pool)
        .await
        .unwrap()
}

async fn eventually(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < PATIENCE, "{what} does not come true");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn server_pid(folder: &Path, server: &str) -> i32 {
    fs::read_to_string(folder.join(format!("{server}.lock")))
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}

/// True once the last process that held the server's lock, its children included, is gone.
fn is_gone(folder: &Path, server: &str) -> bool {
    File::open(folder.join(format!("{server}.lock")))
        .unwrap()
        .try_lock()
        .is_ok()
}

/// Whether the process still does anything; one that is dead and not yet waited for does not.
fn runs(pid: i32) -> bool {
    fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|words| !words.is_empty())
}

#[tokio::test(flavor = "multi_thread")]
async fn both_start_take_work_and_find_their_files_again() {
    let folder = tempfile::tempdir().unwrap();
    let servers = up(folder.path()).await;
    assert_eq!(servers.origin, Origin::Embedded);
    assert_eq!(count(&servers).await, 1);
    let client = nats::connect(&servers.nats_url, "test").await.unwrap();
    nats::answers(&client).await.unwrap();
    servers.stop().await;
    assert!(is_gone(folder.path(), "postgres") && is_gone(folder.path(), "nats"));
    assert!(!folder.path().join("up.json").exists());

    let begun = Instant::now();
    let servers = up(folder.path()).await;
    eprintln!("warm start of both: {} ms", begun.elapsed().as_millis());
    assert_eq!(count(&servers).await, 2);
    servers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_up_is_refused_and_a_command_shares() {
    let folder = tempfile::tempdir().unwrap();
    let servers = up(folder.path()).await;
    let refused = resolve(&config(folder.path()), Asker::Up).await.err().unwrap();
    assert!(
        matches!(refused, ServersError::InUse { pid, .. } if pid == std::process::id()),
        "{refused}"
    );

    let command = resolve(&config(folder.path()), Asker::Command).await.unwrap();
    assert_eq!(
        command.origin,
        Origin::RunningUp {
            pid: std::process::id()
        }
    );
    assert_eq!(count(&command).await, 1);
    command.stop().await;
    assert_eq!(count(&servers).await, 2);
    servers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_dies_alone_comes_back_at_the_same_place() {
    let folder = tempfile::tempdir().unwrap();
    let servers = up(folder.path()).await;
    assert_eq!(count(&servers).await, 1);
    for server in ["postgres", "nats"] {
        let pid = server_pid(folder.path(), server);
        kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
        eventually("a new server", async || {
            fs::read_to_string(folder.path().join(format!("{server}.lock")))
                .is_ok_and(|text| text.trim().parse::<i32>().is_ok_and(|new| new != pid))
        })
        .await;
    }
    eventually("a connection to PostgreSQL", async || {
        postgres::connect(&servers.postgres_url, "test", 1).await.is_ok()
    })
    .await;
    eventually("a connection to NATS", async || {
        nats::connect(&servers.nats_url, "test").await.is_ok()
    })
    .await;
    assert_eq!(count(&servers).await, 2);
    servers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_parent_leaves_no_orphan_and_no_obstacle() {
    let folder = tempfile::tempdir().unwrap();
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "plays_the_service_when_told_to"])
        .env(HOLD, folder.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    eventually("a running up", async || folder.path().join("ready").exists()).await;
    parent.kill().unwrap();
    parent.wait().unwrap();
    let killed = Instant::now();
    for server in ["postgres", "nats"] {
        let pid = server_pid(folder.path(), server);
        eventually("the end of a server", async || is_gone(folder.path(), server)).await;
        assert!(!runs(pid), "{server} still runs");
    }
    eprintln!("all gone {} ms after the kill", killed.elapsed().as_millis());

    let servers = up(folder.path()).await;
    assert_eq!(
        count(&servers).await,
        2,
        "what was acknowledged before the kill is there"
    );
    servers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn plays_the_service_when_told_to() {
    let Some(folder) = std::env::var_os(HOLD) else {
        return;
    };
    let servers = up(Path::new(&folder)).await;
    assert_eq!(count(&servers).await, 1);
    fs::write(Path::new(&folder).join("ready"), "").unwrap();
    std::future::pending::<()>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_log_is_shown_when_a_server_cannot_start() {
    let folder = tempfile::tempdir().unwrap();
    up(folder.path()).await.stop().await;
    fs::remove_file(folder.path().join("postgres/cluster/global/pg_control")).unwrap();
    let told = resolve(&config(folder.path()), Asker::Up)
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(
        told.contains("postgresql ended") && told.contains("pg_control"),
        "{told}"
    );
}

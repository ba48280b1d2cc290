//! A cluster that another one's standby may take over from: copied, promoted, silenced, and set otherwise while it runs.

use std::fs;
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::Command;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sqlx::{Connection, PgConnection};

use super::Cluster;
use crate::eventually::eventually;

/// Under this name a standby asks for the log: the value of `synchronous_standby_names` that makes it a synchronous one.
pub const STANDBY: &str = "standby";

impl Cluster {
    /// A streaming standby of this cluster, copied while it runs into a folder that is not this cluster's, and taking
    /// connections that read. Copied by hand, since not every package of PostgreSQL has `pg_basebackup`.
    pub async fn standby(&self, folder: &Path) -> Self {
        let standby = Self::in_folder(folder.join("postgres"));
        let mut owner = self.owner().await;
        sqlx::query("SELECT pg_backup_start('standby', true)")
            .execute(&mut owner)
            .await
            .expect("a backup may begin");
        self.copy_files(&standby);
        let label: String = sqlx::query_scalar("SELECT labelfile FROM pg_backup_stop(false)")
            .fetch_one(&mut owner)
            .await
            .expect("the backup ends");
        standby.write("backup_label", &label);
        standby.write("standby.signal", "");
        let source = format!(
            "host=127.0.0.1 port={} user=postgres application_name={STANDBY}",
            self.port
        );
        standby.write(
            "postgresql.auto.conf",
            &format!("primary_conninfo = '{source}'\n"),
        );
        standby.run().await;
        eventually("the standby streams", async || {
            let streaming = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'";
            (self.ask::<i64>(streaming).await > 0).then_some(())
        })
        .await;
        standby
    }

    /// Copies everything but what belongs to the running server alone. What changes meanwhile is mended from the log, which the
    /// standby gets from its primary.
    fn copy_files(&self, standby: &Self) {
        let copied = Command::new("cp")
            .arg("-a")
            .args([self.data_folder(), standby.data_folder()])
            .output()
            .expect("cp runs");
        // Files that vanish while they are copied are temporary ones.
        let complaints = String::from_utf8_lossy(&copied.stderr).into_owned();
        let vanished = complaints.lines().all(|line| line.contains("No such file"));
        assert!(copied.status.success() || vanished, "cp: {complaints}");
        for name in ["postmaster.pid", "postmaster.opts"] {
            let _ = fs::remove_file(standby.data_folder().join(name));
        }
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.data_folder().join(name);
        fs::write(&path, text).expect("a file");
        if let Some(user) = &self.account {
            chown(&path, Some(user.uid.as_raw()), Some(user.gid.as_raw()))
                .expect("root may give a file away");
        }
    }

    /// Waits for each commit until the standby has written it down, or for none any more.
    pub async fn commit_synchronously(&self, wanted: bool) {
        let names = if wanted { STANDBY } else { "" };
        self.set("synchronous_standby_names", names).await;
        if wanted {
            eventually("the standby is a synchronous one", async || {
                let counted =
                    "SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')";
                (self.ask::<i64>(counted).await > 0).then_some(())
            })
            .await;
        }
    }

    /// Makes a standby the primary, and waits until it takes writes.
    pub async fn promote(&self) {
        assert!(
            self.ask::<bool>("SELECT pg_promote()").await,
            "the standby is promoted"
        );
    }

    /// Changes a setting of the server for every session, also of those that are open.
    pub async fn set(&self, name: &str, value: &str) {
        let mut owner = self.owner().await;
        sqlx::raw_sql(&format!("ALTER SYSTEM SET {name} = '{value}'"))
            .execute(&mut owner)
            .await
            .expect("a setting can be changed");
        self.ask::<bool>("SELECT pg_reload_conf()").await;
        eventually("the setting is in force", async || {
            let now: String = sqlx::query_scalar("SELECT current_setting($1)")
                .bind(name)
                .fetch_one(&mut owner)
                .await
                .expect("the server answers");
            (now == value).then_some(())
        })
        .await;
    }

    /// Starts the server without waiting for anything: one that takes no connections is never there.
    pub fn begin(&self) {
        self.spawn();
    }

    /// Sends the server a signal, such as SIGTERM: it ends when its last session has.
    pub fn signal(&self, signal: Signal) {
        let server = self.server.lock().unwrap();
        server.as_ref().expect("it runs").signal(signal);
    }

    /// Stops every process of the server where it stands: connections stay open, and nothing answers.
    pub fn freeze(&self) {
        self.signal_all(Signal::SIGSTOP);
    }

    /// Lets a frozen server go on.
    pub fn thaw(&self) {
        self.signal_all(Signal::SIGCONT);
    }

    fn signal_all(&self, signal: Signal) {
        let file = fs::read_to_string(self.data_folder().join("postmaster.pid"));
        let file = file.unwrap_or_default();
        let Some(postmaster) = file.lines().next().and_then(|pid| pid.parse().ok()) else {
            return;
        };
        // The postmaster first, so that it starts nothing new meanwhile.
        let _ = kill(Pid::from_raw(postmaster), signal);
        for child in children(postmaster) {
            // It may have ended since.
            let _ = kill(Pid::from_raw(child), signal);
        }
    }

    /// One value, as the owner.
    pub async fn ask<T>(&self, query: &str) -> T
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        let mut owner = self.owner().await;
        let answer = sqlx::query_scalar(query).fetch_one(&mut owner).await;
        answer.expect("the server answers")
    }

    async fn owner(&self) -> PgConnection {
        let connected = PgConnection::connect(&self.url("postgres")).await;
        connected.expect("the server takes connections")
    }
}

impl Drop for Cluster {
    /// A server that is frozen would not hear that it has to end.
    fn drop(&mut self) {
        self.thaw();
    }
}

/// The processes that a process started.
fn children(of: i32) -> Vec<i32> {
    let processes = fs::read_dir("/proc").expect("a system that lists its processes");
    let numbers = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    numbers.filter(|pid| parent(*pid) == Some(of)).collect()
}

/// The fourth field of `/proc/PID/stat`; the second one is a name in parentheses that may hold spaces.
fn parent(pid: i32) -> Option<i32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let after_name = &stat[stat.rfind(')')? + 1..];
    after_name.split_whitespace().nth(1)?.parse().ok()
}

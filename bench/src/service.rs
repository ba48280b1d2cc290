//! The service under measurement: the real binary, with servers and a folder of its own.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::Deserialize;

use crate::family;
use crate::settings::Settings;

/// How long a program may take to begin or to end.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long the service may go on with what it finds when it begins: signing a long log takes minutes.
const REST_SECONDS_MAX: u32 = 1_800;

/// `up.json` of the data directory: where the servers of a running `up` are.
#[derive(Deserialize)]
struct Announced {
    postgres_url: String,
    nats_url: String,
}

/// A running `onboarding up --demo`. It ends when dropped, and with it goes its folder, unless that is to be kept.
pub struct Service {
    /// The base of the API.
    pub url: String,
    /// PostgreSQL, as its owner.
    pub postgres_url: String,
    /// NATS with JetStream.
    pub nats_url: String,
    program: PathBuf,
    folder: PathBuf,
    keeps: bool,
    smtp_url: String,
    up: Running,
}

/// A program that is told to stop when dropped.
pub struct Running(Child);

impl Running {
    /// A program that was started.
    pub fn of(child: Child) -> Self {
        Self(child)
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.0.id()
    }

    /// Tells it to stop and waits until it has. Does nothing to one that has ended.
    fn stop(&mut self) {
        let begun = Instant::now();
        if matches!(self.0.try_wait(), Ok(None))
            && let Ok(pid) = i32::try_from(self.0.id())
        {
            let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
        while matches!(self.0.try_wait(), Ok(None)) {
            if begun.elapsed() > PATIENCE {
                let _ = self.0.kill();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The service while it stands still; it goes on when this is dropped.
pub struct Resting<'a>(&'a Running);

impl Drop for Resting<'_> {
    fn drop(&mut self) {
        if let Ok(pid) = i32::try_from(self.0.pid()) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGCONT);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Service {
    /// Starts the service with every role in one process, mails going to `smtp_url`, and waits until it is ready.
    ///
    /// # Errors
    /// When it does not begin; its log is named.
    pub fn start(settings: &Settings, smtp_url: &str) -> anyhow::Result<Self> {
        let folder = settings.folder.join(format!("run-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        Self::begin(settings, &folder, false, smtp_url)
    }

    /// The same on a data directory that stays, with what it holds.
    ///
    /// # Errors
    /// When it does not begin; its log is named.
    pub fn start_in(settings: &Settings, folder: &Path, smtp_url: &str) -> anyhow::Result<Self> {
        Self::begin(settings, folder, true, smtp_url)
    }

    fn begin(settings: &Settings, folder: &Path, keeps: bool, smtp_url: &str) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        let folder = folder.canonicalize()?;
        let program = settings.program()?;
        let url = format!("http://127.0.0.1:{}", free_port()?);
        let mut command = configured(&program, &folder, smtp_url)?;
        command
            .args(["up", "--demo"])
            .env("ONBOARDING_LISTEN", &url["http://".len()..]);
        let mut up = begin(command, &folder.join("up.log"))?;
        let announced = match wait_for_announcement(&mut up, &folder, &url) {
            Ok(announced) => announced,
            Err(fault) => {
                // The fault quotes the log, so nothing is lost with the folder.
                up.stop();
                if !keeps {
                    let _ = std::fs::remove_dir_all(&folder);
                }
                return Err(fault);
            }
        };
        Ok(Self {
            url,
            postgres_url: announced.postgres_url,
            nats_url: announced.nats_url,
            program,
            folder,
            keeps,
            smtp_url: smtp_url.to_owned(),
            up,
        })
    }

    /// The process id of `up`.
    pub fn pid(&self) -> u32 {
        self.up.pid()
    }

    /// A folder for files of the measurement, gone when the service is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts one role more, in a process of its own, on the same servers.
    ///
    /// # Errors
    /// When it does not begin.
    pub fn start_role(&self, role: &str) -> anyhow::Result<Running> {
        let mut command = configured(&self.program, &self.folder, &self.smtp_url)?;
        command
            .arg(role)
            .env("ONBOARDING_LISTEN", format!("127.0.0.1:{}", free_port()?))
            .env("ONBOARDING_POSTGRES_URL", &self.postgres_url)
            .env("ONBOARDING_NATS_URL", &self.nats_url);
        begin(command, &self.folder.join(format!("{role}.log")))
    }

    /// Stops the service's own process and leaves its servers at work, so that something else can be measured on them.
    ///
    /// # Errors
    /// When it has ended.
    pub fn rest(&self) -> anyhow::Result<Resting<'_>> {
        kill(Pid::from_raw(i32::try_from(self.pid())?), Signal::SIGSTOP)?;
        Ok(Resting(&self.up))
    }

    /// Waits until the service and its servers have come to rest: for a second they use less than a tenth of a core.
    ///
    /// # Errors
    /// When there is no /proc, or they never rest.
    pub async fn at_rest(&self) -> anyhow::Result<()> {
        let used =
            || -> anyhow::Result<Duration> { Ok(family::uses(self.pid())?.values().map(|it| it.cpu).sum()) };
        for _ in 0..REST_SECONDS_MAX {
            let before = used()?;
            tokio::time::sleep(Duration::from_secs(1)).await;
            if used()?.saturating_sub(before) < Duration::from_millis(100) {
                return Ok(());
            }
        }
        bail!("the service did not come to rest");
    }

    /// Runs a command of the binary on the running service, and answers what it printed.
    ///
    /// # Errors
    /// When it does not end well.
    pub fn command(&self, arguments: &[&str]) -> anyhow::Result<Vec<u8>> {
        let output = configured(&self.program, &self.folder, &self.smtp_url)?
            .args(arguments)
            .output()?;
        if !output.status.success() {
            bail!(
                "onboarding {}: {}",
                arguments.join(" "),
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(output.stdout)
    }
}

/// What a command took.
#[derive(Clone, Copy, Debug)]
pub struct Ran {
    /// From its start to its end.
    pub took: Duration,
    /// Time on a core, all threads together.
    pub cpu: Duration,
    /// Most memory that was resident at once, in KiB.
    pub peak_rss_kib: u64,
}

impl Service {
    /// Runs a command of the binary on the running service and watches it.
    ///
    /// # Errors
    /// When it does not end well.
    pub fn watched_command(&self, arguments: &[&str]) -> anyhow::Result<Ran> {
        let log = self.folder.join("command.log");
        let begun = Instant::now();
        let mut child = configured(&self.program, &self.folder, &self.smtp_url)?
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(File::create(&log)?)
            .spawn()?;
        let (mut peak_rss_kib, mut cpu) = (0, Duration::ZERO);
        loop {
            // The kernel sums up, so only what comes after the last look is missed.
            peak_rss_kib = peak_rss_kib.max(family::peak_rss_kib(child.id()));
            cpu = cpu.max(family::cpu_of(child.id()));
            if let Some(status) = child.try_wait()? {
                anyhow::ensure!(
                    status.success(),
                    "onboarding {}: {status}: {}",
                    arguments.join(" "),
                    std::fs::read_to_string(&log).unwrap_or_default()
                );
                return Ok(Ran {
                    took: begun.elapsed(),
                    cpu,
                    peak_rss_kib,
                });
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // The servers must be gone before their folder is, so the program is ended here and not with its field.
        self.up.stop();
        if !self.keeps {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// The program with what all runs share. Limits stand aside, since all load comes from one address.
fn configured(program: &Path, folder: &Path, smtp_url: &str) -> anyhow::Result<Command> {
    let mut command = Command::new(program);
    command
        .env("ONBOARDING_DATA_DIR", folder)
        .env("ONBOARDING_ADMIN_LISTEN", format!("127.0.0.1:{}", free_port()?))
        .env("ONBOARDING_LIMITS", "off")
        .env("ONBOARDING_SMTP_URL", smtp_url)
        .env(
            "RUST_LOG",
            std::env::var("RUST_LOG").unwrap_or_else(|_| "warn".to_owned()),
        );
    Ok(command)
}

fn begin(mut command: Command, log: &Path) -> anyhow::Result<Running> {
    let child = command
        .stdin(Stdio::null())
        .stdout(File::create(log)?)
        .stderr(File::options().append(true).open(log)?)
        .spawn()
        .with_context(|| {
            format!(
                "{} does not start: build it first",
                command.get_program().display()
            )
        })?;
    Ok(Running(child))
}

fn wait_for_announcement(up: &mut Running, folder: &Path, url: &str) -> anyhow::Result<Announced> {
    let log = folder.join("up.log");
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE && matches!(up.0.try_wait(), Ok(None)) {
        if std::fs::read_to_string(&log)?
            .lines()
            .any(|line| line == format!("ready {url}"))
        {
            return Ok(serde_json::from_slice(&std::fs::read(folder.join("up.json"))?)?);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    bail!(
        "the service did not get ready:\n{}",
        std::fs::read_to_string(&log)?
    )
}

/// A port that was free a moment ago.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

//! The roles as processes, and who starts them again: as a container's restart policy does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nix::sys::signal::Signal;
use tests::binary::BINARY;
use tests::eventually::eventually;
use tests::guard::{Guarded, Start, log_file};
use tests::ports::free_port;
use tokio::task::JoinHandle;

/// How often the supervisor looks whether all that should run does.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// How long a role may take to say whether it is ready.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// Keeps roles running.
pub struct Supervisor {
    folder: PathBuf,
    roles: Arc<Mutex<BTreeMap<String, Role>>>,
    watcher: JoinHandle<()>,
}

struct Role {
    runs: Option<Guarded>,
    wanted: bool,
    was_ready: bool,
    admin: u16,
    environment: Vec<(String, String)>,
    ended_by_itself: Vec<String>,
}

impl Supervisor {
    /// A supervisor of processes below a folder.
    pub fn new(folder: &Path) -> Self {
        let roles: Arc<Mutex<BTreeMap<String, Role>>> = Arc::default();
        let (watched, below) = (Arc::clone(&roles), folder.to_owned());
        let watcher = tokio::spawn(async move {
            loop {
                tokio::time::sleep(LOOK_EVERY).await;
                note_who_is_ready(&watched).await;
                for (name, role) in watched.lock().unwrap().iter_mut() {
                    if role.wanted && !role.runs.as_ref().is_some_and(Guarded::is_running) {
                        // One that cannot start yet ends and is started again; one that was ready outlives what fails.
                        if role.was_ready {
                            role.ended_by_itself.push(last_words(&below, name));
                        }
                        role.spawn(&below, name);
                    }
                }
            }
        });
        Self {
            folder: folder.to_owned(),
            roles,
            watcher,
        }
    }

    /// Adds a role, such as `relay.2`, and starts it.
    pub fn add(&self, name: &str, settings: Vec<(String, String)>) {
        let admin = free_port();
        let mut environment = settings;
        environment.push(("ONBOARDING_ADMIN_LISTEN".to_owned(), format!("127.0.0.1:{admin}")));
        let mut role = Role {
            runs: None,
            wanted: true,
            was_ready: false,
            admin,
            environment,
            ended_by_itself: Vec::new(),
        };
        role.spawn(&self.folder, name);
        self.roles.lock().unwrap().insert(name.to_owned(), role);
    }

    /// The names of all roles.
    pub fn names(&self) -> Vec<String> {
        self.roles.lock().unwrap().keys().cloned().collect()
    }

    /// Kills a role as a power failure would; it stays down until [`Supervisor::start`].
    pub fn kill(&self, name: &str) {
        let runs = self.change(name, |role| {
            role.wanted = false;
            role.runs.take()
        });
        if let Some(runs) = runs {
            runs.kill();
        }
    }

    /// Starts a role that was killed.
    pub fn start(&self, name: &str) {
        let folder = self.folder.clone();
        self.change(name, |role| {
            role.wanted = true;
            role.spawn(&folder, name);
        });
    }

    /// Sends a signal to a role that runs.
    pub fn signal(&self, name: &str, signal: Signal) {
        self.change(name, |role| {
            role.runs.as_ref().inspect(|runs| runs.signal(signal)).is_some()
        });
    }

    /// Ends every role in good order.
    pub fn stop_all(&self) {
        let running: Vec<Guarded> = self
            .roles
            .lock()
            .unwrap()
            .values_mut()
            .filter_map(|role| {
                role.wanted = false;
                role.runs.take()
            })
            .collect();
        for runs in &running {
            runs.signal(Signal::SIGTERM);
        }
        for runs in &running {
            runs.wait();
        }
    }

    /// Where a role answers operators.
    pub fn admin(&self, name: &str) -> String {
        format!("http://127.0.0.1:{}", self.roles.lock().unwrap()[name].admin)
    }

    /// The process of a role.
    pub fn pid(&self, name: &str) -> Option<u32> {
        let file = self.folder.join(format!("{name}.pid"));
        std::fs::read_to_string(file).ok()?.trim().parse().ok()
    }

    /// Roles that were ready and then ended though nobody asked for it, with their last words.
    pub fn ended_by_themselves(&self) -> Vec<String> {
        let roles = self.roles.lock().unwrap();
        let each = roles.iter().flat_map(|(name, role)| {
            role.ended_by_itself
                .iter()
                .map(move |words| format!("{name}: {words}"))
        });
        each.collect()
    }

    /// Waits until a role says that it is ready.
    pub async fn until_ready(&self, name: &str) {
        let admin = self.admin(name);
        eventually(&format!("{name} is ready"), async || {
            why_not_ready(&admin).await.is_none().then_some(())
        })
        .await;
    }

    /// What a role says that is not ready; nothing when it is.
    pub async fn why_not_ready(&self, name: &str) -> Option<String> {
        why_not_ready(&self.admin(name)).await
    }

    fn change<T>(&self, name: &str, change: impl FnOnce(&mut Role) -> T) -> T {
        change(
            self.roles
                .lock()
                .unwrap()
                .get_mut(name)
                .expect("a role of this name"),
        )
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.watcher.abort();
    }
}

impl Role {
    fn spawn(&mut self, folder: &Path, name: &str) {
        let start = Start {
            name,
            folder,
            end_signal: "KILL",
            account: None,
        };
        let kind = name.split('.').next().unwrap_or(name).to_owned();
        self.was_ready = false;
        self.runs = Some(start.spawn(&BINARY, &[kind], &self.environment));
    }
}

/// Runs a command of an operator to its end.
pub fn command(folder: &Path, settings: &[(String, String)], arguments: &[&str]) -> Output {
    Command::new(&*BINARY)
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .current_dir(folder)
        .output()
        .expect("the program runs")
}

async fn note_who_is_ready(roles: &Mutex<BTreeMap<String, Role>>) {
    let waited: Vec<(String, String)> = {
        let roles = roles.lock().unwrap();
        let starting = roles.iter().filter(|(_, role)| role.wanted && !role.was_ready);
        starting
            .map(|(name, role)| (name.clone(), format!("http://127.0.0.1:{}", role.admin)))
            .collect()
    };
    for (name, admin) in waited {
        if why_not_ready(&admin).await.is_none()
            && let Some(role) = roles.lock().unwrap().get_mut(&name)
        {
            role.was_ready = true;
        }
    }
}

/// A role that is stopped where it stands says nothing.
async fn why_not_ready(admin: &str) -> Option<String> {
    let asked = async {
        let answer = reqwest::get(format!("{admin}/readyz")).await?;
        let is_ready = answer.status() == 200;
        Ok::<_, reqwest::Error>((!is_ready).then_some(answer.text().await?))
    };
    match tokio::time::timeout(ANSWER_WITHIN, asked).await {
        Ok(Ok(said)) => said,
        Ok(Err(fault)) => Some(fault.to_string()),
        Err(_) => Some("no answer in time".to_owned()),
    }
}

/// The end of what a role has said.
fn last_words(folder: &Path, name: &str) -> String {
    let log = std::fs::read_to_string(log_file(folder, name)).unwrap_or_default();
    log.lines().last().unwrap_or_default().to_owned()
}

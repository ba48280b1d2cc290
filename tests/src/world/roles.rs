//! A world's roles, each as a process that may be killed, and the commands that an operator runs beside them.

use std::fs;
use std::net::SocketAddr;
use std::process::{Command, Output};

use nix::sys::signal::Signal;

use super::World;
use crate::binary::BINARY;
use crate::client::Client;
use crate::eventually::eventually;
use crate::guard::{Guarded, Start, log_file};
use crate::ports::free_port;

/// A role as a process.
pub(super) struct Role {
    runs: Option<Guarded>,
    admin: SocketAddr,
    extra: Vec<(String, String)>,
}

impl World {
    /// Runs a command to its end, which must be this exit code.
    #[track_caller]
    pub fn command(&self, arguments: &[&str], code: i32) -> Output {
        let output = self.try_command(arguments);
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(
            output.status.code(),
            Some(code),
            "onboarding {}\n{}\n{}",
            arguments.join(" "),
            said(&output.stdout),
            said(&output.stderr)
        );
        output
    }

    /// Runs a command to its end.
    pub fn try_command(&self, arguments: &[&str]) -> Output {
        self.try_command_with(arguments, &[])
    }

    /// The same with settings of its own.
    pub fn try_command_with(&self, arguments: &[&str], extra: &[(&str, &str)]) -> Output {
        Command::new(&*BINARY)
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .envs(extra.iter().copied())
            .current_dir(&self.folder)
            .output()
            .expect("the program runs")
    }

    /// Starts a role without waiting for it. Several of one role run under names such as `relay.2`.
    pub fn begin(&self, name: &str) {
        self.begin_with(name, &[]);
    }

    /// The same with settings of its own.
    pub fn begin_with(&self, name: &str, extra: &[(&str, &str)]) {
        let mut roles = self.roles.lock().unwrap();
        let role = roles.entry(name.to_owned()).or_insert_with(|| Role {
            runs: None,
            admin: SocketAddr::from(([127, 0, 0, 1], free_port())),
            extra: Vec::new(),
        });
        if !extra.is_empty() {
            role.extra = extra
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
        }
        let mut environment = self.settings.clone();
        environment.push(("ONBOARDING_ADMIN_LISTEN".to_owned(), role.admin.to_string()));
        environment.extend(role.extra.iter().cloned());
        let kind = name.split('.').next().unwrap_or(name).to_owned();
        let start = Start {
            name,
            folder: &self.folder,
            end_signal: "KILL",
            account: None,
        };
        role.runs = Some(start.spawn(&BINARY, &[kind], &environment));
    }

    /// Waits until a role says that it is ready.
    pub async fn until_ready(&self, name: &str) {
        let admin = self.admin(name);
        eventually(&format!("{name} is ready"), async || {
            if !self.is_running(name) {
                panic!("{name} has ended:\n{}", self.log(name));
            }
            let answer = admin.ask(reqwest::Method::GET, "/readyz").try_send().await.ok()?;
            (answer.status == 200).then_some(())
        })
        .await;
    }

    /// Starts a role and waits until it is ready.
    pub async fn run(&self, name: &str) {
        self.begin(name);
        self.until_ready(name).await;
    }

    /// Kills a role as a power failure would.
    pub fn kill(&self, name: &str) {
        let runs = self
            .roles
            .lock()
            .unwrap()
            .get_mut(name)
            .and_then(|role| role.runs.take());
        runs.expect("it runs").kill();
    }

    /// Stops a role in good order.
    pub fn stop(&self, name: &str) {
        let runs = self
            .roles
            .lock()
            .unwrap()
            .get_mut(name)
            .and_then(|role| role.runs.take());
        let runs = runs.expect("it runs");
        runs.signal(Signal::SIGTERM);
        runs.wait();
    }

    /// Has a role sleep, as a machine does that is short of memory or moved to another host.
    pub fn pause(&self, name: &str) {
        self.signal(name, Signal::SIGSTOP);
    }

    /// Wakes a role that sleeps.
    pub fn wake(&self, name: &str) {
        self.signal(name, Signal::SIGCONT);
    }

    fn signal(&self, name: &str, signal: Signal) {
        let roles = self.roles.lock().unwrap();
        let runs = roles.get(name).and_then(|role| role.runs.as_ref());
        runs.expect("it runs").signal(signal);
    }

    /// Whether a role runs.
    pub fn is_running(&self, name: &str) -> bool {
        let roles = self.roles.lock().unwrap();
        roles
            .get(name)
            .and_then(|role| role.runs.as_ref())
            .is_some_and(Guarded::is_running)
    }

    /// Asks the listener of a role for operators.
    pub fn admin(&self, name: &str) -> Client {
        Client::new(&format!("http://{}", self.roles.lock().unwrap()[name].admin))
    }

    /// What a role has said.
    pub fn log(&self, name: &str) -> String {
        fs::read_to_string(log_file(&self.folder, name)).unwrap_or_default()
    }
}

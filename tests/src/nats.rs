//! A NATS server of a world's own, with its store on disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use async_nats::jetstream;
use nix::sys::signal::Signal;
use runtime::accounts::{self, DIRECTORY, SERVICE, SUBSCRIBERS};

use crate::eventually::eventually;
use crate::guard::{Guarded, Start};
use crate::ports::free_port;
use crate::programs::nats_server;

/// The server.
pub struct NatsServer {
    folder: PathBuf,
    port: u16,
    health_port: u16,
    server: Mutex<Option<Guarded>>,
    asking: Mutex<Option<String>>,
}

/// The user by whom the service connects to a server that asks it about everybody else, and the system account's. Clients
/// without credentials count as the first, so that tests may look at everything.
const USERS: (&str, &str) = ("onboarding", "onboarding-system");
const PASSWORD: &str = "of-the-service";

impl NatsServer {
    /// A place for a server below a folder; nothing runs yet.
    pub fn new(folder: &Path) -> Self {
        let folder = folder.join("nats");
        fs::create_dir_all(&folder).expect("a folder");
        Self {
            folder,
            port: free_port(),
            health_port: free_port(),
            server: Mutex::new(None),
            asking: Mutex::new(None),
        }
    }

    /// Has the server ask the service who somebody is, from the next start on. `issuer` is the line that
    /// `onboarding subscriber issuer` prints.
    pub fn ask_the_service(&self, issuer: &str) {
        *self.asking.lock().unwrap() = Some(issuer.trim().to_owned());
    }

    /// The URL for the system account of a server that asks.
    pub fn system_url(&self) -> String {
        format!("nats://{}:{PASSWORD}@127.0.0.1:{}", USERS.1, self.port)
    }

    /// A connection by the user of whoever feeds the directory, of a server that asks.
    pub async fn connect_as_directory(&self) -> async_nats::Client {
        async_nats::ConnectOptions::with_user_and_password("directory".to_owned(), PASSWORD.to_owned())
            .custom_inbox_prefix("_INBOX_directory")
            .connect(self.url())
            .await
            .expect("it gets in")
    }

    fn write_settings(&self) -> PathBuf {
        let settings = match &*self.asking.lock().unwrap() {
            // Some streams reserve room, more than a small disk has.
            None => "jetstream { max_file_store: 8GB }\n".to_owned(),
            Some(issuer) => format!(
                "accounts {{\n $SYS {{ users: [{{ user: {system}, password: {PASSWORD} }}] }}\n \
                 {SERVICE} {{\n jetstream: enabled\n users: [{{ user: {user}, password: {PASSWORD} }}]\n {exports}\n }}\n \
                 {SUBSCRIBERS} {{\n {subscribers}\n }}\n \
                 {DIRECTORY} {{\n users: [{{ user: directory, password: {PASSWORD}, \
                 permissions: {{ publish: \"crm.v1.establishment.*\", subscribe: \"_INBOX_directory.>\" }} }}]\n {directory}\n }}\n}}\n\
                 no_auth_user: {user}\n\
                 authorization {{\n timeout: 5\n \
                 auth_callout {{ {issuer}, account: {SERVICE}, auth_users: [{user}, {system}, directory] }}\n}}\n",
                user = USERS.0,
                system = USERS.1,
                exports = accounts::exports(),
                subscribers = accounts::subscribers_imports(SERVICE),
                directory = accounts::directory_imports(SERVICE),
            ),
        };
        let path = self.folder.join("nats.conf");
        let settings = format!("http: \"127.0.0.1:{}\"\n{settings}", self.health_port);
        fs::write(&path, settings).expect("a file");
        path
    }

    /// Starts the server on the store that is there, and waits until JetStream answers.
    pub async fn run(&self) {
        let arguments = [
            "-c",
            &self.write_settings().display().to_string(),
            "-a",
            "127.0.0.1",
            "-p",
            &self.port.to_string(),
            "-js",
            "-sd",
            &self.store().display().to_string(),
        ]
        .map(str::to_owned);
        let begun = Start {
            name: "nats",
            folder: &self.folder,
            end_signal: "KILL",
            account: None,
        };
        *self.server.lock().unwrap() = Some(begun.spawn(&nats_server(), &arguments, &[]));
        eventually("JetStream answers", async || {
            let client = async_nats::connect(self.url()).await.ok()?;
            jetstream::new(client).query_account().await.ok()
        })
        .await;
    }

    /// Kills the server as a power failure would.
    pub fn kill(&self) {
        let server = self.server.lock().unwrap().take().expect("it runs");
        server.kill();
    }

    /// Has the server answer nobody for a while, with all its connections standing.
    pub async fn hang(&self, time: Duration) {
        self.signal(Signal::SIGSTOP);
        tokio::time::sleep(time).await;
        self.signal(Signal::SIGCONT);
    }

    /// How many logins it has refused so far.
    pub fn refusals(&self) -> usize {
        let log = fs::read_to_string(self.log_file()).expect("a log");
        log.matches("authentication error").count()
    }

    /// Sends a signal to the server, where it runs.
    pub fn signal(&self, signal: Signal) {
        if let Some(runs) = &*self.server.lock().unwrap() {
            runs.signal(signal);
        }
    }

    /// Whether it says of itself that all is well, streams included.
    pub async fn is_healthy(&self) -> bool {
        let asked = reqwest::get(format!("http://127.0.0.1:{}/healthz", self.health_port));
        asked.await.is_ok_and(|answer| answer.status() == 200)
    }

    /// Where it listens, on loopback.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Throws the store away. The server must not run.
    pub fn lose_the_store(&self) {
        fs::remove_dir_all(self.store()).expect("there is a store");
    }

    /// Copies the store. The server must not run.
    pub fn copy_the_store(&self, to: &Path) {
        copy(&self.store(), to);
    }

    /// Puts a copy in the store's place. The server must not run.
    pub fn put_back_the_store(&self, from: &Path) {
        self.lose_the_store();
        copy(from, &self.store());
    }

    /// The folder of the store.
    pub fn store(&self) -> PathBuf {
        self.folder.join("jetstream")
    }

    /// Where the server is.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Where the server writes its log.
    pub fn log_file(&self) -> PathBuf {
        crate::guard::log_file(&self.folder, "nats")
    }
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp")
        .arg("-a")
        .args([from, to])
        .status()
        .expect("cp runs");
    assert!(copied.success(), "the store cannot be copied");
}

//! The embedded NATS server, with JetStream on disk.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::fs::OpenOptionsExt,
    },
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use async_nats::{ConnectErrorKind, ConnectOptions, jetstream};
use nix::sys::signal::Signal;
use rand::{Rng, distr::Alphanumeric};
use tokio::process::{Child, Command};

use super::{
    EmbeddedError,
    account::Account,
    home::Home,
    launch::{Surroundings, launch},
    lock::ServerLock,
    log_file::LogFile,
    programs::{NatsProgram, find_nats},
    supervise::{Server, Supervised, until_ready, with_free_port},
};
use crate::{
    accounts::{self, DIRECTORY, SERVICE, SUBSCRIBERS},
    config::{Config, Secret},
    issuer::Issuer,
    nats::{self, NatsError},
};

const USER: &str = "onboarding";
/// A user of the system account, by which connections of revoked subscribers are cut.
const SYSTEM_USER: &str = "onboarding-system";

/// JetStream reads its files before it takes work: a few seconds for millions of messages.
const PATIENCE: Duration = Duration::from_secs(120);

/// The same server for [`SYSTEM_USER`], who has the same password.
pub(super) fn system_url(url: &Secret) -> Secret {
    Secret::new(
        url.expose()
            .replacen(&format!("{USER}:"), &format!("{SYSTEM_USER}:"), 1),
    )
}

/// Everything needed to start the same server again.
struct Nats {
    program: NatsProgram,
    account: Option<Account>,
    home: Home,
    lock: PathBuf,
    log: LogFile,
    url: Secret,
}

/// Starts the server on the stream's files, made when missing.
pub(super) async fn start(config: &Config, account: Option<&Account>) -> Result<Supervised, EmbeddedError> {
    let home = Home::make(&config.data_dir.join("nats"), account)?;
    let program = find_nats(config)?;
    let kept = config.data_dir.join("nats.port");
    // Subscribers keep the address that they were told.
    let wish = fs::read_to_string(&kept)
        .ok()
        .and_then(|it| it.trim().parse().ok());
    with_free_port(wish, |port| {
        let started = start_at(port, config, account, home.clone(), program.clone());
        let kept = &kept;
        async move {
            let started = started.await?;
            if wish != Some(port) {
                if wish.is_some() {
                    tracing::warn!(
                        port,
                        "the port of the embedded NATS was taken: subscribers find it at another one now"
                    );
                }
                fs::write(kept, port.to_string())?;
            }
            Ok(started)
        }
    })
    .await
}

async fn start_at(
    port: u16,
    config: &Config,
    account: Option<&Account>,
    home: Home,
    program: NatsProgram,
) -> Result<Supervised, EmbeddedError> {
    let password: String = rand::rng()
        .sample_iter(Alphanumeric)
        .take(40)
        .map(char::from)
        .collect();
    let issuer = Issuer::open(&config.data_dir)?;
    write_settings(&home, account, port, &password, &issuer)?;
    let log = LogFile::new(config.data_dir.join("nats.log"));
    let url = Secret::new(format!("nats://{USER}:{password}@127.0.0.1:{port}"));
    let nats = Arc::new(Nats {
        program,
        account: account.cloned(),
        home,
        lock: config.data_dir.join("nats.lock"),
        log: log.clone(),
        url: url.clone(),
    });
    let start = Arc::new(move || {
        let nats = Arc::clone(&nats);
        Box::pin(async move { nats.run().await }) as futures::future::BoxFuture<'static, _>
    });
    let server = Server {
        name: "nats-server",
        stop_signal: Signal::SIGTERM,
        log,
        start,
    };
    Supervised::start(server, url).await
}

impl Nats {
    async fn run(&self) -> Result<Child, EmbeddedError> {
        let lock = ServerLock::take(&self.lock, "nats-server", Signal::SIGTERM).await?;
        let mut inherited: Vec<Arc<OwnedFd>> = self
            .home
            .descriptor()
            .into_iter()
            .chain([lock.descriptor()])
            .collect();
        let program = self.reachable_program(&mut inherited)?;
        let mut command = Command::new(program);
        command
            .arg0("nats-server")
            .arg("--config")
            .arg(self.home.theirs("nats.conf"));
        let surroundings = Surroundings {
            account: self.account.as_ref(),
            death_signal: Signal::SIGTERM,
            log: &self.log,
            inherited,
        };
        let mut child = launch(command, surroundings).await?;
        lock.belongs_to(child.id())?;
        drop(lock);
        until_ready(&mut child, "nats-server", &self.log, PATIENCE, || {
            self.takes_work()
        })
        .await?;
        Ok(child)
    }

    /// The program as its account reaches it: by its path, or, where the folders above are closed, as an open file.
    fn reachable_program(&self, inherited: &mut Vec<Arc<OwnedFd>>) -> Result<PathBuf, EmbeddedError> {
        let path = &self.program.path;
        let Some(account) = self.account.as_ref().filter(|account| !account.can_reach(path)) else {
            return Ok(path.clone());
        };
        if self.home.descriptor().is_none() {
            return Err(EmbeddedError::Unreachable {
                account: account.name.clone(),
                path: path.clone(),
            });
        }
        let file = Arc::new(OwnedFd::from(File::open(path)?));
        let reachable = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
        inherited.push(file);
        Ok(reachable)
    }

    async fn takes_work(&self) -> Result<bool, EmbeddedError> {
        let addresses = nats::addresses(&self.url)?;
        let options = ConnectOptions::new().connection_timeout(Duration::from_secs(1));
        match nats::with_credentials(options, &addresses)
            .connect(addresses)
            .await
        {
            Ok(client) => Ok(jetstream::new(client).query_account().await.is_ok()),
            Err(error) if error.kind() == ConnectErrorKind::AuthorizationViolation => {
                Err(NatsError::Connect(error).into())
            }
            Err(_) => Ok(false),
        }
    }
}

/// Writes the server's settings. `sync_interval: always` makes an acknowledged message survive a power failure.
///
/// The service's own two users stand here; about everybody else the server asks the service, and believes what the issuer
/// signed.
fn write_settings(
    home: &Home,
    account: Option<&Account>,
    port: u16,
    password: &str,
    issuer: &Issuer,
) -> io::Result<()> {
    let store = serde_json::to_string(&home.theirs("jetstream"))?;
    let issuer = issuer.public_key();
    let exports = accounts::exports();
    let (subscribers, directory) = (
        accounts::subscribers_imports(SERVICE),
        accounts::directory_imports(SERVICE),
    );
    let text = format!(
        "# Written anew at every start.\n\
         server_name: onboarding\n\
         listen: \"127.0.0.1:{port}\"\n\
         max_payload: 1MB\n\
         accounts {{\n  \
         $SYS {{ users: [{{ user: {SYSTEM_USER}, password: \"{password}\" }}] }}\n  \
         {SERVICE} {{\n    jetstream: enabled\n    users: [{{ user: {USER}, password: \"{password}\" }}]\n    {exports}\n  }}\n  \
         {SUBSCRIBERS} {{\n    {subscribers}\n  }}\n  \
         {DIRECTORY} {{\n    {directory}\n  }}\n}}\n\
         authorization {{\n  timeout: 5\n  \
         auth_callout {{ issuer: {issuer}, account: {SERVICE}, auth_users: [{USER}, {SYSTEM_USER}] }}\n}}\n\
         jetstream {{\n  store_dir: {store}\n  sync_interval: always\n  max_file_store: 50GB\n  max_memory_store: 64MB\n}}\n"
    );
    let path = home.ours("nats.conf");
    let unfinished = home.ours("nats.conf.unfinished");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    if let Some(account) = account {
        account.take(&unfinished)?;
    }
    fs::rename(unfinished, path)
}

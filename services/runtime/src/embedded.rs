//! Embedded servers: real `postgres` and `nats-server` programs, started, watched and stopped with the service.
//!
//! What each of them gets: a folder of its own in the data directory, a random password and a free port on loopback, an
//! unprivileged account when the service runs as root, a signal when the service dies without saying goodbye, a lock
//! that it holds itself (so that no second server can touch its files, whatever happened to its parent), and a restart
//! on the same port when it dies alone. Every safety setting is on: `fsync`, and `sync_interval: always`.

mod account;
mod cluster;
mod error;
mod home;
mod launch;
mod lock;
mod log_file;
mod nats;
mod ports;
mod postgres;
mod programs;
mod supervise;

use std::{fs, io, os::unix::fs::DirBuilderExt, path::Path};

pub use error::EmbeddedError;
pub use programs::{NatsProgram, PostgresPrograms, find_nats, find_postgres};

use crate::config::{Config, Secret};
use account::Account;
use supervise::Supervised;

/// Which servers to embed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// PostgreSQL.
    pub postgres: bool,
    /// NATS with JetStream.
    pub nats: bool,
}

/// Running embedded servers. Dropping them without [`Embedded::stop`] asks them to stop and does not wait.
pub struct Embedded {
    postgres: Option<Supervised>,
    nats: Option<Supervised>,
}

impl Embedded {
    /// Starts the wanted servers side by side and waits until each takes work. The caller holds the data directory's
    /// lock.
    ///
    /// # Errors
    /// [`EmbeddedError`], with the last lines of the server's log where it has any; a server that had started is stopped.
    pub async fn start(config: &Config, wanted: Wanted) -> Result<Self, EmbeddedError> {
        make_data_dir(&config.data_dir)?;
        let account = Account::for_servers()?;
        let (postgres, nats) = tokio::join!(
            optional(wanted.postgres, postgres::start(config, account.as_ref())),
            optional(wanted.nats, nats::start(config, account.as_ref())),
        );
        match (postgres, nats) {
            (Ok(postgres), Ok(nats)) => Ok(Self { postgres, nats }),
            (Err(error), other) | (other, Err(error)) => {
                if let Ok(Some(other)) = other {
                    other.stop().await;
                }
                Err(error)
            }
        }
    }

    /// The embedded database, as its owner.
    pub fn postgres_url(&self) -> Option<&Secret> {
        self.postgres.as_ref().map(Supervised::url)
    }

    /// The embedded bus.
    pub fn nats_url(&self) -> Option<&Secret> {
        self.nats.as_ref().map(Supervised::url)
    }

    /// The embedded bus, as a user of its system account.
    pub fn nats_system_url(&self) -> Option<Secret> {
        self.nats_url().map(nats::system_url)
    }

    /// Stops both cleanly, NATS first, and waits until they are gone.
    pub async fn stop(self) {
        if let Some(nats) = self.nats {
            nats.stop().await;
        }
        if let Some(postgres) = self.postgres {
            postgres.stop().await;
        }
    }
}

async fn optional(
    wanted: bool,
    start: impl Future<Output = Result<Supervised, EmbeddedError>>,
) -> Result<Option<Supervised>, EmbeddedError> {
    if wanted { start.await.map(Some) } else { Ok(None) }
}

/// Makes the data directory. Others may pass through it, since the servers' account must, but not list it; each file in
/// it guards itself.
///
/// # Errors
/// When it cannot be made.
pub fn make_data_dir(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o711).create(path)
}

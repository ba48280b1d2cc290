//! Which servers to use: the configured ones, else those of a running `up`, else our own.

mod announcement;
mod data_lock;

use std::{path::PathBuf, time::Duration};

use tokio::time::{Instant, sleep};

pub use announcement::Announcement;
use data_lock::{DataLock, Holder};

use crate::{
    config::{Config, Secret},
    embedded::{Embedded, EmbeddedError, Wanted, make_data_dir},
};

/// A command waits this long for another one to be done with the embedded servers.
const COMMAND_PATIENCE: Duration = Duration::from_secs(60);

/// `up` waits this long for a command that is just ending, and then says who is in the way.
const UP_PATIENCE: Duration = Duration::from_secs(10);

const LOOK_INTERVAL: Duration = Duration::from_millis(100);

/// Who asks for servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// `up`: it must be the only one on its data directory, and tells others where its servers are.
    Up,
    /// A role alone or a command: it may share.
    Command,
}

/// Where the servers came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Both URLs are configured.
    Configured,
    /// At least one belongs to a running `up`.
    RunningUp {
        /// Its process id.
        pid: u32,
    },
    /// At least one was started by us.
    Embedded,
}

/// Why there are no servers.
#[derive(Debug, thiserror::Error)]
pub enum ServersError {
    /// Another `up`, or a long command, works on the same data directory.
    #[error("{} is in use by process {pid}: stop that one first, or use another data directory", folder.display())]
    InUse {
        /// The data directory.
        folder: PathBuf,
        /// Who uses it.
        pid: u32,
    },
    /// A command was given another data directory than that of any installation: only `up` makes one.
    #[error("there is no installation in {}: name its data directory, or begin one with `onboarding up`", folder.display())]
    NoInstallation {
        /// The data directory.
        folder: PathBuf,
    },
    /// An embedded server does not start.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// The data directory cannot be used.
    #[error("the data directory {} cannot be used", folder.display())]
    DataDir {
        /// The data directory.
        folder: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// The servers to use, and those that are ours to stop.
pub struct Servers {
    /// PostgreSQL, as its owner when embedded.
    pub postgres_url: Secret,
    /// NATS with JetStream.
    pub nats_url: Secret,
    /// The same NATS as a user of its system account, where there is one: then that server asks the service who subscribers
    /// are, and cuts their connections when told.
    pub nats_system_url: Option<Secret>,
    /// Where they came from.
    pub origin: Origin,
    ours: Option<Ours>,
}

/// Embedded servers, with what says that they are ours. The order of the fields is the order of the end: the
/// announcement first, the lock last.
struct Ours {
    announcement: Option<Announcement>,
    embedded: Embedded,
    _lock: DataLock,
}

impl Servers {
    /// The same, for somebody who stops none of them.
    pub fn shared(&self) -> Self {
        Self {
            postgres_url: self.postgres_url.clone(),
            nats_url: self.nats_url.clone(),
            nats_system_url: self.nats_system_url.clone(),
            origin: self.origin,
            ours: None,
        }
    }

    /// Stops the servers that are ours; others are left alone.
    pub async fn stop(self) {
        if let Some(ours) = self.ours {
            drop(ours.announcement);
            ours.embedded.stop().await;
        }
    }
}

/// Finds or starts the servers. Only embedded servers lock the data directory: with both URLs configured, roles share it.
///
/// # Errors
/// [`ServersError`]: the data directory is in use, or a server does not start.
pub async fn resolve(config: &Config, asker: Asker) -> Result<Servers, ServersError> {
    if let (Some(postgres_url), Some(nats_url)) = (&config.postgres_url, &config.nats_url) {
        let (postgres_url, nats_url) = (postgres_url.clone(), nats_url.clone());
        return Ok(Servers {
            postgres_url,
            nats_url,
            nats_system_url: config.nats_system_url.clone(),
            origin: Origin::Configured,
            ours: None,
        });
    }
    let folder = &config.data_dir;
    let in_folder = |source| ServersError::DataDir {
        folder: folder.clone(),
        source,
    };
    if asker == Asker::Command && config.postgres_url.is_none() && !folder.join("postgres").exists() {
        return Err(ServersError::NoInstallation {
            folder: folder.clone(),
        });
    }
    make_data_dir(folder).map_err(in_folder)?;
    let begun = Instant::now();
    loop {
        match DataLock::take(folder, asker).map_err(in_folder)? {
            Ok(lock) => return start_own(config, asker, lock).await,
            Err(holder) => {
                if let Some(shared) = share(config, asker, holder) {
                    return Ok(shared);
                }
                if begun.elapsed() > patience(asker, holder) {
                    return Err(ServersError::InUse {
                        folder: folder.clone(),
                        pid: holder.pid,
                    });
                }
            }
        }
        sleep(LOOK_INTERVAL).await;
    }
}

fn patience(asker: Asker, holder: Holder) -> Duration {
    match (asker, holder.asker) {
        (Asker::Up, Some(Asker::Up)) => Duration::ZERO,
        (Asker::Up, _) => UP_PATIENCE,
        (Asker::Command, _) => COMMAND_PATIENCE,
    }
}

/// The servers of a running `up`, for a command, once that `up` has told where they are.
fn share(config: &Config, asker: Asker, holder: Holder) -> Option<Servers> {
    if asker == Asker::Up {
        return None;
    }
    let told = Announcement::read(&config.data_dir).filter(|told| told.pid() == holder.pid)?;
    Some(Servers {
        postgres_url: config.postgres_url.clone().unwrap_or_else(|| told.postgres_url()),
        nats_url: config.nats_url.clone().unwrap_or_else(|| told.nats_url()),
        nats_system_url: match config.nats_url {
            Some(_) => config.nats_system_url.clone(),
            None => told.nats_system_url(),
        },
        origin: Origin::RunningUp { pid: holder.pid },
        ours: None,
    })
}

async fn start_own(config: &Config, asker: Asker, lock: DataLock) -> Result<Servers, ServersError> {
    let wanted = Wanted {
        postgres: config.postgres_url.is_none(),
        nats: config.nats_url.is_none(),
    };
    let embedded = Embedded::start(config, wanted).await?;
    let url = |configured: &Option<Secret>, own: Option<&Secret>| configured.clone().or_else(|| own.cloned());
    let (Some(postgres_url), Some(nats_url)) = (
        url(&config.postgres_url, embedded.postgres_url()),
        url(&config.nats_url, embedded.nats_url()),
    ) else {
        return Err(EmbeddedError::LauncherGone.into());
    };
    let nats_system_url = match config.nats_url {
        Some(_) => config.nats_system_url.clone(),
        None => embedded.nats_system_url(),
    };
    let announcement = match asker {
        Asker::Up => Some(
            Announcement::publish(config, &postgres_url, &nats_url, nats_system_url.as_ref()).map_err(
                |source| ServersError::DataDir {
                    folder: config.data_dir.clone(),
                    source,
                },
            )?,
        ),
        Asker::Command => None,
    };
    let ours = Some(Ours {
        announcement,
        embedded,
        _lock: lock,
    });
    Ok(Servers {
        postgres_url,
        nats_url,
        nats_system_url,
        origin: Origin::Embedded,
        ours,
    })
}

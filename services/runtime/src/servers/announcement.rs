//! `up.json` in the data directory: where the servers of a running `up` are. It holds their passwords, so that only its
//! owner reads it, and it counts only while the process it names holds the data directory's lock.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::config::{Config, Secret};

const NAME: &str = "up.json";

#[derive(Serialize, Deserialize)]
struct Words {
    pid: u32,
    postgres_url: String,
    nats_url: String,
    #[serde(default)]
    nats_system_url: Option<String>,
    public_url: String,
    admin_listen: String,
}

/// What a running `up` tells. The one that published it takes it away when dropped.
pub struct Announcement {
    words: Words,
    published_at: Option<PathBuf>,
}

impl Announcement {
    /// Tells others where the servers are.
    pub(super) fn publish(
        config: &Config,
        postgres_url: &Secret,
        nats_url: &Secret,
        nats_system_url: Option<&Secret>,
    ) -> io::Result<Self> {
        let words = Words {
            pid: std::process::id(),
            postgres_url: postgres_url.expose().to_owned(),
            nats_url: nats_url.expose().to_owned(),
            nats_system_url: nats_system_url.map(|url| url.expose().to_owned()),
            public_url: config.public_url.clone(),
            admin_listen: config.admin_listen.to_string(),
        };
        let path = config.data_dir.join(NAME);
        let unfinished = config.data_dir.join("up.json.unfinished");
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)?;
        file.write_all(&serde_json::to_vec_pretty(&words)?)?;
        fs::rename(unfinished, &path)?;
        Ok(Self {
            words,
            published_at: Some(path),
        })
    }

    /// What stands in the data directory; `None` when nothing readable does.
    pub fn read(data_dir: &Path) -> Option<Self> {
        let text = fs::read(data_dir.join(NAME)).ok()?;
        Some(Self {
            words: serde_json::from_slice(&text).ok()?,
            published_at: None,
        })
    }

    /// The process id of `up`.
    pub fn pid(&self) -> u32 {
        self.words.pid
    }

    /// Its PostgreSQL.
    pub fn postgres_url(&self) -> Secret {
        Secret::new(&self.words.postgres_url)
    }

    /// Its NATS.
    pub fn nats_url(&self) -> Secret {
        Secret::new(&self.words.nats_url)
    }

    /// The same as a user of its system account.
    pub fn nats_system_url(&self) -> Option<Secret> {
        self.words.nats_system_url.as_ref().map(Secret::new)
    }

    /// Its portal, as configured.
    pub fn public_url(&self) -> &str {
        &self.words.public_url
    }
}

impl Drop for Announcement {
    fn drop(&mut self) {
        if let Some(path) = &self.published_at {
            // One that stays behind names a process that does not hold the lock, and is not believed.
            let _ = fs::remove_file(path);
        }
    }
}

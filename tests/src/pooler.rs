//! PgBouncer before a cluster, as an operator may have put it. `script/test` fetches it.

use std::fs;
use std::path::{Path, PathBuf};

use nix::unistd::{Uid, User, chown};

use crate::eventually::eventually;
use crate::guard::{Guarded, Start};
use crate::ports::free_port;
use crate::postgres::Cluster;
use crate::programs::repository;

/// A pooler. It ends when dropped.
pub struct Pooler {
    port: u16,
    _runs: Guarded,
}

impl Pooler {
    /// Starts one in a mode: `session`, `transaction` or `statement`. `ignored` names the start-up parameters that it drops.
    pub async fn start(folder: &Path, servers: &Cluster, mode: &str, ignored: &str) -> Self {
        let folder = folder.join(format!("pooler-{mode}"));
        fs::create_dir_all(&folder).expect("a folder");
        let port = free_port();
        let settings = folder.join("pgbouncer.ini");
        let server = servers.port();
        let text = format!(
            "[databases]\n* = host=127.0.0.1 port={server} user=postgres\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n\
             pool_mode = {mode}\nmax_client_conn = 300\ndefault_pool_size = 100\nignore_startup_parameters = {ignored}\n"
        );
        fs::write(&settings, text).expect("a file");
        // It refuses to run as root.
        let account = Uid::effective().is_root().then(|| {
            let known = |name| User::from_name(name).ok().flatten();
            known("nobody").expect("an account without rights")
        });
        if let Some(user) = &account {
            chown(&folder, Some(user.uid), Some(user.gid)).expect("root may lend a folder");
        }
        let start = Start {
            name: "pgbouncer",
            folder: &folder,
            end_signal: "TERM",
            account: account.as_ref(),
        };
        let libraries = libraries().map(|it| ("LD_LIBRARY_PATH".to_owned(), it));
        let arguments = [settings.display().to_string()];
        let runs = start.spawn(&program(), &arguments, libraries.as_slice());
        let pooler = Self { port, _runs: runs };
        eventually("PgBouncer listens", async || {
            tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok()
        })
        .await;
        pooler
    }

    /// The URL of a database behind it.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    /// Where it listens, on loopback.
    pub fn port(&self) -> u16 {
        self.port
    }
}

/// Where `script/test` unpacks it.
fn unpacked() -> PathBuf {
    repository().join(".onboarding/tools/pooler")
}

fn program() -> PathBuf {
    let unpacked = unpacked().join("usr/sbin/pgbouncer");
    match unpacked.exists() {
        true => unpacked,
        false => PathBuf::from("/usr/sbin/pgbouncer"),
    }
}

/// The folder of the libraries that were unpacked with it.
fn libraries() -> Option<String> {
    let folders = fs::read_dir(unpacked().join("usr/lib")).ok()?;
    let mut paths = folders.filter_map(|it| Some(it.ok()?.path().display().to_string()));
    paths.find(|it| it.ends_with("-linux-gnu"))
}

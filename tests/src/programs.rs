//! Where the servers' programs are: on PATH, where `script/up` puts them, or where Debian and Homebrew do.

use std::path::{Path, PathBuf};

use runtime::Config;
use runtime::embedded::{find_nats, find_postgres};

/// The root of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the crate lies in the repository")
        .to_owned()
}

/// The folder of `postgres`, `initdb`, `pg_dump` and `pg_basebackup`. Where the server was found through a link, it is the
/// folder that the link leads to: not every program has a link beside it.
pub fn postgres_folder() -> PathBuf {
    let found = find_postgres(&config(), None).expect("PostgreSQL; script/test installs it");
    let server = found.folder.join("postgres").canonicalize().expect("a server");
    server.parent().expect("it lies in a folder").to_owned()
}

/// The program `nats-server`.
pub fn nats_server() -> PathBuf {
    find_nats(&config())
        .expect("nats-server; script/test installs it")
        .path
}

/// As the service itself looks for them, in the data directory of this repository.
fn config() -> Config {
    let mut config = Config::default();
    config.data_dir = repository().join(".onboarding");
    config.nats_bin = std::env::var_os("ONBOARDING_NATS_BIN").map(PathBuf::from);
    config
}

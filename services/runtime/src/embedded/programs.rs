//! Where the programs are found, and which of them will do.
//!
//! In order: the configured place (and then nothing else), `tools` in the data directory, where `script/up` puts them,
//! the search path, and the usual places of Debian, Red Hat and Homebrew, newest first.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::EmbeddedError;
use crate::{
    config::Config,
    nats::{self, Version},
};

/// The oldest PostgreSQL that the migrations work on.
pub const POSTGRES_FLOOR: u32 = 14;

/// The programs of one PostgreSQL.
#[derive(Clone, Debug)]
pub struct PostgresPrograms {
    /// The folder of `postgres` and `initdb`.
    pub folder: PathBuf,
    /// The major version.
    pub major: u32,
}

/// A `nats-server`.
#[derive(Clone, Debug)]
pub struct NatsProgram {
    /// The program.
    pub path: PathBuf,
    /// Its version.
    pub version: Version,
}

/// Finds PostgreSQL; of the major version `cluster` when files of that version are there to be opened.
///
/// # Errors
/// [`EmbeddedError::NotFound`], which lists what was found and will not do.
pub fn find_postgres(config: &Config, cluster: Option<u32>) -> Result<PostgresPrograms, EmbeddedError> {
    let fits = |major: u32| major >= POSTGRES_FLOOR && cluster.is_none_or(|cluster| cluster == major);
    let mut unfit = Vec::new();
    for folder in postgres_folders(config) {
        match postgres_major(&folder) {
            Some(major) if fits(major) => return Ok(PostgresPrograms { folder, major }),
            Some(major) => unfit.push(format!("{} is {major}", folder.display())),
            None => (),
        }
    }
    let wanted = match cluster {
        Some(major) => format!(
            "version {major}, whose files are in {}",
            config.data_dir.display()
        ),
        None => format!("version {POSTGRES_FLOOR} or later"),
    };
    Err(not_found("PostgreSQL", wanted, unfit, "postgres_bin_dir"))
}

/// Finds nats-server.
///
/// # Errors
/// [`EmbeddedError::NotFound`], which lists what was found and will not do.
pub fn find_nats(config: &Config) -> Result<NatsProgram, EmbeddedError> {
    let mut unfit = Vec::new();
    for path in nats_places(config).into_iter().filter(|path| path.is_file()) {
        match words(&path).as_deref().and_then(nats_version) {
            Some(version) if version >= nats::FLOOR => return Ok(NatsProgram { path, version }),
            Some(version) => unfit.push(format!("{} is {version}", path.display())),
            None => unfit.push(format!("{} does not run", path.display())),
        }
    }
    Err(not_found(
        "nats-server",
        format!("version {} or later", nats::FLOOR),
        unfit,
        "nats_bin",
    ))
}

fn not_found(program: &'static str, wanted: String, unfit: Vec<String>, key: &'static str) -> EmbeddedError {
    let found = if unfit.is_empty() {
        "none is installed".to_owned()
    } else {
        unfit.join(", ")
    };
    EmbeddedError::NotFound {
        program,
        wanted,
        found,
        key,
    }
}

fn postgres_folders(config: &Config) -> Vec<PathBuf> {
    if let Some(folder) = &config.postgres_bin_dir {
        return vec![folder.clone()];
    }
    let mut folders = vec![config.data_dir.join("tools/postgresql/bin")];
    folders.extend(search_path());
    for (parent, prefix) in [
        ("/usr/lib/postgresql", ""),
        ("/usr", "pgsql-"),
        ("/opt/homebrew/opt", "postgresql@"),
        ("/usr/local/opt", "postgresql@"),
    ] {
        folders.extend(
            newest_first(Path::new(parent), prefix)
                .into_iter()
                .map(|folder| folder.join("bin")),
        );
    }
    folders.retain(|folder| folder.join("postgres").is_file() && folder.join("initdb").is_file());
    folders
}

fn nats_places(config: &Config) -> Vec<PathBuf> {
    if let Some(path) = &config.nats_bin {
        return vec![path.clone()];
    }
    let mut folders = vec![config.data_dir.join("tools")];
    folders.extend(search_path());
    folders.extend(
        [
            "/usr/local/bin",
            "/usr/local/sbin",
            "/usr/sbin",
            "/opt/homebrew/bin",
        ]
        .map(PathBuf::from),
    );
    folders
        .into_iter()
        .map(|folder| folder.join("nats-server"))
        .collect()
}

fn search_path() -> Vec<PathBuf> {
    env::var_os("PATH")
        .map(|path| env::split_paths(&path).collect())
        .unwrap_or_default()
}

/// The folders `<prefix><number>` in `parent`, highest number first.
fn newest_first(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let number = |path: &Path| {
        path.file_name()?
            .to_str()?
            .strip_prefix(prefix)?
            .parse::<u32>()
            .ok()
    };
    let Ok(entries) = fs::read_dir(parent) else {
        return Vec::new();
    };
    let mut found: Vec<_> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter_map(|path| Some((number(&path)?, path)))
        .collect();
    found.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    found.into_iter().map(|(_, path)| path).collect()
}

fn postgres_major(folder: &Path) -> Option<u32> {
    let told = words(&folder.join("postgres"))?;
    // "postgres (PostgreSQL) 15.9 (Debian 15.9-0+deb12u1)"; a beta says "19beta1".
    let number = told.split_once("(PostgreSQL) ")?.1;
    number
        .split(|letter: char| !letter.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

fn nats_version(told: &str) -> Option<Version> {
    // "nats-server: v2.15.1"
    Version::parse(told.rsplit(' ').next()?)
}

/// What the program answers to `--version`.
fn words(program: &Path) -> Option<String> {
    let output = Command::new(program).arg("--version").env_clear().output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configured_place_is_the_only_one() {
        let mut config = Config::default();
        config.nats_bin = Some(PathBuf::from("/nowhere/nats-server"));
        config.postgres_bin_dir = Some(PathBuf::from("/nowhere/bin"));
        let told = find_nats(&config).unwrap_err().to_string();
        assert!(
            told.contains("2.12.8 or later") && told.contains("nats_bin"),
            "{told}"
        );
        assert!(find_postgres(&config, None).is_err());
    }

    #[test]
    fn the_newest_of_several_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["9", "15", "18", "common"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let found = newest_first(folder.path(), "");
        let names: Vec<_> = found
            .iter()
            .filter_map(|path| path.file_name()?.to_str())
            .collect();
        assert_eq!(names, ["18", "15", "9"]);
    }

    #[test]
    fn a_nats_server_tells_its_version() {
        assert_eq!(nats_version("nats-server: v2.15.1"), Version::parse("2.15.1"));
    }
}

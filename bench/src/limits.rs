//! What the ground could do alone: PostgreSQL's bare insert, and the password hash.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail};
use usecases::HashingGate;

use crate::load::{Measured, closed_loop};
use crate::people::PASSWORD;
use crate::service::Service;

/// About the size of one event's row.
const INSERT: &str = "INSERT INTO bench_rows (text) VALUES (repeat('x', 400));\n";

/// Shorter runs of pgbench are mostly its own beginning.
const BARE_SECONDS_MIN: u64 = 2;

/// pgbench's single-row insert and commit, on the service's own PostgreSQL: transactions a second. None where pgbench is
/// not installed.
///
/// # Errors
/// When pgbench fails.
pub fn bare_inserts(service: &Service, clients: usize, window: Duration) -> anyhow::Result<Option<f64>> {
    let Some(program) = pgbench() else { return Ok(None) };
    let script = service.folder().join("insert.sql");
    std::fs::write(&script, INSERT)?;
    let run = |arguments: &[&str]| -> anyhow::Result<String> {
        let output = Command::new(&program)
            .args(arguments)
            .arg(&service.postgres_url)
            .output()?;
        if !output.status.success() {
            bail!("pgbench: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8(output.stdout)?)
    };
    // pgbench takes any statement as its script, so psql is not needed for making the table.
    let table = service.folder().join("table.sql");
    std::fs::write(
        &table,
        "CREATE TABLE IF NOT EXISTS bench_rows (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text);\n",
    )?;
    run(&["-n", "-t", "1", "-f", &table.display().to_string()])?;
    let (clients, seconds) = (
        clients.to_string(),
        window.as_secs().max(BARE_SECONDS_MIN).to_string(),
    );
    let threads = if clients == "1" { "1" } else { "2" };
    let told = run(&[
        "-n",
        "-M",
        "prepared",
        "-c",
        &clients,
        "-j",
        threads,
        "-T",
        &seconds,
        "-f",
        &script.display().to_string(),
    ])?;
    let rate = told
        .lines()
        .find_map(|line| {
            line.strip_prefix("tps = ")?
                .split_whitespace()
                .next()?
                .parse()
                .ok()
        })
        .with_context(|| format!("pgbench told no rate: {told}"))?;
    Ok(Some(rate))
}

fn pgbench() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = std::env::var_os("ONBOARDING_POSTGRES_BIN_DIR")
        .map(PathBuf::from)
        .into_iter()
        .collect();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH")?));
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        folders.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    folders
        .into_iter()
        .map(|folder| folder.join("pgbench"))
        .find(|program| program.is_file())
}

/// The service's own password hash and nothing else, on every core.
///
/// # Errors
/// When hashing fails.
pub async fn bare_hashes(warm_up: Duration, window: Duration) -> anyhow::Result<Measured> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let gate = HashingGate::new(cores).map_err(|_| anyhow::anyhow!("the hash cannot be set up"))?;
    closed_loop(cores, warm_up, window, move || {
        let gate = gate.clone();
        async move {
            gate.hash(PASSWORD)
                .await
                .map_err(|_| anyhow::anyhow!("a hash failed"))?;
            Ok(())
        }
    })
    .await
}

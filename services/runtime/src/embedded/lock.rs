//! The lock on a server's files, held by the server itself through an inherited descriptor.
//!
//! NATS starts a second server on the same files without a murmur. A lock that only we held would be free as soon as we
//! were killed, while the server may still be writing; so the server inherits it, and it is free when the last of the
//! server's processes is gone, and not before.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    os::{fd::OwnedFd, unix::fs::OpenOptionsExt},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::time::{Instant, sleep};

use super::EmbeddedError;

/// A server that lost its parent ends by itself within this time.
const GRACE: Duration = Duration::from_secs(8);

/// After the grace it is told to end, and gets this long.
const PATIENCE: Duration = Duration::from_secs(30);

/// A taken lock, to be handed to the server.
pub(super) struct ServerLock {
    file: Arc<OwnedFd>,
    path: PathBuf,
}

impl ServerLock {
    /// Takes the lock. Waits for an earlier server that is ending; one that lingers is told to, by `end`, if it still
    /// bears the name `program`.
    pub(super) async fn take(path: &Path, program: &str, end: Signal) -> Result<Self, EmbeddedError> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)?;
        let begun = Instant::now();
        let mut told = false;
        loop {
            match file.try_lock() {
                Ok(()) => {
                    return Ok(Self {
                        file: Arc::new(file.into()),
                        path: path.to_owned(),
                    });
                }
                Err(TryLockError::Error(error)) => return Err(error.into()),
                Err(TryLockError::WouldBlock) if begun.elapsed() > GRACE + PATIENCE => {
                    let pid = written_pid(&file)?.map_or_else(|| "unknown".to_owned(), |pid| pid.to_string());
                    return Err(EmbeddedError::StillRunning {
                        pid,
                        files: path.to_owned(),
                    });
                }
                Err(TryLockError::WouldBlock) if begun.elapsed() > GRACE && !told => {
                    told = true;
                    tell_to_end(written_pid(&file)?, program, end);
                }
                Err(TryLockError::WouldBlock) => sleep(Duration::from_millis(20)).await,
            }
        }
    }

    /// The descriptor that the server inherits. Our own copy closes with this value.
    pub(super) fn descriptor(&self) -> Arc<OwnedFd> {
        Arc::clone(&self.file)
    }

    /// Notes whose lock it is.
    pub(super) fn belongs_to(&self, pid: Option<u32>) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).truncate(true).open(&self.path)?;
        pid.map_or(Ok(()), |pid| write!(file, "{pid}"))
    }
}

fn written_pid(mut file: &File) -> io::Result<Option<i32>> {
    let mut text = String::new();
    file.rewind()?;
    file.read_to_string(&mut text)?;
    Ok(text.trim().parse().ok())
}

fn tell_to_end(pid: Option<i32>, program: &str, end: Signal) {
    let Some(pid) = pid.filter(|pid| *pid > 1 && bears_name(*pid, program)) else {
        return;
    };
    tracing::warn!(
        pid,
        program,
        "a server left behind by an earlier run is told to end"
    );
    // It may have ended by itself in the meantime.
    let _ = kill(Pid::from_raw(pid), end);
}

/// Whether the process is the program that we think it is: numbers of dead processes are given out again.
fn bears_name(pid: i32, program: &str) -> bool {
    let told = fs::read(format!("/proc/{pid}/cmdline"))
        .or_else(|_| {
            std::process::Command::new("ps")
                .args(["-o", "command=", "-p", &pid.to_string()])
                .output()
                .map(|ps| ps.stdout)
        })
        .unwrap_or_default();
    let first = told
        .split(|byte| *byte == 0 || *byte == b' ')
        .next()
        .unwrap_or_default();
    String::from_utf8_lossy(first).rsplit('/').next() == Some(program)
}

//! Processes that end with the test program, however that ends.
//!
//! A shell stands between: it reads a pipe that this program holds open, and ends the process when the pipe closes.
//! A death signal would not do, since it follows the thread that started the process, and tests run on many.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User};

const GUARD: &str = r#""$@" </dev/null & server=$!
echo "$server" >"$GUARD_FILE.unfinished"; mv "$GUARD_FILE.unfinished" "$GUARD_FILE"
cat >/dev/null; kill -s "$GUARD_SIGNAL" "$server" 2>/dev/null; wait "$server""#;

/// Removes a folder when the pipe closes, and again until nobody writes there any more.
const SWEEPER: &str = r#"cat >/dev/null
for again in 1 2 3 4 5 6 7 8 9 10; do rm -rf "$1"; sleep 0.3; [ -e "$1" ] || exit 0; done"#;

/// A process that ends with this program, or when this is dropped.
pub struct Guarded {
    pid: Pid,
    guard: Child,
}

/// How a process is started.
pub struct Start<'a> {
    /// What it is called in files and messages.
    pub name: &'a str,
    /// Where its log and its identifier go.
    pub folder: &'a Path,
    /// The signal at the end of this program.
    pub end_signal: &'a str,
    /// Whose rights it has; ours when absent.
    pub account: Option<&'a User>,
}

impl Start<'_> {
    /// Starts a program. What it says is added to `<name>.log`.
    pub fn spawn(&self, program: &Path, arguments: &[String], environment: &[(String, String)]) -> Guarded {
        let pid_file = self.folder.join(format!("{}.pid", self.name));
        let _ = fs::remove_file(&pid_file);
        let log = File::options()
            .append(true)
            .create(true)
            .open(log_file(self.folder, self.name))
            .expect("a log file");
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", GUARD, "guard"])
            .arg(program)
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LC_ALL", "C")
            .env("GUARD_FILE", &pid_file)
            .env("GUARD_SIGNAL", self.end_signal)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("a log file"))
            .stderr(log);
        if let Some(account) = self.account {
            command.uid(account.uid.as_raw()).gid(account.gid.as_raw());
        }
        let guard = command.spawn().expect("a shell starts");
        let pid = read_pid(&pid_file).unwrap_or_else(|| panic!("{} was not started", self.name));
        Guarded { pid, guard }
    }
}

impl Guarded {
    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        let _ = kill(self.pid, signal);
    }

    /// Whether it still runs.
    pub fn is_running(&self) -> bool {
        kill(self.pid, None) != Err(Errno::ESRCH)
    }

    /// Waits until it has ended.
    pub fn wait(&self) {
        let begun = Instant::now();
        while self.is_running() {
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "process {} does not end",
                self.pid
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Kills it as a power failure would, and waits until it is gone.
    pub fn kill(self) {
        self.signal(Signal::SIGKILL);
        self.wait();
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

/// Where a process of this name writes what it says.
pub fn log_file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.log"))
}

/// Has a folder removed at the end of this program, unless `TESTS_KEEP` is set.
pub fn sweep_at_the_end(folder: &Path) -> Option<Child> {
    if std::env::var_os("TESTS_KEEP").is_some() {
        return None;
    }
    let sweeper = Command::new("/bin/sh")
        .args(["-c", SWEEPER, "sweeper"])
        .arg(folder)
        .stdin(Stdio::piped())
        .spawn()
        .expect("a shell starts");
    Some(sweeper)
}

fn read_pid(file: &Path) -> Option<Pid> {
    for _ in 0..1_000 {
        if let Ok(text) = fs::read_to_string(file) {
            return text.trim().parse().ok().map(Pid::from_raw);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    None
}

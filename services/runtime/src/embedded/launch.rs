//! How a server comes to life: on a thread that never ends, under its account, with its descriptors, and bound to die
//! when we do.
//!
//! The system sends the parent-death signal when the *thread* that started a server ends, and the runtime's threads come
//! and go; hence the thread of its own.

use std::{
    io,
    os::fd::{AsFd, OwnedFd},
    process::Stdio,
    sync::{Arc, OnceLock, mpsc},
    thread,
};

use nix::{
    fcntl::{FcntlArg, FdFlag, fcntl},
    sys::signal::Signal,
};
use tokio::{
    process::{Child, Command},
    runtime::Handle,
    sync::oneshot,
};

use super::{EmbeddedError, account::Account, log_file::LogFile};

/// Everything that a start needs beside the program and its arguments.
pub(super) struct Surroundings<'a> {
    /// The account to run under.
    pub(super) account: Option<&'a Account>,
    /// What the server gets when we die. For PostgreSQL one that makes it end its own children too.
    pub(super) death_signal: Signal,
    /// Where its words go.
    pub(super) log: &'a LogFile,
    /// Open files that it keeps: its lock, its folder.
    pub(super) inherited: Vec<Arc<OwnedFd>>,
}

/// Starts a program in these surroundings.
pub(super) async fn launch(
    mut command: Command,
    surroundings: Surroundings<'_>,
) -> Result<Child, EmbeddedError> {
    let log = surroundings.log.open()?;
    command
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        // A group of its own: Ctrl-C on the terminal is for us, and the servers must outlive the work that uses them.
        .process_group(0);
    if let Some(account) = surroundings.account {
        command.uid(account.uid.as_raw()).gid(account.gid.as_raw());
    }
    prepare_child(&mut command, surroundings.death_signal, surroundings.inherited);
    let runtime = Handle::current();
    let (answer, answered) = oneshot::channel();
    let start = Box::new(move || {
        let _inside = runtime.enter();
        // Nobody waits when the start was given up: the child is then dropped here, and ended.
        if let Err(Ok(mut unwanted)) = answer.send(command.spawn()) {
            let _ = unwanted.start_kill();
        }
    });
    launcher()?.send(start).map_err(|_| EmbeddedError::LauncherGone)?;
    Ok(answered.await.map_err(|_| EmbeddedError::LauncherGone)??)
}

#[expect(
    unsafe_code,
    reason = "the parent-death signal and inherited descriptors are set between fork and exec"
)]
fn prepare_child(command: &mut Command, death_signal: Signal, inherited: Vec<Arc<OwnedFd>>) {
    let parent = nix::unistd::getpid();
    // SAFETY: between fork and exec only async-signal-safe calls are allowed: prctl, getppid and fcntl are, and nothing
    // here takes memory. The account is changed before this runs (a change of account clears the signal).
    unsafe {
        command.pre_exec(move || {
            die_with_parent(death_signal, parent)?;
            for descriptor in &inherited {
                fcntl(descriptor.as_fd(), FcntlArg::F_SETFD(FdFlag::empty()))?;
            }
            Ok(())
        });
    }
}

#[cfg(target_os = "linux")]
fn die_with_parent(signal: Signal, parent: nix::unistd::Pid) -> io::Result<()> {
    nix::sys::prctl::set_pdeathsig(signal)?;
    // A parent that died before the line above sends no signal any more.
    if nix::unistd::getppid() == parent {
        Ok(())
    } else {
        Err(io::ErrorKind::Interrupted.into())
    }
}

/// Other systems have no such signal: there the next start ends what was left behind, by the server's lock.
#[cfg(not(target_os = "linux"))]
fn die_with_parent(_: Signal, _: nix::unistd::Pid) -> io::Result<()> {
    Ok(())
}

type Start = Box<dyn FnOnce() + Send>;

fn launcher() -> io::Result<&'static mpsc::Sender<Start>> {
    static LAUNCHER: OnceLock<Result<mpsc::Sender<Start>, io::ErrorKind>> = OnceLock::new();
    let made = LAUNCHER.get_or_init(|| {
        let (starts, asked) = mpsc::channel::<Start>();
        let thread = thread::Builder::new().name("server-launcher".to_owned());
        let run = move || asked.into_iter().for_each(|start| start());
        thread.spawn(run).map(|_| starts).map_err(|error| error.kind())
    });
    made.as_ref().map_err(|kind| io::Error::from(*kind))
}

//! Why an embedded server does not run, in words that say what to do.

use std::{io, path::PathBuf, process::ExitStatus};

/// Why embedded servers could not be started.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// No usable program was found.
    #[error(
        "no usable {program} was found ({wanted}); {found}. `script/up` installs one, or name it by {key}"
    )]
    NotFound {
        /// What was looked for.
        program: &'static str,
        /// Which versions would do.
        wanted: String,
        /// What was found instead, and why it will not do.
        found: String,
        /// The configuration key that names one.
        key: &'static str,
    },
    /// The server ended instead of starting.
    #[error("{server} ended ({status}); the end of {}:\n{tail}", log.display())]
    Died {
        /// Its name.
        server: &'static str,
        /// How it ended.
        status: ExitStatus,
        /// Its log.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },
    /// The server runs and takes no work.
    #[error("{server} does not answer after {seconds} s; the end of {}:\n{tail}", log.display())]
    Silent {
        /// Its name.
        server: &'static str,
        /// How long was waited.
        seconds: u64,
        /// Its log.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },
    /// An earlier server still works on the same files.
    #[error("another server (process {pid}) still works on {}; end it first", files.display())]
    StillRunning {
        /// Its process id, or "unknown".
        pid: String,
        /// The files it works on.
        files: PathBuf,
    },
    /// Started as root on a system without any other account.
    #[error(
        "as root, the servers need an account to run under: make one, for instance with `useradd --system onboarding`"
    )]
    NoAccount,
    /// The account of the servers cannot reach a program.
    #[error("the account `{account}` cannot reach {}; let it pass through the folders above (chmod o+x)", path.display())]
    Unreachable {
        /// The account's name.
        account: String,
        /// The program.
        path: PathBuf,
    },
    /// The database inside did not do as asked; with a wrong password, `postgres.password` in the data directory is not the
    /// one that the cluster was made with.
    #[error("the embedded PostgreSQL refused us or its set-up")]
    SetUp(#[from] sqlx::Error),
    /// The bus inside did not let us in.
    #[error("the embedded NATS server refused us")]
    Bus(#[from] crate::nats::NatsError),
    /// Files, folders, processes.
    #[error("the embedded servers cannot be prepared")]
    Io(#[from] io::Error),
    /// The system refused a call.
    #[error("the embedded servers cannot be prepared")]
    System(#[from] nix::Error),
    /// The thread that starts servers is gone; cannot happen while the program lives.
    #[error("the thread that starts servers is gone")]
    LauncherGone,
}

//! Signs what the logs hold, every few seconds, and stops when a log is no longer the one that was signed.
//!
//! A checkpoint says: so many entries, under this root. What was signed is remembered in a file outside PostgreSQL, on
//! NATS and in the database; before each signature the log must be a continuation of all that is remembered, every new
//! entry must have the hash that the log holds for it, and the tree must come to the log's own. A database that was
//! rewritten, or restored to an older state, therefore gets no signature, and everybody is told.
//!
//! Two relays may sign: they take turns by a lock in the database, and continue what the other signed. Two relays on
//! two copies of the database would sign two histories; the file, the bus and the witnesses tell.

mod board;
mod halt;
mod memory;
mod notary;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_nats::jetstream;
use keyring::Keyring;
use runtime::CancellationToken;
use runtime::outage::Outage;
use store::{SignedLog, Store};
use tokio::sync::watch;

pub use board::{CHECKPOINT_SUBJECT, CHECKPOINTS};
pub use halt::{Halt, SigningError};
use memory::Memory;
use notary::{Notary, Signed};

/// How often a log that must not be signed is looked at again.
const HALT_PAUSE: Duration = Duration::from_secs(10);
/// How long the bus may take to tell what was published last, when signing begins.
const BUS_PATIENCE: Duration = Duration::from_secs(3);

/// How the logs are signed.
#[derive(Clone, Debug)]
pub struct SigningSettings {
    /// Has the key.
    pub keyring: Keyring,
    /// The name of the events' log.
    pub origin: String,
    /// Where the memory of what was signed lies: `checkpoint` and `checkpoint.access`.
    pub data_dir: PathBuf,
    /// How often.
    pub interval: Duration,
    /// Told when signing stops and goes on.
    pub health: SigningHealth,
}

/// Whether signing goes on. Cheap to clone; shared with the readiness check.
#[derive(Clone, Debug, Default)]
pub struct SigningHealth(Arc<Mutex<[Option<Halt>; 2]>>);

impl SigningHealth {
    /// Fine, or why signing stands still.
    ///
    /// # Errors
    /// The first log's reason.
    pub fn check(&self) -> Result<(), Halt> {
        let halts = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        halts
            .iter()
            .flatten()
            .next()
            .map_or(Ok(()), |halt| Err(halt.clone()))
    }

    /// Tells a halt when it begins, when its reason changes, and when it ends.
    fn set(&self, log: SignedLog, halt: Option<Halt>) {
        let mut halts = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let before = &mut halts[log as usize];
        if *before == halt {
            return;
        }
        if let Some(over) = before.as_ref() {
            metrics::gauge!("onboarding_signing_halted", "log" => log.code(), "reason" => over.reason())
                .set(0);
        }
        match &halt {
            Some(now) => {
                metrics::gauge!("onboarding_signing_halted", "log" => log.code(), "reason" => now.reason())
                    .set(1);
                tracing::error!(
                    log = log.code(),
                    reason = now.reason(),
                    "signing stopped: {now}. {}",
                    Halt::WAY_OUT
                );
            }
            None => tracing::info!(log = log.code(), "signing again"),
        }
        *before = halt;
    }
}

/// Looks whether the logs may be signed, and signs nothing: what `doctor` asks.
///
/// # Errors
/// [`SigningError::Halt`] when one must not be; else what kept the look from being had.
pub async fn examine(store: &Store, settings: &SigningSettings) -> Result<(), SigningError> {
    for log in [SignedLog::Events, SignedLog::Accesses] {
        notary(store, settings, log)?.examine().await?;
    }
    Ok(())
}

/// A log's last checkpoint on the bus; none when there is none, or the bus does not say.
pub async fn published(client: &async_nats::Client, log: SignedLog) -> Option<String> {
    let context = jetstream::new(client.clone());
    let last = board::last(&context, log);
    tokio::time::timeout(BUS_PATIENCE, last).await.ok().flatten()
}

/// Where what was signed of a log is remembered outside PostgreSQL.
pub fn memory_file(data_dir: &Path, log: SignedLog) -> PathBuf {
    data_dir.join(match log {
        SignedLog::Events => "checkpoint",
        SignedLog::Accesses => "checkpoint.access",
    })
}

fn notary(store: &Store, settings: &SigningSettings, log: SignedLog) -> Result<Notary, SigningError> {
    let signer = settings.keyring.log_signer(&log.origin(&settings.origin))?;
    let memory = Memory::at(memory_file(&settings.data_dir, log));
    Ok(Notary::new(store.clone(), log, &settings.origin, signer, memory))
}

/// Signs one log until `shutdown`.
pub(crate) async fn run(
    store: Store,
    settings: SigningSettings,
    log: SignedLog,
    context: jetstream::Context,
    shutdown: CancellationToken,
) {
    let mut notary = match notary(&store, &settings, log) {
        Ok(notary) => notary,
        Err(error) => {
            tracing::error!(%error, "this log is not signed");
            return shutdown.cancelled().await;
        }
    };
    let (announce, announced) = watch::channel(None);
    let announcing = tokio::spawn(board::announce(context.clone(), log, announced, shutdown.clone()));
    // What the bus remembers is one more witness, asked once: afterwards it only holds what this program put there.
    let published = tokio::time::timeout(BUS_PATIENCE, board::last(&context, log)).await;
    let mut published = published.ok().flatten();
    let mut outage = Outage::of(match log {
        SignedLog::Events => "signing",
        SignedLog::Accesses => "signing of accesses",
    });
    let mut progress = Progress::new(log);
    let mut rechecked = false;
    loop {
        let pause = match notary.round(published.as_deref()).await {
            Ok(signed) => {
                outage.over();
                published = None;
                progress.at(&notary, signed.is_some());
                if let Some(Signed { note }) = signed {
                    announce.send_replace(Some(note));
                }
                let halt = if rechecked { None } else { recheck(&notary).await };
                rechecked = true;
                let pause = if halt.is_some() {
                    HALT_PAUSE
                } else {
                    settings.interval
                };
                rechecked &= halt.is_none();
                settings.health.set(log, halt);
                pause
            }
            Err(SigningError::Halt(halt)) => {
                outage.over();
                settings.health.set(log, Some(halt));
                HALT_PAUSE
            }
            Err(error) => outage.failed(&error),
        };
        progress.tell();
        tokio::select! {
            () = shutdown.cancelled() => break,
            () = tokio::time::sleep(pause) => {}
        }
    }
    announcing.abort();
}

/// Once after the start, the stored hashes from the first on: rounds only look at what is new.
async fn recheck(notary: &Notary) -> Option<Halt> {
    match notary.recheck().await {
        Err(SigningError::Halt(halt)) => Some(halt),
        // A database that is away is met, and told, by the next round.
        Ok(()) | Err(_) => None,
    }
}

/// How far signing has come and how long ago, for the gauges.
struct Progress {
    log: SignedLog,
    since: Instant,
}

impl Progress {
    fn new(log: SignedLog) -> Self {
        Self {
            log,
            since: Instant::now(),
        }
    }

    /// A round went well: all that the log held when it began is covered.
    fn at(&mut self, notary: &Notary, signed: bool) {
        self.since = Instant::now();
        metrics::gauge!("onboarding_checkpoint_size", "log" => self.log.code()).set(notary.size() as f64);
        if signed {
            metrics::counter!("onboarding_checkpoints_signed_total", "log" => self.log.code()).increment(1);
        }
    }

    fn tell(&self) {
        metrics::gauge!("onboarding_checkpoint_age_seconds", "log" => self.log.code())
            .set(self.since.elapsed().as_secs_f64());
    }
}

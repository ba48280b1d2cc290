//! The projector folds the log into the read models, and keeps its place in the same transaction as the rows.
//!
//! It listens to what the relay publishes, and reads the log when something was: the stream says that there is something
//! new, the log says what. An event that this release cannot read stops it: a read model that skipped an event would be
//! wrong without anybody knowing; one that stands still says so by its lag.
//!
//! Beside it, [`inbound`] follows what the organisation's system publishes and keeps the directory's establishments so.
//!
//! [`rebuild`] and [`verify`] fold the log once more into a copy beside and compare row by row.

mod batch;
mod checkpoint;
mod compare;
mod failure;
mod follow;
mod fresh_copy;
mod inbound;
mod log_reader;
mod rebuild;

use runtime::CancellationToken;
use runtime::outage::Outage;
use sqlx::PgPool;
use std::time::Duration;
use store::Store;

pub use compare::{Compared, RowDifference};
pub use failure::ProjectorError;
pub use rebuild::{Progress, Report, rebuild, verify};

/// How often a projector that stands still looks whether it may go on.
const STANDSTILL_PAUSE: Duration = Duration::from_secs(5);

/// What the projector works with.
#[derive(Debug)]
pub struct ProjectorSettings {
    /// The event store: its log is what is folded.
    pub store: Store,
    /// The connections that the read models are written over.
    pub pool: PgPool,
    /// The connection to NATS.
    pub client: async_nats::Client,
    /// Ends the projector.
    pub shutdown: CancellationToken,
}

/// Runs until `shutdown`. PostgreSQL and NATS may go away and come back; neither ends the projector. Any number may run:
/// each batch is applied by whoever takes the checkpoint first.
///
/// # Errors
/// None at present: whatever goes wrong is told, and tried again.
pub async fn run(settings: ProjectorSettings) -> anyhow::Result<()> {
    tokio::join!(keep_read_models(&settings), inbound::run(&settings));
    Ok(())
}

async fn keep_read_models(settings: &ProjectorSettings) {
    let shutdown = settings.shutdown.clone();
    let mut outage = Outage::of("projector");
    let standstill = metrics::gauge!("onboarding_projector_standstill");
    standstill.set(0);
    loop {
        let error = tokio::select! {
            biased;
            () = shutdown.cancelled() => return,
            error = follow::follow(settings, &mut outage) => error,
        };
        let pause = outage.failed(&error);
        let pause = match error.is_standstill() {
            true => STANDSTILL_PAUSE,
            false => pause,
        };
        standstill.set(u8::from(error.is_standstill()));
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// How far the read models have come: the last position of the log that is folded in.
///
/// # Errors
/// [`ProjectorError::Database`].
pub async fn position(pool: &PgPool) -> Result<u64, ProjectorError> {
    Ok(checkpoint::read(pool).await?.position)
}

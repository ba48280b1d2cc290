//! What nobody asks for and still must be done, a file a job: registers asked again, people reminded, accounts attached that
//! have become a contact's, the retention policy, erasures that wait, epochs of keys, what is past its time swept.
//!
//! Read models tell where there may be something to do. They may lag, and two workers may find the same: each job decides
//! again from the events, so that nothing is done twice.

mod acknowledgements;
mod attachments;
mod epochs;
mod register_checks;
mod reminders;
pub mod retention;
mod sweep;

use std::time::Duration;

use chrono::{DateTime, Utc};
use runtime::CancellationToken;
use runtime::periodic::every;
use sqlx::PgPool;
use usecases::{Denied, Onboarding};

/// Between looks at erasures that wait.
const ERASURES_EVERY: Duration = Duration::from_secs(10);
/// Between rounds of the retention policy.
const RETENTION_EVERY: Duration = Duration::from_secs(600);

/// What the worker works with.
pub struct WorkerSettings {
    /// Decides and appends.
    pub onboarding: Onboarding,
    /// The database, for finding what is due.
    pub pool: PgPool,
    /// Ends the worker.
    pub shutdown: CancellationToken,
}

/// Does the jobs until told to stop. Several may run at once.
pub async fn run(settings: WorkerSettings) {
    let WorkerSettings {
        onboarding,
        pool,
        shutdown,
    } = &settings;
    tokio::join!(
        every(register_checks::EVERY, shutdown, || register_checks::ask(
            onboarding, pool
        )),
        every(RETENTION_EVERY, shutdown, || retain(onboarding, pool)),
        every(ERASURES_EVERY, shutdown, || complete_erasures(onboarding, pool)),
        every(epochs::EVERY, shutdown, || epochs::tend(onboarding)),
        every(reminders::EVERY, shutdown, || reminders::remind(onboarding, pool)),
        every(attachments::EVERY, shutdown, || attachments::attach(onboarding)),
        every(acknowledgements::EVERY, shutdown, || acknowledgements::count(
            onboarding
        )),
        every(sweep::EVERY, shutdown, || sweep::sweep(onboarding)),
    );
}

/// Does what the retention policy asks for: closes what was left unfinished, warns and forgets.
async fn retain(onboarding: &Onboarding, pool: &PgPool) -> anyhow::Result<()> {
    let round = retention::round(onboarding, pool).await?;
    tracing::debug!(?round, "did what the retention policy asks for");
    Ok(())
}

/// Forgets those whose waiting time is over.
async fn complete_erasures(onboarding: &Onboarding, pool: &PgPool) -> anyhow::Result<()> {
    retention::complete_erasures(onboarding, pool).await?;
    Ok(())
}

/// PostgreSQL's clock, by which everything expires.
async fn now(pool: &PgPool) -> Result<DateTime<Utc>, sqlx::Error> {
    sqlx::query_scalar("SELECT clock_timestamp()")
        .fetch_one(pool)
        .await
}

/// Whether a job changed something. A registration that moved on meanwhile, or that has a fault of its own, must not keep the
/// others waiting; a store that does not answer ends the round.
fn was_done(result: Result<bool, Denied>) -> anyhow::Result<bool> {
    match result {
        Ok(done) => Ok(done),
        Err(Denied::NotFound | Denied::Refused(_)) => Ok(false),
        Err(fault @ Denied::Unavailable(_)) => Err(fault.into()),
        Err(fault) => {
            tracing::error!(
                error = &fault as &dyn std::error::Error,
                "a job failed for one registration"
            );
            Ok(false)
        }
    }
}

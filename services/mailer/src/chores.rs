//! What nobody asks for and still must be done: registers asked again, people reminded, unfinished registrations closed,
//! accounts attached that have become a contact's, what is past its time swept.
//!
//! Read models tell where there may be something to do. They may lag, and two mailers may find the same: each chore
//! decides again from the events, so that nothing is done twice.

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use projections::registrations::{pending_register_checks, unreminded_since};
use rand::seq::SliceRandom;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use usecases::{Denied, Onboarding};

use crate::ledger::Ledger;
use crate::patience::with_jitter;
use crate::retention;
use crate::transport::files::{registrations, remove};

/// Between rounds of asking the registers again.
const CHECKS_EVERY: Duration = Duration::from_secs(60);
/// Registers asked in one round: INSEE takes 30 calls a minute, and people at the form come first.
const CHECKS_A_ROUND: usize = 15;
/// Waiting checks that a round chooses from by lot, so that those without an answer do not keep out the others.
const CHECKS_LOOKED_AT: u32 = 500;
/// A round ends after so many silences: then it is the registers, and not the questions.
const SILENCES_MAX: usize = 3;
/// Between rounds of the retention policy.
const RETENTION_EVERY: Duration = Duration::from_secs(600);
/// Between looks at erasures that wait.
const ERASURES_EVERY: Duration = Duration::from_secs(10);
/// Between looks at the epochs of personal keys.
const EPOCHS_EVERY: Duration = Duration::from_secs(900);
/// Between rounds of reminding people of what they left unfinished.
const REMINDERS_EVERY: Duration = Duration::from_secs(600);
/// People reminded in one round, so that reminders never stand before letters that somebody is waiting for.
const REMINDED_A_ROUND: u32 = 100;
/// Between looks at addresses whose contacts have changed.
const ATTACHMENTS_EVERY: Duration = Duration::from_secs(3);
/// Between counts of the acknowledgements of erasures that are missing.
const ACKNOWLEDGEMENTS_EVERY: Duration = Duration::from_secs(15);
/// Between sweeps of the ledger, and of answers, sessions and counts past their time.
const SWEEP_EVERY: Duration = Duration::from_secs(3_600);

/// Does the chores until told to stop. A chore that fails is tried again at its next turn.
pub async fn run(
    onboarding: Onboarding,
    ledger: Ledger,
    pool: PgPool,
    mail_dir: PathBuf,
    stop: CancellationToken,
) {
    tokio::join!(
        every(CHECKS_EVERY, &stop, || ask_registers(&onboarding, &pool)),
        every(RETENTION_EVERY, &stop, || retain(&onboarding, &pool)),
        every(ERASURES_EVERY, &stop, || complete_erasures(&onboarding, &pool)),
        every(ERASURES_EVERY, &stop, || remove_mails(&onboarding, &mail_dir)),
        every(EPOCHS_EVERY, &stop, || tend_epochs(&onboarding)),
        every(REMINDERS_EVERY, &stop, || remind(&onboarding, &pool)),
        every(ATTACHMENTS_EVERY, &stop, || attach(&onboarding)),
        every(ACKNOWLEDGEMENTS_EVERY, &stop, || count_acknowledgements(
            &onboarding
        )),
        every(SWEEP_EVERY, &stop, || sweep(&onboarding, &ledger)),
    );
}

/// Repeats a chore, first after a wait of its own, so that programs started together do not work together.
async fn every<Chore, Doing>(pause: Duration, stop: &CancellationToken, chore: Chore)
where
    Chore: Fn() -> Doing,
    Doing: Future<Output = anyhow::Result<()>>,
{
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(with_jitter(pause)) => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            done = chore() => {
                if let Err(error) = done {
                    tracing::warn!(error = AsRef::<dyn std::error::Error>::as_ref(&error), "a chore could not be done");
                }
            }
        }
    }
}

/// Asks the registers about establishments that were accepted while they were silent.
async fn ask_registers(onboarding: &Onboarding, pool: &PgPool) -> anyhow::Result<()> {
    let mut waiting = pending_register_checks(pool, CHECKS_LOOKED_AT).await?;
    waiting.shuffle(&mut rand::rng());
    let mut silences = 0;
    for (registration, siret) in waiting.into_iter().take(CHECKS_A_ROUND) {
        if !was_done(onboarding.complete_register_check(registration, &siret).await)? {
            silences += 1;
        }
        if silences == SILENCES_MAX {
            break;
        }
    }
    Ok(())
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

/// Removes the mails that became files of all who are forgotten.
async fn remove_mails(onboarding: &Onboarding, mail_dir: &Path) -> anyhow::Result<()> {
    let folder = mail_dir.to_owned();
    let written = tokio::task::spawn_blocking(move || registrations(&folder)).await??;
    let erased = onboarding.erased_among(written).await?;
    if !erased.is_empty() {
        let folder = mail_dir.to_owned();
        tokio::task::spawn_blocking(move || remove(&folder, &erased)).await??;
    }
    Ok(())
}

/// Keeps the epochs of personal keys young.
async fn tend_epochs(onboarding: &Onboarding) -> anyhow::Result<()> {
    let round = onboarding.tend_epochs().await?;
    tracing::debug!(?round, "looked after the epochs of personal keys");
    Ok(())
}

/// Reminds people of registrations that have rested for a while, each once.
async fn remind(onboarding: &Onboarding, pool: &PgPool) -> anyhow::Result<()> {
    let rest = onboarding.settings().retention.unfinished.remind_after;
    let resting_since = now(pool).await? - rest;
    for unfinished in unreminded_since(pool, resting_since, REMINDED_A_ROUND).await? {
        was_done(onboarding.remind(unfinished.registration).await)?;
    }
    Ok(())
}

/// Tells operators how many subscribers owe an acknowledgement of an erasure, and for how long the first has.
async fn count_acknowledgements(onboarding: &Onboarding) -> anyhow::Result<()> {
    let (missing, since) = onboarding.missing_acknowledgements().await?;
    let age = since.map_or(0, |since| (Utc::now() - since).num_seconds().max(0));
    metrics::gauge!("onboarding_erasure_acknowledgements_missing").set(missing as f64);
    metrics::gauge!("onboarding_erasure_acknowledgements_oldest_seconds").set(age as f64);
    Ok(())
}

/// Attaches accounts whose address has become a contact's, or another contact's too.
async fn attach(onboarding: &Onboarding) -> anyhow::Result<()> {
    let attached = onboarding.attach_changed_contacts().await?;
    metrics::counter!("onboarding_contacts_attached_total").increment(attached);
    Ok(())
}

/// PostgreSQL's clock, by which everything expires.
pub(crate) async fn now(pool: &PgPool) -> Result<DateTime<Utc>, sqlx::Error> {
    sqlx::query_scalar("SELECT clock_timestamp()")
        .fetch_one(pool)
        .await
}

/// Whether a chore changed something. A registration that moved on meanwhile, or that has a fault of its own, must not
/// keep the others waiting; a store that does not answer ends the round.
pub(crate) fn was_done(result: Result<bool, Denied>) -> anyhow::Result<bool> {
    match result {
        Ok(done) => Ok(done),
        Err(Denied::NotFound | Denied::Refused(_)) => Ok(false),
        Err(fault @ Denied::Unavailable(_)) => Err(fault.into()),
        Err(fault) => {
            tracing::error!(
                error = &fault as &dyn std::error::Error,
                "a chore failed for one registration"
            );
            Ok(false)
        }
    }
}

async fn sweep(onboarding: &Onboarding, ledger: &Ledger) -> anyhow::Result<()> {
    let swept = ledger
        .sweep(onboarding.settings().retention.records.mail_ledger)
        .await?;
    let pruned = onboarding.prune().await?;
    tracing::debug!(
        swept,
        pruned,
        "swept the ledger of mails, and what is past its time"
    );
    Ok(())
}

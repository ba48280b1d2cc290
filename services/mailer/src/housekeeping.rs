//! What the mailer keeps in order of its own: rows of its ledger that are past their time, and mails that became files.

use std::path::Path;
use std::time::Duration;

use runtime::CancellationToken;
use runtime::periodic::every;
use usecases::Onboarding;

use crate::ledger::Ledger;
use crate::transport::files::{registrations, remove};

/// Between looks at the files of those who are forgotten.
const FILES_EVERY: Duration = Duration::from_secs(10);
/// Between sweeps of the ledger.
const SWEEP_EVERY: Duration = Duration::from_secs(3_600);

/// Keeps order until told to stop.
pub async fn run(onboarding: &Onboarding, ledger: &Ledger, mail_dir: &Path, stop: &CancellationToken) {
    tokio::join!(
        every(FILES_EVERY, stop, || remove_mails(onboarding, mail_dir)),
        every(SWEEP_EVERY, stop, || sweep(onboarding, ledger)),
    );
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

async fn sweep(onboarding: &Onboarding, ledger: &Ledger) -> anyhow::Result<()> {
    let swept = ledger
        .sweep(onboarding.settings().retention.records.mail_ledger)
        .await?;
    tracing::debug!(swept, "swept the ledger of mails");
    Ok(())
}

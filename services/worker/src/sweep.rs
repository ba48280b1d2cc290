//! Sweeps answers, sessions and counts that are past their time.

use std::time::Duration;

use usecases::Onboarding;

/// Between sweeps.
pub const EVERY: Duration = Duration::from_secs(3_600);

/// One sweep.
pub async fn sweep(onboarding: &Onboarding) -> anyhow::Result<()> {
    let pruned = onboarding.prune().await?;
    tracing::debug!(pruned, "swept what is past its time");
    Ok(())
}

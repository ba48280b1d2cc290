//! Keeps the epochs of personal keys young.

use std::time::Duration;

use usecases::Onboarding;

/// Between looks.
pub const EVERY: Duration = Duration::from_secs(900);

/// One look.
pub async fn tend(onboarding: &Onboarding) -> anyhow::Result<()> {
    let round = onboarding.tend_epochs().await?;
    tracing::debug!(?round, "looked after the epochs of personal keys");
    Ok(())
}

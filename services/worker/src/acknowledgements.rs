//! Tells operators how many subscribers owe an acknowledgement of an erasure, and for how long the first has.

use std::time::Duration;

use chrono::Utc;
use usecases::Onboarding;

/// Between counts.
pub const EVERY: Duration = Duration::from_secs(15);

/// One count.
pub async fn count(onboarding: &Onboarding) -> anyhow::Result<()> {
    let (missing, since) = onboarding.missing_acknowledgements().await?;
    let age = since.map_or(0, |since| (Utc::now() - since).num_seconds().max(0));
    metrics::gauge!("onboarding_erasure_acknowledgements_missing").set(missing as f64);
    metrics::gauge!("onboarding_erasure_acknowledgements_oldest_seconds").set(age as f64);
    Ok(())
}

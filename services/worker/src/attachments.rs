//! Attaches accounts whose address has become a contact's, or another contact's too.

use std::time::Duration;

use usecases::Onboarding;

/// Between looks at addresses whose contacts have changed.
pub const EVERY: Duration = Duration::from_secs(3);

/// One look.
pub async fn attach(onboarding: &Onboarding) -> anyhow::Result<()> {
    let attached = onboarding.attach_changed_contacts().await?;
    metrics::counter!("onboarding_contacts_attached_total").increment(attached);
    Ok(())
}

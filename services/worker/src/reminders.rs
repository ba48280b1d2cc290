//! Reminds people of registrations that have rested for a while, each once.

use std::time::Duration;

use projections::registrations::unreminded_since;
use sqlx::PgPool;
use usecases::Onboarding;

use crate::{now, was_done};

/// Between rounds.
pub const EVERY: Duration = Duration::from_secs(600);
/// People reminded in one round, so that reminders never stand before letters that somebody is waiting for.
const A_ROUND: u32 = 100;

/// One round.
pub async fn remind(onboarding: &Onboarding, pool: &PgPool) -> anyhow::Result<()> {
    let rest = onboarding.settings().retention.unfinished.remind_after;
    let resting_since = now(pool).await? - rest;
    for unfinished in unreminded_since(pool, resting_since, A_ROUND).await? {
        was_done(onboarding.remind(unfinished.registration).await)?;
    }
    Ok(())
}

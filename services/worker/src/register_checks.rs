//! Asks the registers about establishments that were accepted while they were silent.

use std::time::Duration;

use projections::registrations::pending_register_checks;
use rand::seq::SliceRandom;
use sqlx::PgPool;
use usecases::Onboarding;

use crate::was_done;

/// Between rounds.
pub const EVERY: Duration = Duration::from_secs(60);
/// Registers asked in one round: INSEE takes 30 calls a minute, and people at the form come first.
const A_ROUND: usize = 15;
/// Waiting checks that a round chooses from by lot, so that those without an answer do not keep out the others.
const LOOKED_AT: u32 = 500;
/// A round ends after so many silences: then it is the registers, and not the questions.
const SILENCES_MAX: usize = 3;

/// One round.
pub async fn ask(onboarding: &Onboarding, pool: &PgPool) -> anyhow::Result<()> {
    let mut waiting = pending_register_checks(pool, LOOKED_AT).await?;
    waiting.shuffle(&mut rand::rng());
    let mut silences = 0;
    for (registration, siret) in waiting.into_iter().take(A_ROUND) {
        if !was_done(onboarding.complete_register_check(registration, &siret).await)? {
            silences += 1;
        }
        if silences == SILENCES_MAX {
            break;
        }
    }
    Ok(())
}

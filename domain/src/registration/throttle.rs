//! How often one registration may try: wrong numbers, and mails asked for.

use chrono::{DateTime, TimeDelta, Utc};

use super::limits;
use super::refusal::Refusal;
use super::state::Registration;

/// Refuses once too many wrong numbers were given within the window.
pub(super) fn numbers(state: &Registration, now: DateTime<Utc>) -> Result<(), Refusal> {
    within(
        &state.number_refusals,
        limits::NUMBER_REFUSALS_MAX,
        limits::NUMBER_REFUSALS_WINDOW,
        now,
    )
}

/// Refuses once too many mails were asked for within the window.
pub(super) fn mails(state: &Registration, now: DateTime<Utc>) -> Result<(), Refusal> {
    within(
        &state.mails_requested,
        limits::MAIL_REQUESTS_MAX,
        limits::MAIL_REQUESTS_WINDOW,
        now,
    )
}

/// `instants` holds the latest ones, oldest first, and never more than matter.
fn within(
    instants: &[DateTime<Utc>],
    max: usize,
    window: TimeDelta,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let recent: Vec<_> = instants.iter().filter(|it| now - **it < window).collect();
    match recent.first() {
        Some(oldest) if recent.len() >= max => {
            let wait = **oldest + window - now;
            let retry_after_seconds = u64::try_from(wait.num_seconds()).unwrap_or(0) + 1;
            Err(Refusal::TooManyAttempts { retry_after_seconds })
        }
        _ => Ok(()),
    }
}

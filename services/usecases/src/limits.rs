//! Limits by address, counted in the store so that every replica sees the same. Limits by network live at the edge.

use chrono::TimeDelta;
use keyring::BlindIndex;
use store::AddressUse;

use crate::{Denied, Ground};

/// Mails that all registrations together may cause to one address within [`ADDRESS_WINDOW`].
pub const MAILS_PER_ADDRESS_MAX: u64 = 20;
/// Failed sign-ins for one address within [`SIGN_IN_WINDOW`].
pub const FAILED_SIGN_INS_MAX: u64 = 10;
/// The window in which mails to one address are counted.
pub const ADDRESS_WINDOW: TimeDelta = TimeDelta::hours(1);
/// The window in which failed sign-ins are counted.
pub const SIGN_IN_WINDOW: TimeDelta = TimeDelta::minutes(5);

/// Refuses when this address has been used in this way too often. Says the same for known and unknown addresses.
pub(crate) async fn within_address_limit(ground: &Ground, index: &BlindIndex, use_: AddressUse) -> Result<(), Denied> {
    if !ground.settings.limits {
        return Ok(());
    }
    let (max, window) = match use_ {
        AddressUse::Mail => (MAILS_PER_ADDRESS_MAX, ADDRESS_WINDOW),
        AddressUse::FailedSignIn => (FAILED_SIGN_INS_MAX, SIGN_IN_WINDOW),
    };
    let used = ground.store.count_address_uses(index, use_, window).await?;
    if used >= max {
        return Err(Denied::TooManyAttempts { retry_after_seconds: u64::try_from(window.num_seconds()).unwrap_or(0) });
    }
    Ok(())
}

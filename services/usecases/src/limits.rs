//! Limits by address and by establishment, counted in the store so that every replica sees the same. Limits by network live at the edge.

use chrono::{DateTime, TimeDelta, Utc};
use keyring::BlindIndex;
use store::{AddressQuestion, AddressUse};
use uuid::Uuid;

use crate::{Denied, Ground};

/// Mails that all registrations together may cause to one address within [`ADDRESS_WINDOW`].
pub const MAILS_PER_ADDRESS_MAX: u64 = 20;
/// Failed sign-ins for one address within [`SIGN_IN_WINDOW`].
pub const FAILED_SIGN_INS_MAX: u64 = 10;
/// Wrong numbers that all registrations together may give for one establishment within [`NUMBER_WINDOW`]. Numbers have
/// seven digits or more: at this pace trying them all takes decades.
pub const WRONG_NUMBERS_PER_ESTABLISHMENT_MAX: u64 = 30;
/// The window in which wrong numbers are counted.
pub const NUMBER_WINDOW: TimeDelta = TimeDelta::hours(1);
/// The window in which mails to one address are counted.
pub const ADDRESS_WINDOW: TimeDelta = TimeDelta::hours(1);
/// The window in which failed sign-ins are counted.
pub const SIGN_IN_WINDOW: TimeDelta = TimeDelta::minutes(5);

/// What an address, or an establishment, is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A mail was asked for.
    Mail,
    /// A password was wrong.
    FailedSignIn,
    /// A number was not the establishment's.
    WrongNumber,
}

impl Purpose {
    /// A use of what has this index, to be counted.
    pub fn of(self, index: BlindIndex) -> AddressUse {
        let kind = match self {
            Self::Mail => "mail",
            Self::FailedSignIn => "failed_sign_in",
            Self::WrongNumber => "wrong_number",
        };
        AddressUse { index, kind }
    }

    /// What is asked of an address before somebody's first step with it.
    pub fn question(self, index: BlindIndex, command: Option<Uuid>) -> AddressQuestion {
        AddressQuestion {
            index,
            kind: self.of(index).kind,
            within: self.limit().1,
            command,
        }
    }

    /// What whoever does it too often is told.
    pub fn too_often(self) -> Denied {
        Denied::TooManyAttempts {
            retry_after_seconds: u64::try_from(self.limit().1.num_seconds()).unwrap_or(0),
        }
    }

    /// So often at most, within this time.
    pub fn limit(self) -> (u64, TimeDelta) {
        match self {
            Self::Mail => (MAILS_PER_ADDRESS_MAX, ADDRESS_WINDOW),
            Self::FailedSignIn => (FAILED_SIGN_INS_MAX, SIGN_IN_WINDOW),
            Self::WrongNumber => (WRONG_NUMBERS_PER_ESTABLISHMENT_MAX, NUMBER_WINDOW),
        }
    }
}

/// Refuses when this establishment has been used in this way too often.
pub(crate) async fn within_limit(
    ground: &Ground,
    index: BlindIndex,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<(), Denied> {
    if !ground.settings.limits {
        return Ok(());
    }
    let (_, window) = purpose.limit();
    let used = ground
        .store
        .count_address_uses(&index, purpose.of(index).kind, now - window)
        .await?;
    judge(ground, purpose, used)
}

/// Refuses when an address or an establishment has been used in this way too often. Says the same for known and unknown
/// addresses.
pub(crate) fn judge(ground: &Ground, purpose: Purpose, used: u64) -> Result<(), Denied> {
    match ground.settings.limits && used >= purpose.limit().0 {
        true => Err(purpose.too_often()),
        false => Ok(()),
    }
}

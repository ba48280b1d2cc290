//! Every limit of the registration's own rules, by name. Limits by network and address live at the edge.

use chrono::TimeDelta;

/// Wrong member numbers that one registration may give within [`NUMBER_REFUSALS_WINDOW`].
pub const NUMBER_REFUSALS_MAX: usize = 5;
/// The window in which wrong member numbers are counted.
pub const NUMBER_REFUSALS_WINDOW: TimeDelta = TimeDelta::hours(1);

/// Mails that one registration may ask for within [`MAIL_REQUESTS_WINDOW`], the first included.
pub const MAIL_REQUESTS_MAX: usize = 6;
/// The window in which requested mails are counted.
pub const MAIL_REQUESTS_WINDOW: TimeDelta = TimeDelta::hours(1);

/// How long a link that proves an address stays good.
pub const VERIFICATION_LINK_LIFETIME: TimeDelta = TimeDelta::hours(24);
/// How long a link that resets a password stays good: shorter, since it opens an account that is in use.
pub const RESET_LINK_LIFETIME: TimeDelta = TimeDelta::hours(1);
/// How long the link of a reminder stays good.
pub const RESUMPTION_LINK_LIFETIME: TimeDelta = TimeDelta::days(7);

/// How long an unfinished registration rests before its person is reminded, once.
pub const REMINDER_AFTER: TimeDelta = TimeDelta::days(7);
/// How long an unfinished registration may rest before it expires.
pub const UNFINISHED_LIFETIME: TimeDelta = TimeDelta::days(30);

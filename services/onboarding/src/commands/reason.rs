//! Reasons and purposes given on the command line.

use domain::values::StatedReason;

/// A reason or purpose that may be kept for ever; otherwise says what is wrong with it.
pub fn acceptable(text: &str) -> Option<StatedReason> {
    let reason = StatedReason::parse_of_staff(text).ok();
    if reason.is_none() {
        eprintln!(
            "a reason has {} to {} characters and names nobody, by address or number: it is kept for ever",
            StatedReason::LENGTH_MIN,
            StatedReason::LENGTH_MAX
        );
    }
    reason
}

//! How the service is set, as far as the use cases mind.

use chrono::TimeDelta;
use domain::values::{Flow, PasswordPolicy, PolicyName};

use crate::Retention;

/// Settings of the use cases.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether the address of a new registration is proven first or last.
    pub flow: Flow,
    /// The password policy.
    pub policy: PolicyName,
    /// Whether limits by address are in force; off for load and fault runs only.
    pub limits: bool,
    /// How long what is kept.
    pub retention: Retention,
    /// How long an erasure waits after the account is closed; nothing: it is done at once.
    pub erasure_wait: TimeDelta,
    /// The name of the log of events; none: made from the key that signs it.
    pub log_origin: Option<String>,
    /// How old the epoch of personal keys in use may become.
    pub epoch_rotation: TimeDelta,
    /// How old an epoch may become before its key is destroyed, which is how long backups of the database can be read.
    pub epoch_horizon: TimeDelta,
}

impl Default for Settings {
    /// As the service is set when nothing is.
    fn default() -> Self {
        Self {
            flow: Flow::default(),
            policy: PolicyName::default(),
            limits: true,
            retention: Retention::default(),
            erasure_wait: TimeDelta::zero(),
            log_origin: None,
            epoch_rotation: TimeDelta::days(1),
            epoch_horizon: TimeDelta::days(7),
        }
    }
}

impl Settings {
    /// The password policy's rules.
    pub fn password_policy(&self) -> PasswordPolicy {
        PasswordPolicy::of(self.policy)
    }
}

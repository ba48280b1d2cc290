//! How the service is set, as far as the use cases mind.

use chrono::TimeDelta;
use domain::values::{Flow, PasswordPolicy, PolicyName};

/// Settings of the use cases.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether the address of a new registration is proven first or last.
    pub flow: Flow,
    /// The password policy.
    pub policy: PolicyName,
    /// Whether limits by address are in force; off for load and fault runs only.
    pub limits: bool,
    /// How long an unfinished registration may rest.
    pub unfinished_lifetime: TimeDelta,
}

impl Settings {
    /// The password policy's rules.
    pub fn password_policy(&self) -> PasswordPolicy {
        PasswordPolicy::of(self.policy)
    }
}

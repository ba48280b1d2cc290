//! How long what is kept: the policy as data, and what follows from it for people.
//!
//! The policy is one readable file, `retention.toml`; the one built in is the example. Due dates are judged by the
//! database's clock. Read models tell where something may be due; each step decides again from the events.

use chrono::{DateTime, Days, Months, NaiveDate, NaiveTime, TimeDelta, Utc};
use domain::Stage;
use domain::registration::command::{Command, WarnInactive};
use domain::registration::event::ErasedBy;
use domain::registration::limits;
use domain::values::{RegistrationId, parse_span};
use figment::Figment;
use figment::providers::{Format, Toml};
use serde::{Deserialize, Deserializer};

use crate::erasure::erasure;
use crate::execute::{Prepared, Step, execute};
use crate::history::Before;
use crate::upkeep::worker;
use crate::{Denied, Ground, Onboarding};

const BUILT_IN: &str = include_str!("../retention.toml");

/// How long what is kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Registrations that were not brought to their end.
    pub unfinished: Unfinished,
    /// Accounts that nobody uses.
    pub inactive: Inactive,
    /// Records of the service's own.
    pub records: Records,
}

/// How long an unfinished registration rests, each counted from the person's last act.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unfinished {
    /// Until its person is reminded, once.
    #[serde(deserialize_with = "span")]
    pub remind_after: TimeDelta,
    /// Until it expires.
    #[serde(deserialize_with = "span")]
    pub expire_after: TimeDelta,
    /// Until its person is forgotten.
    #[serde(deserialize_with = "span")]
    pub erase_after: TimeDelta,
}

/// How long an account is kept whose person does not sign in, counted from the end of the month in which they last did.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inactive {
    /// Until the person is forgotten.
    #[serde(deserialize_with = "span")]
    pub erase_after: TimeDelta,
    /// How long before that they are warned by mail.
    #[serde(deserialize_with = "span")]
    pub warn_before: TimeDelta,
}

/// How long records are kept that are no events.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Records {
    /// Answers to commands: longer than any client goes on retrying.
    #[serde(deserialize_with = "span")]
    pub answers: TimeDelta,
    /// Uses of addresses: longer than the longest window of any limit.
    #[serde(deserialize_with = "span")]
    pub address_uses: TimeDelta,
    /// What became of mails, in the mailer's ledger, counted from when an event tells it.
    #[serde(deserialize_with = "span")]
    pub mail_ledger: TimeDelta,
}

/// A policy that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RetentionFault {
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    File(#[from] std::io::Error),
    /// It is not a policy.
    #[error("{0}")]
    Form(#[from] Box<figment::Error>),
    /// It contradicts itself.
    #[error("{0}")]
    Contradiction(&'static str),
}

impl Default for Retention {
    /// The policy that is built in; a test compares it with the file.
    fn default() -> Self {
        Self {
            unfinished: Unfinished {
                remind_after: limits::REMINDER_AFTER,
                expire_after: limits::UNFINISHED_LIFETIME,
                erase_after: limits::UNFINISHED_LIFETIME,
            },
            inactive: Inactive {
                erase_after: TimeDelta::days(730),
                warn_before: TimeDelta::days(30),
            },
            records: Records {
                answers: TimeDelta::days(3),
                address_uses: TimeDelta::days(2),
                mail_ledger: TimeDelta::days(30),
            },
        }
    }
}

impl Unfinished {
    /// How long a registration that expired rests until its person is forgotten.
    pub fn expired_rest(&self) -> TimeDelta {
        self.erase_after - self.expire_after
    }
}

impl Retention {
    /// The policy of a file, or the one built in.
    ///
    /// # Errors
    /// [`RetentionFault`], which says what is wrong and where.
    pub fn load(file: Option<&std::path::Path>) -> Result<Self, RetentionFault> {
        let text = file.map(std::fs::read_to_string).transpose()?;
        Self::parse(text.as_deref().unwrap_or(BUILT_IN))
    }

    fn parse(text: &str) -> Result<Self, RetentionFault> {
        let policy: Self = Figment::from(Toml::string(text)).extract().map_err(Box::new)?;
        let unfinished = &policy.unfinished;
        if unfinished.remind_after >= unfinished.expire_after {
            return Err(RetentionFault::Contradiction(
                "unfinished: remind_after must be shorter than expire_after",
            ));
        }
        if unfinished.erase_after < unfinished.expire_after {
            return Err(RetentionFault::Contradiction(
                "unfinished: erase_after must not be shorter than expire_after",
            ));
        }
        if policy.inactive.warn_before >= policy.inactive.erase_after {
            return Err(RetentionFault::Contradiction(
                "inactive: warn_before must be shorter than erase_after",
            ));
        }
        if policy.inactive.warn_before < TimeDelta::days(1) {
            return Err(RetentionFault::Contradiction(
                "inactive: warn_before must be one day at least",
            ));
        }
        Ok(policy)
    }

    /// From when on the person of an account is warned who last signed in during this month.
    pub fn warned_from(&self, last_seen: NaiveDate) -> DateTime<Utc> {
        self.erased_from(last_seen) - self.inactive.warn_before
    }

    /// From when on they are forgotten, provided that they were warned in time.
    pub fn erased_from(&self, last_seen: NaiveDate) -> DateTime<Utc> {
        end_of_month(last_seen) + self.inactive.erase_after
    }
}

/// `30d`, `12h`, `10m` or `0s`, as in the configuration.
fn span<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TimeDelta, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_span(&text).ok_or_else(|| serde::de::Error::custom("write a span of time as 30d, 12h, 10m or 45s"))
}

fn end_of_month(month: NaiveDate) -> DateTime<Utc> {
    (month + Months::new(1)).and_time(NaiveTime::MIN).and_utc()
}

impl Onboarding {
    /// Forgets the person of a registration that expired and has rested for as long as the policy lets it. True when it
    /// was done.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn erase_expired(&self, id: RegistrationId) -> Result<bool, Denied> {
        let outcome = execute(&self.ground, id, &worker(id), &EraseExpired).await?;
        Ok(!outcome.events.is_empty())
    }

    /// Warns the person of an account that nobody has used for long. True when a mail was asked for.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn warn_inactive(&self, id: RegistrationId) -> Result<bool, Denied> {
        let outcome = execute(&self.ground, id, &worker(id), &Warn).await?;
        Ok(!outcome.events.is_empty())
    }

    /// Forgets the person of an account who was warned and has not come back. True when it was done.
    ///
    /// # Errors
    /// Faults of ours only.
    pub async fn erase_inactive(&self, id: RegistrationId) -> Result<bool, Denied> {
        let outcome = execute(&self.ground, id, &worker(id), &EraseInactive).await?;
        Ok(!outcome.events.is_empty())
    }
}

struct EraseExpired;

impl Step for EraseExpired {
    async fn gather(&self, ground: &Ground, before: &Before) -> Result<Prepared, Denied> {
        // The expiry is the last event that counts, so what is left to rest is what the policy lets an expired one rest.
        let rested = before.now - before.idle_since() >= ground.settings.retention.unfinished.expired_rest();
        if before.state.stage() != Stage::Expired || !rested || ground.store.is_held(before.id).await? {
            return Ok(Prepared::nothing());
        }
        Ok(erasure(ErasedBy::Retention, "unfinished"))
    }
}

struct Warn;

impl Step for Warn {
    async fn gather(&self, ground: &Ground, before: &Before) -> Result<Prepared, Denied> {
        let retention = &ground.settings.retention;
        let Some(last_seen) = ground.store.last_seen(before.id).await? else {
            return Ok(Prepared::nothing());
        };
        if before.now < retention.warned_from(last_seen) {
            return Ok(Prepared::nothing());
        }
        // A warning that comes late, since the mailer was down or the policy became shorter, leaves the whole time.
        let erase_from = retention
            .erased_from(last_seen)
            .max(before.now + retention.inactive.warn_before)
            .date_naive();
        Ok(Prepared::new(Command::WarnInactive(WarnInactive {
            last_seen,
            erase_from: erase_from + Days::new(1),
        })))
    }
}

struct EraseInactive;

impl Step for EraseInactive {
    async fn gather(&self, ground: &Ground, before: &Before) -> Result<Prepared, Denied> {
        let Some(warned) = &before.state.inactivity else {
            return Ok(Prepared::nothing());
        };
        let came_back = ground
            .store
            .last_seen(before.id)
            .await?
            .is_none_or(|last_seen| last_seen > warned.last_seen);
        if before.state.stage() != Stage::Active
            || came_back
            || before.now.date_naive() < warned.erase_from
            || ground.store.is_held(before.id).await?
        {
            return Ok(Prepared::nothing());
        }
        Ok(erasure(ErasedBy::Retention, "inactive"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_policy_is_as_promised() {
        let policy = Retention::load(None).unwrap();
        assert_eq!(policy, Retention::default());
        let seen = NaiveDate::from_ymd_opt(2024, 2, 1).unwrap();
        assert_eq!(policy.erased_from(seen).to_rfc3339(), "2026-03-01T00:00:00+00:00");
        assert_eq!(policy.warned_from(seen).to_rfc3339(), "2026-01-30T00:00:00+00:00");
    }

    #[test]
    fn a_policy_that_contradicts_itself_is_refused() {
        for (wrong, right) in [
            ("remind_after = \"7d\"", "remind_after = \"31d\""),
            ("erase_after = \"30d\"", "erase_after = \"29d\""),
            ("warn_before = \"30d\"", "warn_before = \"730d\""),
            ("answers = \"3d\"", "answers = \"soon\""),
            ("answers = \"3d\"", "answer = \"3d\""),
        ] {
            assert!(BUILT_IN.contains(wrong), "{wrong}");
            assert!(
                Retention::parse(&BUILT_IN.replace(wrong, right)).is_err(),
                "{right}"
            );
        }
    }
}

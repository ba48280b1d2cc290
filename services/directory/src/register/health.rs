//! How a register is doing, as all roles together see it: the quota that is left and the circuit breaker.
//!
//! Kept in the database (`directory.registers`), because a quota belongs to the organisation and not to a process, and
//! because an operator wants to see it from outside. Two short statements a call, beside one over the internet.

use std::time::Duration;

use chrono::{DateTime, Utc};
use metrics::gauge;
use sqlx::PgPool;
use sqlx::postgres::types::PgInterval;

use super::finding::Silence;

/// Faults in a row that open the breaker.
pub const FAULTS_MAX: i32 = 5;
/// How long it stays open.
pub const REST: Duration = Duration::from_secs(30);
/// How long a register is left alone that says we ask too often, unless it says itself for how long.
pub const REST_WHEN_TOO_MANY: Duration = Duration::from_secs(60);
/// The longest rest that a register may ask for: a clock of theirs that is off must not silence it for a day.
pub const REST_ASKED_MAX: Duration = Duration::from_secs(300);

/// How often a register may be asked.
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    /// Calls within the window.
    pub calls: u32,
    /// The window, sliding.
    pub window: Duration,
    /// Calls that the worker leaves to people who wait at the form.
    pub kept_for_people: u32,
}

/// Who asks a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// A person at the form.
    Person,
    /// A chore, which has time.
    Chore,
}

/// The health of one register.
#[derive(Debug)]
pub struct Health {
    pool: PgPool,
    source: &'static str,
    address: String,
    quota: Quota,
}

impl Health {
    /// Of the register of this name, asked at this address.
    pub fn of(pool: PgPool, source: &'static str, address: String, quota: Quota) -> Self {
        Self {
            pool,
            source,
            address,
            quota,
        }
    }

    /// Takes one call from the quota. `first` is false for a further call of one question, such as a redirect.
    pub async fn take_call(&self, urgency: Urgency, first: bool) -> Result<(), Silence> {
        let quota = self.quota;
        let calls = match urgency {
            Urgency::Person => quota.calls,
            Urgency::Chore => quota.calls.saturating_sub(quota.kept_for_people),
        };
        let taken: Result<(String, i32), sqlx::Error> = sqlx::query_as(
            "SELECT verdict, calls_left FROM directory.take_register_call($1, $2, $3, $4, $5, $6)",
        )
        .bind(self.source)
        .bind(&self.address)
        .bind(i32::try_from(calls).unwrap_or(i32::MAX))
        .bind(interval(quota.window))
        .bind(interval(REST))
        .bind(first)
        .fetch_one(&self.pool)
        .await;
        let (verdict, calls_left) = taken.map_err(|error| {
            tracing::warn!(source = self.source, %error, "the count of a register's calls cannot be kept");
            Silence::Uncounted
        })?;
        if urgency == Urgency::Person {
            gauge!("onboarding_register_calls_left", "source" => self.source).set(calls_left);
        }
        match verdict.as_str() {
            "granted" => Ok(()),
            "resting" => Err(Silence::BreakerOpen),
            _ => Err(Silence::BudgetSpent),
        }
    }

    /// Notes how a question ended. One that was not put says nothing of the register.
    pub async fn note(&self, silence: Option<Silence>) {
        if silence.is_some_and(Silence::was_not_asked) {
            return;
        }
        let fault = silence.filter(|it| it.is_fault());
        let rest_now = match fault {
            Some(Silence::TooMany(asked)) => Some(asked.unwrap_or(REST_WHEN_TOO_MANY).min(REST_ASKED_MAX)),
            _ => None,
        };
        let noted: Result<bool, sqlx::Error> =
            sqlx::query_scalar("SELECT directory.note_register_call($1, $2, $3, $4, $5)")
                .bind(self.source)
                .bind(fault.map(Silence::label))
                .bind(FAULTS_MAX)
                .bind(interval(REST))
                .bind(rest_now.map(interval))
                .fetch_one(&self.pool)
                .await;
        match noted {
            Ok(true) => tracing::warn!(
                source = self.source,
                reason = fault.map(Silence::label),
                "register failed too often and is left alone for a while"
            ),
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(source = self.source, %error, "a register's health cannot be kept");
            }
        }
    }
}

/// How a register is doing, as an operator is told.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct HealthReport {
    /// Calls left in this window.
    pub calls_left: u32,
    /// Calls that a window has.
    pub calls_max: u32,
    /// The window, in seconds.
    pub window_seconds: u64,
    /// The circuit breaker.
    pub breaker: BreakerState,
    /// Until when the breaker stays open.
    pub resting_until: Option<DateTime<Utc>>,
    /// Faults in a row.
    pub faults: u32,
    /// When it last gave an answer.
    pub answered_at: Option<DateTime<Utc>>,
    /// When it last failed.
    pub failed_at: Option<DateTime<Utc>>,
    /// How it failed, while it has not answered since.
    pub failure: Option<String>,
}

/// Where a circuit breaker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    /// Calls go through.
    Closed,
    /// The register is left alone.
    Open,
    /// Its rest is over: the next call is a trial.
    Trial,
}

#[derive(Default, sqlx::FromRow)]
struct Row {
    calls: i32,
    resting_until: Option<DateTime<Utc>>,
    rests: bool,
    faults: i32,
    answered_at: Option<DateTime<Utc>>,
    failed_at: Option<DateTime<Utc>>,
    failure: Option<String>,
}

impl Health {
    /// How the register is doing. One that was never asked, at this address, is well.
    pub async fn report(&self) -> Result<HealthReport, sqlx::Error> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT (SELECT count(*)::int FROM unnest(calls) AS call WHERE call > clock_timestamp() - $3) AS calls,
                    resting_until, coalesce(resting_until > clock_timestamp(), false) AS rests, faults,
                    answered_at, failed_at, failure
               FROM directory.registers WHERE source = $1 AND address = $2",
        )
        .bind(self.source)
        .bind(&self.address)
        .bind(interval(self.quota.window))
        .fetch_optional(&self.pool)
        .await?;
        let row = row.unwrap_or_default();
        Ok(HealthReport {
            calls_left: self
                .quota
                .calls
                .saturating_sub(u32::try_from(row.calls).unwrap_or(0)),
            calls_max: self.quota.calls,
            window_seconds: self.quota.window.as_secs(),
            breaker: match row.resting_until {
                None => BreakerState::Closed,
                Some(_) if row.rests => BreakerState::Open,
                Some(_) => BreakerState::Trial,
            },
            resting_until: row.resting_until,
            faults: u32::try_from(row.faults).unwrap_or(0),
            answered_at: row.answered_at,
            failed_at: row.failed_at,
            failure: row.failure,
        })
    }
}

fn interval(time: Duration) -> PgInterval {
    PgInterval {
        months: 0,
        days: 0,
        microseconds: i64::try_from(time.as_micros()).unwrap_or(i64::MAX),
    }
}

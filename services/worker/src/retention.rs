//! The retention policy at work: who is due, and a round that does what is due.
//!
//! Read models and the month of the last sign-in tell where something may be due; each step decides again from the
//! events, so that a model that lags, or two workers, do nothing twice and nothing too early.

use chrono::{DateTime, Months, NaiveDate, NaiveTime, TimeDelta, Utc};
use domain::values::RegistrationId;
use serde::Serialize;
use sqlx::PgPool;
use usecases::{Onboarding, Retention};
use uuid::Uuid;

use crate::{now, was_done};

/// Registrations dealt with in one round, of each kind.
const A_ROUND: u32 = 500;

const UNFINISHED: &str = "
    SELECT registration_id, idle_since FROM read.registrations
     WHERE stage NOT IN ('active', 'expired', 'erased') AND stage <> 'closed' AND idle_since < $1
     ORDER BY idle_since LIMIT $2";
/// The last act that counts of an expired registration is its expiry.
const EXPIRED: &str = "
    SELECT registration_id, idle_since FROM read.registrations
     WHERE stage = 'expired' AND idle_since <= $1 ORDER BY idle_since LIMIT $2";
/// Accounts last used in a month up to this one, whose absence nobody has warned of.
const UNUSED: &str = "
    SELECT s.registration_id, s.month FROM public.last_seen s JOIN read.registrations r USING (registration_id)
     WHERE r.stage = 'active' AND s.month <= $1
       AND coalesce((r.memory #>> '{registration,inactivity,last_seen}')::date < s.month, true)
     ORDER BY s.month LIMIT $2";
/// Accounts that were warned, and have not been used since.
const WARNED: &str = "
    SELECT s.registration_id, (r.memory #>> '{registration,inactivity,erase_from}')::date
      FROM public.last_seen s JOIN read.registrations r USING (registration_id)
     WHERE r.stage = 'active' AND (r.memory #>> '{registration,inactivity,last_seen}')::date >= s.month
       AND (r.memory #>> '{registration,inactivity,erase_from}')::date <= $1
     ORDER BY 2 LIMIT $2";
const CLOSED: &str = "
    SELECT registration_id, (memory #>> '{registration,closing,due_at}')::timestamptz FROM read.registrations
     WHERE stage = 'closed' AND (memory #>> '{registration,closing,due_at}')::timestamptz <= $1
     ORDER BY 2 LIMIT $2";

/// What the policy does next to a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// It expires.
    Expire,
    /// The person of an expired registration is forgotten.
    EraseExpired,
    /// The person of an unused account is warned.
    WarnInactive,
    /// The person of an unused account is forgotten.
    EraseInactive,
    /// The person of a closed account is forgotten: the waiting time is over.
    CompleteErasure,
}

/// Something that is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    /// The registration.
    pub registration: RegistrationId,
    /// What happens to it.
    pub step: Step,
    /// From when on.
    pub due_at: DateTime<Utc>,
    /// A legal hold stands against it: it is not done.
    pub held: bool,
}

/// What a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Round {
    /// Registrations that expired.
    pub expired: u64,
    /// People of expired registrations who were forgotten.
    pub erased_expired: u64,
    /// People of unused accounts who were warned.
    pub warned: u64,
    /// People of unused accounts who were forgotten.
    pub erased_inactive: u64,
    /// People who were forgotten after a waiting time or a hold.
    pub completed: u64,
}

/// Everything that is due by `until`, by kind and date, and at most `limit` of each kind. Changes nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn due(
    pool: &PgPool,
    retention: &Retention,
    until: DateTime<Utc>,
    limit: u32,
) -> anyhow::Result<Vec<Due>> {
    let held: Vec<Uuid> =
        sqlx::query_scalar("SELECT registration_id FROM public.legal_holds WHERE lifted_at IS NULL")
            .fetch_all(pool)
            .await?;
    let mut all = Vec::new();
    let mut add = |step: Step, rows: Vec<(Uuid, DateTime<Utc>)>| {
        all.extend(rows.into_iter().map(|(id, due_at)| Due {
            registration: RegistrationId(id),
            step,
            due_at,
            held: step != Step::Expire && step != Step::WarnInactive && held.contains(&id),
        }));
    };
    let unfinished = &retention.unfinished;
    for (step, query, rest) in [
        (Step::Expire, UNFINISHED, unfinished.expire_after),
        (Step::EraseExpired, EXPIRED, unfinished.expired_rest()),
    ] {
        let rows = instants(pool, query, until - rest, limit).await?;
        add(
            step,
            rows.into_iter().map(|(id, since)| (id, since + rest)).collect(),
        );
    }
    let unused = days(pool, UNUSED, latest_unused_month(retention, until), limit).await?;
    let unused = unused
        .into_iter()
        .map(|(id, month)| (id, retention.warned_from(month)));
    add(Step::WarnInactive, unused.collect());
    let warned = days(pool, WARNED, until.date_naive(), limit).await?;
    let warned = warned
        .into_iter()
        .map(|(id, day)| (id, day.and_time(NaiveTime::MIN).and_utc()));
    add(Step::EraseInactive, warned.collect());
    add(Step::CompleteErasure, instants(pool, CLOSED, until, limit).await?);
    Ok(all)
}

/// Does what is due now.
///
/// # Errors
/// When the database does not answer; what was done stays done.
pub async fn round(onboarding: &Onboarding, pool: &PgPool) -> anyhow::Result<Round> {
    let mut round = Round::default();
    let retention = &onboarding.settings().retention;
    for due in due(pool, retention, now(pool).await?, A_ROUND).await? {
        let id = due.registration;
        let (done, count) = match due.step {
            _ if due.held => continue,
            Step::Expire => (onboarding.expire(id).await, &mut round.expired),
            Step::EraseExpired => (onboarding.erase_expired(id).await, &mut round.erased_expired),
            Step::WarnInactive => (onboarding.warn_inactive(id).await, &mut round.warned),
            Step::EraseInactive => (onboarding.erase_inactive(id).await, &mut round.erased_inactive),
            Step::CompleteErasure => (onboarding.complete_erasure(id).await, &mut round.completed),
        };
        *count += u64::from(was_done(done)?);
    }
    let erased = round.erased_expired + round.erased_inactive + round.completed;
    metrics::counter!("onboarding_retention_erasures_total").increment(erased);
    Ok(round)
}

/// Forgets those whose waiting time is over. Answers how many.
///
/// # Errors
/// When the database does not answer.
pub async fn complete_erasures(onboarding: &Onboarding, pool: &PgPool) -> anyhow::Result<u64> {
    let mut completed = 0;
    for (id, _) in instants(pool, CLOSED, now(pool).await?, A_ROUND).await? {
        completed += u64::from(was_done(onboarding.complete_erasure(RegistrationId(id)).await)?);
    }
    Ok(completed)
}

/// Erasures that wait, soonest first, due or not: for operators and the console.
///
/// # Errors
/// When the database does not answer.
pub async fn waiting_erasures(pool: &PgPool, limit: u32) -> anyhow::Result<Vec<Due>> {
    let held: Vec<Uuid> =
        sqlx::query_scalar("SELECT registration_id FROM public.legal_holds WHERE lifted_at IS NULL")
            .fetch_all(pool)
            .await?;
    let rows = instants(pool, CLOSED, DateTime::<Utc>::MAX_UTC, limit).await?;
    Ok(rows
        .into_iter()
        .map(|(id, due_at)| Due {
            registration: RegistrationId(id),
            step: Step::CompleteErasure,
            due_at,
            held: held.contains(&id),
        })
        .collect())
}

/// The latest month such that whoever was last seen in it is to be warned by `until`.
fn latest_unused_month(retention: &Retention, until: DateTime<Utc>) -> NaiveDate {
    let ended: TimeDelta = retention.inactive.erase_after - retention.inactive.warn_before;
    // The month must have ended by this day, so the day a month before it lies in the latest such month or after it.
    (until - ended).date_naive() - Months::new(1)
}

async fn instants(
    pool: &PgPool,
    query: &str,
    until: DateTime<Utc>,
    limit: u32,
) -> sqlx::Result<Vec<(Uuid, DateTime<Utc>)>> {
    sqlx::query_as(query)
        .bind(until)
        .bind(i64::from(limit))
        .fetch_all(pool)
        .await
}

async fn days(
    pool: &PgPool,
    query: &str,
    until: NaiveDate,
    limit: u32,
) -> sqlx::Result<Vec<(Uuid, NaiveDate)>> {
    sqlx::query_as(query)
        .bind(until)
        .bind(i64::from(limit))
        .fetch_all(pool)
        .await
}

#[cfg(test)]
mod tests {
    use chrono::Days;

    use super::*;

    /// Whoever the question finds is due by then, and whoever it does not find is not.
    #[test]
    fn the_question_and_the_policy_agree_on_every_day() {
        let retention = Retention::default();
        let first: NaiveDate = "2024-01-01".parse().unwrap();
        for day in 0..800 {
            let until = (first + Days::new(730 + day)).and_time(NaiveTime::MIN).and_utc();
            let latest = latest_unused_month(&retention, until);
            for month in 0..60 {
                let month = first + Months::new(month);
                assert_eq!(
                    month <= latest,
                    retention.warned_from(month) <= until,
                    "{month} by {until}"
                );
            }
        }
    }
}

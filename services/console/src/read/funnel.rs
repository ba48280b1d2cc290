//! How far people come, from the first form to the account, and how long it takes them.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use projections::ProjectionError;
use projections::funnel::between;
use sqlx::PgPool;

/// Steps of a journey in the order in which people come to them. The two ways to prove an establishment share a rank.
const KNOWN: [&[&str]; 4] = [
    &["identity"],
    &["awaiting_email_verification"],
    &["awaiting_password"],
    &["active"],
];
const UNKNOWN: [&[&str]; 7] = [
    &["identity"],
    &["awaiting_topics"],
    &["awaiting_establishment"],
    &["awaiting_member_number", "awaiting_idcc"],
    &["awaiting_email_verification"],
    &["awaiting_password"],
    &["active"],
];

/// What became of the registrations of some days.
pub struct Funnel {
    /// The days, both included.
    pub days: (NaiveDate, NaiveDate),
    /// Each journey with how many reached each step.
    pub journeys: Vec<Path>,
    /// Starts and accounts in as many days before.
    pub before: (i64, i64),
    /// Starts and accounts by day, every day once.
    pub by_day: Vec<Day>,
    /// How long registrations that became accounts took.
    pub durations: Vec<Duration>,
}

/// A journey.
pub struct Path {
    /// `known` or `unknown`.
    pub journey: &'static str,
    /// Steps in order, with how many registrations reached them.
    pub steps: Vec<(&'static str, i64)>,
}

/// A day.
pub struct Day {
    /// Which, in Paris.
    pub day: NaiveDate,
    /// Registrations started.
    pub started: i64,
    /// Accounts made.
    pub active: i64,
}

/// From the first form to the account.
#[derive(sqlx::FromRow)]
pub struct Duration {
    /// `known` or `unknown`.
    pub journey: String,
    /// How many accounts.
    pub accounts: i64,
    /// Half of them took no longer, in seconds.
    pub median: f64,
    /// Nine in ten of them took no longer, in seconds.
    pub nine_in_ten: f64,
}

/// Looks at the registrations whose steps were reached on these days.
///
/// # Errors
/// [`ProjectionError::Database`].
pub async fn look(pool: &PgPool, first: NaiveDate, last: NaiveDate) -> Result<Funnel, ProjectionError> {
    let counts = between(pool, first, last).await?;
    let mut reached: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    let mut days: BTreeMap<NaiveDate, (i64, i64)> = first
        .iter_days()
        .take_while(|day| *day <= last)
        .map(|day| (day, (0, 0)))
        .collect();
    for count in &counts {
        *reached.entry((&count.journey, &count.step)).or_default() += count.reached;
        let day = days.entry(count.day).or_default();
        match count.step.as_str() {
            "identity" => day.0 += count.reached,
            "active" => day.1 += count.reached,
            _ => {}
        }
    }
    let length = last - first + TimeDelta::days(1);
    let earlier = between(pool, first - length, first - TimeDelta::days(1)).await?;
    let sum = |step: &str| {
        let of_step = earlier.iter().filter(|it| it.step == step);
        of_step.map(|it| it.reached).sum()
    };
    let path = |journey: &'static str, ranks: &[&[&'static str]]| Path {
        journey,
        steps: ranks
            .iter()
            .map(|rank| {
                let sum = rank
                    .iter()
                    .filter_map(|step| reached.get(&(journey, *step)))
                    .sum();
                (rank[0], sum)
            })
            .collect(),
    };
    let durations = sqlx::query_as(
        "SELECT r.journey, count(*) AS accounts,
                percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM p.active_since - r.started_at)::float8) AS median,
                percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM p.active_since - r.started_at)::float8) AS nine_in_ten
           FROM read.people p JOIN read.registrations r USING (registration_id)
          WHERE r.journey IS NOT NULL AND p.active_since >= ($1::date)::timestamp AT TIME ZONE 'Europe/Paris'
            AND p.active_since < ($2::date + 1)::timestamp AT TIME ZONE 'Europe/Paris'
          GROUP BY r.journey ORDER BY r.journey",
    )
    .bind(first)
    .bind(last)
    .fetch_all(pool)
    .await?;
    Ok(Funnel {
        days: (first, last),
        before: (sum("identity"), sum("active")),
        journeys: vec![path("known", &KNOWN), path("unknown", &UNKNOWN)],
        by_day: days
            .into_iter()
            .map(|(day, (started, active))| Day { day, started, active })
            .collect(),
        durations,
    })
}

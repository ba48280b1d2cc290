//! How each subscriber is doing.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{FromRow, PgPool};

use crate::{Position, SubscriberError};

/// How one subscriber is doing. All in one look at the database.
#[derive(Clone, Debug, FromRow, Serialize)]
pub struct SubscriberStatus {
    /// Its name.
    pub name: String,
    /// `nats` or `webhook`.
    pub kind: String,
    /// The events that it asked for.
    pub events: Vec<String>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// Since when nothing is handed over, where that was asked for.
    pub paused_at: Option<DateTime<Utc>>,
    /// Since when it receives nothing and its secret opens nothing.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Every event up to here was taken up for it.
    #[sqlx(try_from = "i64")]
    pub position: Position,
    /// How many positions lie between the end of the log and the last of which it has everything, parked events aside.
    pub lag: i64,
    /// Events handed over, or about to be, and not acknowledged.
    pub under_way: i64,
    /// When the oldest of these was handed over for the first time that counts.
    pub oldest_unacknowledged: Option<DateTime<Utc>>,
    /// Registrations parked.
    pub parked: i64,
    /// Acknowledgements since it was added.
    pub acknowledged: i64,
    /// Acknowledgements a minute, over the last five whole minutes and the one that runs.
    pub rate_per_minute: f64,
    /// Replays asked for and not taken up wholly.
    pub replays_open: i64,
    /// Events of replays under way or held.
    pub replayed_under_way: i64,
}

/// How every subscriber is doing, by name; those revoked only where `revoked` asks for them.
///
/// # Errors
/// [`SubscriberError::Database`].
pub async fn status(pool: &PgPool, revoked: bool) -> Result<Vec<SubscriberStatus>, SubscriberError> {
    Ok(sqlx::query_as(
        "SELECT s.name, s.kind, s.events, s.created_at, s.paused_at, s.revoked_at, c.position, c.acknowledged,
                CASE WHEN s.revoked_at IS NULL
                     THEN (SELECT size FROM public.log_head) - least(c.position, coalesce(lane.first - 1, c.position))
                     ELSE 0 END AS lag,
                coalesce(lane.under_way, 0) AS under_way, lane.oldest AS oldest_unacknowledged,
                coalesce(lane.parked, 0) AS parked, coalesce(lane.replayed, 0) AS replayed_under_way,
                coalesce((SELECT sum(m.acknowledged) FROM feed.minutes m
                           WHERE m.subscriber = s.name AND m.minute >= date_trunc('minute', clock_timestamp()) - interval '5 minutes')
                         / (5 + extract(second FROM clock_timestamp()) / 60), 0)::float8 AS rate_per_minute,
                (SELECT count(*) FROM feed.replays r WHERE r.subscriber = s.name AND r.taken_up_at IS NULL) AS replays_open
           FROM feed.subscribers s JOIN feed.cursors c ON c.subscriber = s.name
           LEFT JOIN LATERAL (
             SELECT min(l.position) FILTER (WHERE l.state <> 'parked' AND l.replay IS NULL) AS first,
                    count(*) FILTER (WHERE l.state <> 'parked') AS under_way,
                    min(l.sent_at) FILTER (WHERE l.state = 'sent') AS oldest,
                    count(*) FILTER (WHERE l.state = 'parked') AS parked,
                    count(*) FILTER (WHERE l.replay IS NOT NULL OR l.replay_from IS NOT NULL) AS replayed
               FROM feed.lanes l WHERE l.subscriber = s.name) AS lane ON true
          WHERE s.revoked_at IS NULL OR $1 ORDER BY s.name",
    )
    .bind(revoked)
    .fetch_all(pool)
    .await?)
}

/// Tells the metrics of every subscriber.
pub(crate) async fn measure(pool: &PgPool) -> Result<(), SubscriberError> {
    for told in status(pool, false).await? {
        let name = told.name;
        metrics::gauge!("onboarding_subscriber_lag_events", "subscriber" => name.clone())
            .set(told.lag as f64);
        metrics::gauge!("onboarding_subscriber_under_way", "subscriber" => name.clone())
            .set(told.under_way as f64);
        metrics::gauge!("onboarding_subscriber_parked", "subscriber" => name.clone()).set(told.parked as f64);
        let waits = told
            .oldest_unacknowledged
            .map_or(0, |at| (Utc::now() - at).num_seconds().max(0));
        metrics::gauge!("onboarding_subscriber_oldest_seconds", "subscriber" => name).set(waits as f64);
    }
    sqlx::query("DELETE FROM feed.minutes WHERE minute < clock_timestamp() - interval '1 day'")
        .execute(pool)
        .await?;
    Ok(())
}

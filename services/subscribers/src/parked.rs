//! What is parked, and what an operator does about it.

use chrono::{DateTime, Utc};
use domain::values::RegistrationId;
use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

use crate::lanes::Lanes;
use crate::{Subscriber, SubscriberError};

/// A registration that waits for an operator's word, because its subscriber refused an event.
#[derive(Clone, Debug, FromRow, Serialize)]
pub struct Parked {
    /// The registration.
    pub registration: Uuid,
    /// The place in the log of the event that was refused.
    #[sqlx(try_from = "i64")]
    pub position: Position,
    /// The event's name.
    pub event: String,
    /// The replay for which it was sent, if it was.
    pub replay: Option<Uuid>,
    /// Why it was refused, in the subscriber's words.
    pub reason: Option<String>,
    /// How often it was delivered.
    pub deliveries: Option<i32>,
    /// Since when.
    pub parked_at: DateTime<Utc>,
    /// How many events of it wait behind.
    pub held: i64,
}

/// An event that an operator gave up.
#[derive(Clone, Debug, FromRow, Serialize)]
pub struct Skipped {
    /// The registration.
    pub registration: Uuid,
    /// The event's place in the log.
    #[sqlx(try_from = "i64")]
    pub position: Position,
    /// Why the subscriber had refused it, in its words.
    pub refused_for: Option<String>,
    /// Why it was given up, in the operator's words.
    pub reason: String,
    /// When.
    pub skipped_at: DateTime<Utc>,
}

/// A place in the log, as JSON a plain number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Position(pub u64);

impl From<i64> for Position {
    fn from(number: i64) -> Self {
        Self(number.unsigned_abs())
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Lanes {
    /// What is parked for a subscriber, the longest parked first, at most `limit` of it.
    ///
    /// # Errors
    /// [`SubscriberError::Database`].
    pub async fn parked(&self, subscriber: &Subscriber, limit: u32) -> Result<Vec<Parked>, SubscriberError> {
        Ok(sqlx::query_as(
            "SELECT lane.registration, lane.position, refused.event_type AS event, lane.replay, lane.reason,
                    lane.deliveries, lane.parked_at,
                    (SELECT count(*) FROM public.events e
                      WHERE e.aggregate_type = 'registration' AND e.aggregate_id = lane.registration::text
                        AND e.event_type = ANY ($2)
                        AND (e.position BETWEEN lane.live_from AND lane.live_upto
                             OR e.position BETWEEN lane.replay_from AND lane.replay_upto)) AS held
               FROM feed.lanes lane
               JOIN public.events refused ON refused.position = lane.position
              WHERE lane.subscriber = $1 AND lane.state = 'parked'
              ORDER BY lane.parked_at, lane.position LIMIT $3",
        )
        .bind(subscriber.name.as_str())
        .bind(&subscriber.events)
        .bind(i64::from(limit))
        .fetch_all(self.pool())
        .await?)
    }

    /// What was given up for a subscriber, the latest first, at most `limit` of it.
    ///
    /// # Errors
    /// [`SubscriberError::Database`].
    pub async fn skipped(
        &self,
        subscriber: &Subscriber,
        limit: u32,
    ) -> Result<Vec<Skipped>, SubscriberError> {
        Ok(sqlx::query_as(
            "SELECT registration, position, refused_for, reason, skipped_at FROM feed.skips
              WHERE subscriber = $1 ORDER BY skipped_at DESC, position LIMIT $2",
        )
        .bind(subscriber.name.as_str())
        .bind(i64::from(limit))
        .fetch_all(self.pool())
        .await?)
    }

    /// Delivers parked events again: of one registration, or of all. Later ones follow in order once it is acknowledged.
    /// Answers how many.
    ///
    /// # Errors
    /// [`SubscriberError::Database`].
    pub async fn retry(
        &self,
        subscriber: &Subscriber,
        registration: Option<RegistrationId>,
    ) -> Result<u64, SubscriberError> {
        let retried = sqlx::query(
            "UPDATE feed.lanes
                SET state = 'due', parked_at = NULL, reason = NULL, deliveries = NULL, due_at = clock_timestamp()
              WHERE subscriber = $1 AND state = 'parked' AND ($2::uuid IS NULL OR registration = $2)",
        )
        .bind(subscriber.name.as_str())
        .bind(registration.map(|it| it.0))
        .execute(self.pool())
        .await?;
        Ok(retried.rows_affected())
    }

    /// Gives up delivering the parked event of a registration, for a reason that is kept; its later events follow. Answers the
    /// position that was skipped; none when nothing of it is parked.
    ///
    /// # Errors
    /// [`SubscriberError::Database`].
    pub async fn skip(
        &self,
        subscriber: &Subscriber,
        registration: RegistrationId,
        reason: &str,
    ) -> Result<Option<u64>, SubscriberError> {
        let mut transaction = database::begin(self.pool()).await?;
        // The fence of a turn, taken first here too, so that both take their locks in one order.
        sqlx::query("SELECT FROM feed.cursors WHERE subscriber = $1 FOR UPDATE")
            .bind(subscriber.name.as_str())
            .execute(&mut *transaction)
            .await?;
        let skipped: Option<i64> = sqlx::query_scalar(
            "INSERT INTO feed.skips (subscriber, registration, position, refused_for, reason)
             SELECT subscriber, registration, position, reason, $3 FROM feed.lanes
              WHERE subscriber = $1 AND registration = $2 AND state = 'parked' RETURNING position",
        )
        .bind(subscriber.name.as_str())
        .bind(registration.0)
        .bind(reason)
        .fetch_optional(&mut *transaction)
        .await?;
        if skipped.is_some() {
            sqlx::query("SELECT feed.go_on($1, $2, ARRAY[$3])")
                .bind(subscriber.name.as_str())
                .bind(&subscriber.events)
                .bind(registration.0)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(skipped.map(i64::unsigned_abs))
    }
}

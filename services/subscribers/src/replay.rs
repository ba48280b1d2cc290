//! Replays: events of the past, sent again on request, marked, throttled, beside the new ones.

use chrono::{DateTime, Utc};
use domain::values::RegistrationId;
use serde::Serialize;
use sqlx::FromRow;
use sqlx::PgPool;
use uuid::Uuid;

use crate::lanes::{Lanes, signed};
use crate::{Position, Subscriber, SubscriberError};

/// Events a second where nobody says otherwise: gentle to a CRM, and a million of them in some three hours.
pub const REPLAY_RATE: u32 = 100;
/// The highest rate that can be asked for.
pub const REPLAY_RATE_MAX: u32 = 100_000;
/// So many replays may wait or be under way for one subscriber.
const OPEN_MAX: i64 = 10;
/// The most registrations that one replay may name.
pub const REPLAY_REGISTRATIONS_MAX: usize = 1_000;

/// Positions of the log, both ends within.
#[derive(Clone, Copy, Debug)]
pub struct ReplayRange {
    /// The first.
    pub from: u64,
    /// The last; none: where the log ends now.
    pub to: Option<u64>,
}

/// The `Idempotency-Key` that a replay is asked for with, digested.
#[derive(Clone, Copy, Debug)]
pub struct ReplayKey {
    /// The id of the replay that is asked for with it, and of no other.
    pub id: Uuid,
    /// The keyed hash of what is asked for.
    pub request_hash: [u8; 32],
}

/// A replay that is asked for.
#[derive(Clone, Debug)]
pub struct NewReplay {
    /// Which part of the log.
    pub range: ReplayRange,
    /// Only these registrations; none: all.
    pub registrations: Option<Vec<RegistrationId>>,
    /// Events a second at most.
    pub rate: u32,
    /// `operator` or `subscriber`.
    pub requested_by: &'static str,
}

/// A replay, and how far it is.
#[derive(Clone, Debug, FromRow, Serialize)]
pub struct Replay {
    /// Its id: what each of its messages bears in the header `Onboarding-Replay`.
    pub id: Uuid,
    /// The first position.
    #[sqlx(try_from = "i64")]
    pub from_position: Position,
    /// The last position.
    #[sqlx(try_from = "i64")]
    pub to_position: Position,
    /// Only these registrations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registrations: Option<Vec<Uuid>>,
    /// Events a second at most.
    pub rate: i32,
    /// Every event up to here was taken up.
    #[sqlx(try_from = "i64")]
    pub position: Position,
    /// How many events were taken up.
    pub taken: i64,
    /// How many of these are under way, held or parked still.
    pub open: i64,
    /// Who asked for it: `operator` or `subscriber`.
    pub requested_by: String,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// When its last event was taken up. What is `open` is still to be acknowledged.
    pub taken_up_at: Option<DateTime<Utc>>,
    #[serde(skip)]
    request_hash: Option<Vec<u8>>,
}

impl Replay {
    /// As it stood when it was asked for, however far it is by now: the same answer to the same request.
    fn when_asked(mut self) -> Self {
        self.position = Position(self.from_position.0 - 1);
        (self.taken, self.open, self.taken_up_at) = (0, 0, None);
        self
    }
}

const SELECT: &str = "SELECT r.*, (SELECT count(*) FROM feed.lanes l WHERE l.subscriber = r.subscriber
          AND (l.replay = r.id OR l.replay_from IS NOT NULL AND l.replay_next = r.id)) AS open
   FROM feed.replays r";

impl Lanes {
    /// The last position of the log; 0 while it is empty.
    ///
    /// # Errors
    /// [`SubscriberError::Database`].
    pub async fn log_end(&self) -> Result<u64, SubscriberError> {
        let end: i64 = sqlx::query_scalar("SELECT size FROM public.log_head")
            .fetch_one(self.pool())
            .await?;
        Ok(end.unsigned_abs())
    }

    /// The first position whose event was stored at this time or later, as [`position_at`] finds it.
    ///
    /// # Errors
    /// [`SubscriberError::Database`].
    pub async fn position_at(&self, at: DateTime<Utc>) -> Result<u64, SubscriberError> {
        position_at(self.pool(), at).await
    }

    /// Asks for a replay. It begins when those before it have been taken up.
    ///
    /// # Errors
    /// [`SubscriberError::Replay`], [`SubscriberError::BeyondTheLog`] and [`SubscriberError::ReplaysWaiting`] for what
    /// cannot be replayed; [`SubscriberError::Database`].
    pub async fn replay(
        &self,
        subscriber: &Subscriber,
        asked: &NewReplay,
    ) -> Result<Replay, SubscriberError> {
        Ok(self.replay_once(subscriber, asked, None).await?.0)
    }

    /// Asks for a replay once, however often it is asked for with this key. True beside it when it was there already.
    ///
    /// # Errors
    /// As [`Self::replay`]; [`SubscriberError::KeyReused`] when the key was used to ask for something else.
    pub async fn replay_once(
        &self,
        subscriber: &Subscriber,
        asked: &NewReplay,
        key: Option<ReplayKey>,
    ) -> Result<(Replay, bool), SubscriberError> {
        let end = self.log_end().await?;
        let (from, to) = (asked.range.from, asked.range.to.unwrap_or(end));
        if from.max(to) > end {
            return Err(SubscriberError::BeyondTheLog {
                asked: from.max(to),
                end,
            });
        }
        let refused = |why: String| Err(SubscriberError::Replay(why));
        if subscriber.revoked_at.is_some() {
            return Err(SubscriberError::Unknown(subscriber.name.to_string()));
        }
        if from == 0 || to < from {
            return refused("the first position is at least 1 and not after the last".to_owned());
        }
        if !(1..=REPLAY_RATE_MAX).contains(&asked.rate) {
            return refused(format!("the rate is from 1 to {REPLAY_RATE_MAX} events a second"));
        }
        let registrations: Option<Vec<Uuid>> = asked
            .registrations
            .as_ref()
            .map(|them| them.iter().map(|it| it.0).collect());
        if registrations
            .as_ref()
            .is_some_and(|them| them.is_empty() || them.len() > REPLAY_REGISTRATIONS_MAX)
        {
            return refused(format!(
                "name 1 to {REPLAY_REGISTRATIONS_MAX} registrations, or none for all"
            ));
        }
        let id = key.map_or_else(Uuid::now_v7, |key| key.id);
        let kept = sqlx::query(
            "INSERT INTO feed.replays
                    (id, subscriber, from_position, to_position, registrations, rate, position, requested_by, request_hash)
             SELECT $1, $2, $3, $4, $5, $6, $3 - 1, $7, $9
              WHERE (SELECT count(*) FROM feed.replays WHERE subscriber = $2 AND taken_up_at IS NULL) < $8
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(id)
        .bind(subscriber.name.as_str())
        .bind(signed(from))
        .bind(signed(to))
        .bind(registrations)
        .bind(i32::try_from(asked.rate).unwrap_or(i32::MAX))
        .bind(asked.requested_by)
        .bind(OPEN_MAX)
        .bind(key.map(|key| key.request_hash))
        .execute(self.pool())
        .await?;
        let is_new = kept.rows_affected() == 1;
        match self.replay_of(subscriber, id).await?.map(Replay::when_asked) {
            Some(replay) if is_new => Ok((replay, false)),
            Some(replay)
                if key.is_some_and(|key| replay.request_hash.as_deref() == Some(&key.request_hash)) =>
            {
                Ok((replay, true))
            }
            Some(_) => Err(SubscriberError::KeyReused),
            None if is_new => Err(SubscriberError::Unknown(id.to_string())),
            None => Err(SubscriberError::ReplaysWaiting(OPEN_MAX)),
        }
    }

    /// A subscriber's replay; none when it has none of this id.
    ///
    /// # Errors
    /// [`SubscriberError::Database`].
    pub async fn replay_of(
        &self,
        subscriber: &Subscriber,
        id: Uuid,
    ) -> Result<Option<Replay>, SubscriberError> {
        Ok(
            sqlx::query_as(&format!("{SELECT} WHERE r.subscriber = $1 AND r.id = $2"))
                .bind(subscriber.name.as_str())
                .bind(id)
                .fetch_optional(self.pool())
                .await?,
        )
    }

    /// A subscriber's replays, the latest first, at most `limit`.
    ///
    /// # Errors
    /// [`SubscriberError::Database`].
    pub async fn replays(&self, subscriber: &Subscriber, limit: u32) -> Result<Vec<Replay>, SubscriberError> {
        Ok(sqlx::query_as(&format!(
            "{SELECT} WHERE r.subscriber = $1 ORDER BY r.requested_at DESC, r.id LIMIT $2"
        ))
        .bind(subscriber.name.as_str())
        .bind(i64::from(limit))
        .fetch_all(self.pool())
        .await?)
    }
}

/// The first position whose event was stored at this time or later; the one after the log's end when there is none.
///
/// Times rise with positions but for writers that crossed by a moment; the look-up takes in a minute before, so that an
/// event of that time is not missed by a neighbour's delay.
///
/// # Errors
/// [`SubscriberError::Database`].
pub async fn position_at(pool: &PgPool, at: DateTime<Utc>) -> Result<u64, SubscriberError> {
    let (mut low, mut high): (i64, i64) = sqlx::query_as("SELECT 1::bigint, size + 1 FROM public.log_head")
        .fetch_one(pool)
        .await?;
    // By halves: events have no index by time, and the log is in nearly their order.
    while low < high {
        let middle = low + (high - low) / 2;
        let earlier: bool = sqlx::query_scalar(
            "SELECT e.recorded_at < $2 - interval '1 minute'
               FROM public.events e WHERE e.position = $1",
        )
        .bind(middle)
        .bind(at)
        .fetch_one(pool)
        .await?;
        if earlier {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    let first: Option<i64> = sqlx::query_scalar(
        "SELECT e.position FROM public.events e
          WHERE e.position >= $1 AND e.recorded_at >= $2 ORDER BY e.position LIMIT 1",
    )
    .bind(low)
    .bind(at)
    .fetch_optional(pool)
    .await?;
    match first {
        Some(first) => Ok(first.unsigned_abs()),
        None => {
            let end: i64 = sqlx::query_scalar("SELECT size FROM public.log_head")
                .fetch_one(pool)
                .await?;
            Ok(end.unsigned_abs() + 1)
        }
    }
}

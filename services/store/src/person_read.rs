//! Which subscriber has read which person, and who has yet to say that it has erased them too.
//!
//! A read is written down before anything is handed out, so that no subscriber that holds something of a person is
//! missing from the list once that person is erased. One that was noted and then not answered is on the list as well:
//! an acknowledgement too many harms nobody.

use chrono::{DateTime, Utc};
use domain::values::RegistrationId;
use serde::Serialize;
use sqlx::Row;

use crate::Store;
use crate::error::StoreError;

/// What is expected of a subscriber that has read a person who is erased now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErasureAcknowledgement {
    /// The subscriber's name.
    pub subscriber: String,
    /// The registration whose person is erased.
    pub registration: RegistrationId,
    /// When the person was erased: since then the acknowledgement is expected.
    pub erased_at: DateTime<Utc>,
    /// When the subscriber first read the person.
    pub first_read_at: DateTime<Utc>,
    /// When it did so last.
    pub last_read_at: DateTime<Utc>,
    /// How often it did.
    pub reads: u64,
    /// When it said that it has erased the person; absent while it has not.
    pub acknowledged_at: Option<DateTime<Utc>>,
}

impl Store {
    /// Notes that a subscriber reads a person. To be called before anything is handed out.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn note_person_read(
        &self,
        subscriber: &str,
        registration: RegistrationId,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO feed.person_reads AS r (subscriber, registration) VALUES ($1, $2)
             ON CONFLICT (registration, subscriber) DO UPDATE SET last_at = clock_timestamp(), reads = r.reads + 1",
        )
        .bind(subscriber)
        .bind(registration.0)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Notes that a subscriber has erased a person too; the first time counts. Nothing is noted for one that never read
    /// the person, since nothing is expected of it. The caller knows that the person is erased here.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn acknowledge_erasure(
        &self,
        subscriber: &str,
        registration: RegistrationId,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE feed.person_reads SET acknowledged_at = clock_timestamp()
              WHERE subscriber = $1 AND registration = $2 AND acknowledged_at IS NULL",
        )
        .bind(subscriber)
        .bind(registration.0)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Every acknowledgement expected so far, or only the missing ones; the longest awaited first, and no more than `limit`.
    ///
    /// # Errors
    /// [`StoreError::Database`]; [`StoreError::Corrupt`].
    pub async fn erasure_acknowledgements(
        &self,
        missing_only: bool,
        limit: u32,
    ) -> Result<Vec<ErasureAcknowledgement>, StoreError> {
        let rows = sqlx::query(
            "SELECT r.subscriber, r.registration, e.recorded_at, r.first_at, r.last_at, r.reads, r.acknowledged_at
               FROM public.events e
               JOIN feed.person_reads r ON r.registration = e.aggregate_id::uuid
              WHERE e.event_type = 'PersonErased' AND (r.acknowledged_at IS NULL OR NOT $1)
              ORDER BY e.recorded_at, r.registration, r.subscriber
              LIMIT $2",
        )
        .bind(missing_only)
        .bind(i64::from(limit))
        .fetch_all(self.pool())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(ErasureAcknowledgement {
                    subscriber: row.try_get(0)?,
                    registration: RegistrationId(row.try_get(1)?),
                    erased_at: row.try_get(2)?,
                    first_read_at: row.try_get(3)?,
                    last_read_at: row.try_get(4)?,
                    reads: u64::try_from(row.try_get::<i64, _>(5)?)
                        .map_err(|_| StoreError::Corrupt("reads of person_reads"))?,
                    acknowledged_at: row.try_get(6)?,
                })
            })
            .collect()
    }

    /// How many acknowledgements are missing, and since when the longest awaited one is.
    ///
    /// # Errors
    /// [`StoreError::Database`]; [`StoreError::Corrupt`].
    pub async fn missing_acknowledgements(&self) -> Result<(u64, Option<DateTime<Utc>>), StoreError> {
        let row = sqlx::query(
            "SELECT count(*), min(e.recorded_at)
               FROM public.events e
               JOIN feed.person_reads r ON r.registration = e.aggregate_id::uuid
              WHERE e.event_type = 'PersonErased' AND r.acknowledged_at IS NULL",
        )
        .fetch_one(self.pool())
        .await?;
        let count = u64::try_from(row.try_get::<i64, _>(0)?)
            .map_err(|_| StoreError::Corrupt("count of person_reads"))?;
        Ok((count, row.try_get(1)?))
    }
}

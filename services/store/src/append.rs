//! Appending: one statement, one round trip, one transaction. The rules stand in the function `append_events`.

use std::time::Instant;

use chrono::{DateTime, Utc};
use domain::values::RegistrationId;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use crate::Store;
use crate::error::AppendError;
use crate::event::NewEvent;
use crate::unit_of_work::{KeyUse, UnitOfWork};

const APPEND: &str = "SELECT last_sequence, recorded_at FROM public.append_events(
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";

/// What an append did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The registration's last sequence: its version.
    pub last_sequence: u64,
    /// The time that the appended events carry; without events, the time of the append.
    pub recorded_at: DateTime<Utc>,
}

impl Store {
    /// Appends `events` after the registration's event `expected` (0: there is none), with all of `unit`, or nothing
    /// at all. Without events it commits the unit alone, such as the record of an answer that changed nothing.
    ///
    /// Recorded in the histogram `onboarding_append_seconds`, labelled with the outcome.
    ///
    /// # Errors
    /// See [`AppendError`]; in each case nothing was written, save that a lost connection leaves the outcome unknown.
    pub async fn append(
        &self,
        registration: RegistrationId,
        expected: u64,
        events: &[NewEvent],
        unit: &UnitOfWork,
    ) -> Result<Appended, AppendError> {
        let started = Instant::now();
        let result = self.append_unmeasured(registration, expected, events, unit).await;
        if result.is_ok() && !events.is_empty() {
            self.appended.notify_one();
        }
        let outcome = result.as_ref().map_or_else(AppendError::outcome, |_| "stored");
        metrics::histogram!("onboarding_append_seconds", "outcome" => outcome)
            .record(started.elapsed().as_secs_f64());
        result
    }

    async fn append_unmeasured(
        &self,
        registration: RegistrationId,
        expected: u64,
        events: &[NewEvent],
        unit: &UnitOfWork,
    ) -> Result<Appended, AppendError> {
        let mut connection = self.pool.acquire().await.map_err(AppendError::Database)?;
        append_on(&mut connection, registration, expected, events, unit).await
    }
}

async fn append_on(
    connection: &mut PgConnection,
    registration: RegistrationId,
    expected: u64,
    events: &[NewEvent],
    unit: &UnitOfWork,
) -> Result<Appended, AppendError> {
    let expected = i64::try_from(expected).map_err(|_| AppendError::Unfit("sequence is out of range"))?;
    let status = unit
        .command
        .as_ref()
        .map(|command| i16::try_from(command.status))
        .transpose();
    let status = status.map_err(|_| AppendError::Unfit("status is out of range"))?;
    let ids: Vec<Uuid> = events.iter().map(|_| Uuid::now_v7()).collect();
    let column = |of: fn(&NewEvent) -> &str| events.iter().map(of).collect::<Vec<&str>>();
    let (key_use, key_id, wrapped) = match &unit.key {
        KeyUse::None => ("none", None, None),
        KeyUse::Existing(key_id) => ("existing", Some(*key_id), None),
        KeyUse::New(wrapped) => ("new", Some(wrapped.key_id), Some(wrapped)),
        KeyUse::Close => ("close", None, None),
        KeyUse::Destroy => ("destroy", None, None),
    };
    let row = sqlx::query(APPEND)
        .bind(registration.0)
        .bind(expected)
        .bind(ids)
        .bind(column(|event| &event.event_type))
        .bind(column(|event| &event.event_version))
        .bind(column(|event| &event.payload))
        .bind(column(|event| &event.metadata))
        .bind(unit.command.as_ref().map(|command| command.id))
        .bind(unit.command.as_ref().map(|command| &command.request_hash[..]))
        .bind(status)
        .bind(unit.command.as_ref().and_then(|command| command.code.as_deref()))
        .bind(key_use)
        .bind(key_id)
        .bind(wrapped.map(|key| key.epoch.as_str()))
        .bind(wrapped.map(|key| key.wrapped.as_slice()))
        .bind(unit.account.as_ref().map(|index| &index.as_bytes()[..]))
        .bind(unit.credential.as_deref())
        .bind(
            unit.address_use
                .as_ref()
                .map(|address_use| &address_use.index.as_bytes()[..]),
        )
        .bind(unit.address_use.as_ref().map(|address_use| address_use.kind))
        .fetch_one(connection)
        .await?;
    let last_sequence: i64 = row.try_get(0).map_err(AppendError::Database)?;
    Ok(Appended {
        last_sequence: u64::try_from(last_sequence)
            .map_err(|_| AppendError::Unfit("sequence is out of range"))?,
        recorded_at: row.try_get(1).map_err(AppendError::Database)?,
    })
}

//! Who looked: every opening of what is sealed by somebody other than the person, and what operators did.
//!
//! Like the log of events, this one is only added to and a tree grows over it. Unlike events, entries get their place
//! at once, under the lock of the head's one row: looking is rare beside registering, and the place must be had before
//! anything is shown.

use chrono::{DateTime, Utc};
use domain::values::RegistrationId;
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgExecutor, Row};
use uuid::Uuid;

use crate::error::StoreError;
use crate::log::LogHead;
use crate::{Checkpoint, Store, access_leaf};

/// One look, or one act, as it is handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccessEntry {
    /// Who: `subscriber:crm`, `operator:jane`.
    pub actor: String,
    /// What the actor acted as: `subscriber`, `privacy_officer`.
    pub role: String,
    /// What for, in words that name no one.
    pub purpose: String,
    /// Whose data; none where the act is about no one registration.
    pub registration: Option<RegistrationId>,
    /// What was opened or done, a code: `person`, `identity`, `export`, `hold.set`. Lower case, `_` and `.`.
    pub what: String,
    /// The grant that allowed it.
    pub grant: Option<Uuid>,
}

/// Who acts, and as what, as the access log names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActingAs {
    /// `operator:jane`, `staff:jane`.
    pub name: String,
    /// `operator`, `privacy_officer`.
    pub role: String,
}

impl ActingAs {
    /// Whoever types a command.
    pub fn operator(name: &str) -> Self {
        Self {
            name: format!("operator:{name}"),
            role: "operator".to_owned(),
        }
    }

    /// Whoever is signed in to the console.
    pub fn staff(name: &str, role: &str) -> Self {
        Self {
            name: format!("staff:{name}"),
            role: role.to_owned(),
        }
    }

    /// The service itself.
    pub fn service(name: &str) -> Self {
        Self {
            name: format!("service:{name}"),
            role: "service".to_owned(),
        }
    }

    /// What it did about a registration, and why.
    pub fn act(&self, registration: RegistrationId, what: &str, why: &str) -> AccessEntry {
        AccessEntry {
            actor: self.name.clone(),
            role: self.role.clone(),
            purpose: why.to_owned(),
            registration: Some(registration),
            what: what.to_owned(),
            grant: None,
        }
    }
}

/// An entry in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Access {
    /// Its place in the access log, from 1.
    pub position: u64,
    /// When, by the database's clock.
    pub accessed_at: DateTime<Utc>,
    /// What was recorded.
    #[serde(flatten)]
    pub entry: AccessEntry,
    /// The hash that the log holds for it.
    #[serde(skip)]
    pub leaf_hash: [u8; 32],
}

impl Access {
    /// The hash of the columns as they stand now. It differs from `leaf_hash` when somebody has rewritten the entry.
    pub fn recomputed_leaf_hash(&self) -> [u8; 32] {
        access_leaf::hash(&self.entry, self.accessed_at)
    }
}

impl FromRow<'_, PgRow> for Access {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            position: row.try_get::<i64, _>("position")?.unsigned_abs(),
            accessed_at: row.try_get("accessed_at")?,
            entry: AccessEntry {
                actor: row.try_get("actor")?,
                role: row.try_get("role")?,
                purpose: row.try_get("purpose")?,
                registration: row
                    .try_get::<Option<Uuid>, _>("registration_id")?
                    .map(RegistrationId),
                what: row.try_get("what")?,
                grant: row.try_get("grant_id")?,
            },
            leaf_hash: row.try_get("leaf_hash")?,
        })
    }
}

impl Store {
    /// Records a look and answers with its place. Hand out nothing before this has returned.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing was recorded, or it is unknown whether it was, and nothing may be shown.
    pub async fn record_access(&self, entry: &AccessEntry) -> Result<u64, StoreError> {
        self.record_accesses(std::slice::from_ref(entry)).await
    }

    /// Records several at once, all or none, and answers with the last one's place.
    ///
    /// # Errors
    /// As for [`Self::record_access`].
    pub async fn record_accesses(&self, entries: &[AccessEntry]) -> Result<u64, StoreError> {
        record_on(self.pool(), entries).await
    }

    /// Who looked at this registration's person, and what operators did about it, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn accesses_of(&self, registration: RegistrationId) -> Result<Vec<Access>, StoreError> {
        Ok(
            sqlx::query_as("SELECT * FROM public.access_log WHERE registration_id = $1 ORDER BY position")
                .bind(registration.0)
                .fetch_all(self.pool())
                .await?,
        )
    }

    /// Up to `limit` entries from this position on, in order.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn read_accesses(&self, from_position: u64, limit: u32) -> Result<Vec<Access>, StoreError> {
        Ok(
            sqlx::query_as("SELECT * FROM public.access_log WHERE position >= $1 ORDER BY position LIMIT $2")
                .bind(bigint(from_position))
                .bind(i64::from(limit))
                .fetch_all(self.pool())
                .await?,
        )
    }

    /// The latest entries, newest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn latest_accesses(&self, limit: u32) -> Result<Vec<Access>, StoreError> {
        Ok(
            sqlx::query_as("SELECT * FROM public.access_log ORDER BY position DESC LIMIT $1")
                .bind(i64::from(limit))
                .fetch_all(self.pool())
                .await?,
        )
    }

    /// Where the access log ends, with the tree over it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn access_log_head(&self) -> Result<LogHead, StoreError> {
        Ok(
            sqlx::query_as("SELECT size, frontier FROM public.access_log_head")
                .fetch_one(self.pool())
                .await?,
        )
    }

    /// Keeps a signed checkpoint of the access log. One of the same size stays as it is.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn record_access_checkpoint(
        &self,
        size: u64,
        root: &[u8; 32],
        note: &str,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO public.access_checkpoints (size, root, note) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(bigint(size))
        .bind(&root[..])
        .bind(note)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// The access log's checkpoints, smallest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn access_checkpoints(&self) -> Result<Vec<Checkpoint>, StoreError> {
        let rows: Vec<(i64, [u8; 32], String, DateTime<Utc>)> =
            sqlx::query_as("SELECT size, root, note, signed_at FROM public.access_checkpoints ORDER BY size")
                .fetch_all(self.pool())
                .await?;
        Ok(rows
            .into_iter()
            .map(|(size, root, note, signed_at)| Checkpoint {
                size: size.unsigned_abs(),
                root,
                note,
                signed_at,
            })
            .collect())
    }
}

/// Records entries in one statement: alone, or within a transaction of the caller's, so that an act and its record are
/// one. The function `record_accesses` (migration 0072) holds the lock that all who look share, so it comes last there.
pub(crate) async fn record_on(
    executor: impl PgExecutor<'_>,
    entries: &[AccessEntry],
) -> Result<u64, StoreError> {
    fn column<'a, T>(entries: &'a [AccessEntry], of: impl Fn(&'a AccessEntry) -> T) -> Vec<T> {
        entries.iter().map(of).collect()
    }
    let place: i64 = sqlx::query_scalar("SELECT public.record_accesses($1, $2, $3, $4, $5, $6)")
        .bind(column(entries, |entry| entry.actor.as_str()))
        .bind(column(entries, |entry| entry.role.as_str()))
        .bind(column(entries, |entry| entry.purpose.as_str()))
        .bind(column(entries, |entry| entry.registration.map(|id| id.0)))
        .bind(column(entries, |entry| entry.what.as_str()))
        .bind(column(entries, |entry| entry.grant))
        .fetch_one(executor)
        .await?;
    Ok(place.unsigned_abs())
}

fn bigint(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

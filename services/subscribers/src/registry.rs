//! The table of subscribers: adding, knowing, revoking.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::registration::Event;
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, PgPool, Row};

use crate::lanes::Lanes;
use crate::secret::digest;
use crate::{SubscriberError, SubscriberName, SubscriberSecret};

/// How a subscriber receives its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It fetches them from a stream of its own.
    Nats,
    /// It is called over HTTP.
    Webhook,
}

impl Kind {
    fn code(self) -> &'static str {
        match self {
            Self::Nats => "nats",
            Self::Webhook => "webhook",
        }
    }
}

/// A subscriber, without its secret.
#[derive(Clone, Debug, Serialize)]
pub struct Subscriber {
    /// Its name.
    pub name: SubscriberName,
    /// How it receives its events.
    pub kind: Kind,
    /// The names of the events that it asked for.
    pub events: Vec<String>,
    /// It was promised every event after this position.
    pub begins_after: u64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// Since when nothing is handed over, where that was asked for.
    pub paused_at: Option<DateTime<Utc>>,
    /// Since when its secret opens nothing.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Subscriber {
    /// Who it is in the log of accesses.
    pub fn actor(&self) -> String {
        format!("subscriber:{}", self.name)
    }
}

impl FromRow<'_, PgRow> for Subscriber {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let foreign = |column: &str| sqlx::Error::ColumnDecode {
            index: column.to_owned(),
            source: "a value that is not of this program's making".into(),
        };
        let kind: String = row.try_get("kind")?;
        Ok(Self {
            name: row
                .try_get::<String, _>("name")?
                .parse()
                .map_err(|_| foreign("name"))?,
            kind: match kind.as_str() {
                "nats" => Kind::Nats,
                "webhook" => Kind::Webhook,
                _ => return Err(foreign("kind")),
            },
            events: row.try_get("events")?,
            begins_after: row.try_get::<i64, _>("begins_after")?.unsigned_abs(),
            created_at: row.try_get("created_at")?,
            paused_at: row.try_get("paused_at")?,
            revoked_at: row.try_get("revoked_at")?,
        })
    }
}

/// What is asked for a new subscriber.
#[derive(Clone, Debug)]
pub struct NewSubscriber {
    /// Its name.
    pub name: SubscriberName,
    /// How it is to receive its events.
    pub kind: Kind,
    /// The names of the events that it is to receive.
    pub events: Vec<String>,
    /// It receives every event after this position.
    pub begins_after: u64,
}

/// Every event that a subscriber may ask for, by name.
pub fn known_events() -> BTreeSet<&'static str> {
    Event::NAMES.iter().copied().collect()
}

/// The subscribers.
#[derive(Clone, Debug)]
pub struct Registry {
    pool: PgPool,
}

impl Registry {
    /// The lanes of these subscribers.
    pub fn lanes(&self) -> Lanes {
        Lanes::new(self.pool.clone())
    }

    /// The registry in this database.
    pub fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    /// Who presents this secret: a subscriber that is not revoked, or nobody. The look-up is by digest, so that its time
    /// says nothing of a secret.
    ///
    /// # Errors
    /// [`SubscriberError::Database`].
    pub async fn authenticate(&self, secret: &str) -> Result<Option<Subscriber>, SubscriberError> {
        Ok(
            sqlx::query_as("SELECT * FROM feed.subscribers WHERE secret_hash = $1 AND revoked_at IS NULL")
                .bind(&digest(secret)[..])
                .fetch_optional(&self.pool)
                .await?,
        )
    }

    /// Adds a subscriber. The secret is told here and never again.
    ///
    /// # Errors
    /// Unknown events, a name that is taken, a position beyond the log; [`SubscriberError::Database`].
    pub async fn add(
        &self,
        asked: &NewSubscriber,
    ) -> Result<(Subscriber, SubscriberSecret), SubscriberError> {
        Self::insert(&mut *self.pool.acquire().await?, asked).await
    }

    /// Adds a subscriber with what else the transaction of this connection holds.
    pub(crate) async fn insert(
        connection: &mut PgConnection,
        asked: &NewSubscriber,
    ) -> Result<(Subscriber, SubscriberSecret), SubscriberError> {
        let events = checked(&asked.events)?;
        let end: i64 = sqlx::query_scalar("SELECT size FROM public.log_head")
            .fetch_one(&mut *connection)
            .await?;
        if asked.begins_after > end.unsigned_abs() {
            return Err(SubscriberError::BeyondTheLog {
                asked: asked.begins_after,
                end: end.unsigned_abs(),
            });
        }
        let secret = SubscriberSecret::new()?;
        let added: Option<Subscriber> = sqlx::query_as(
            "WITH added AS (
               INSERT INTO feed.subscribers (name, kind, events, secret_hash, begins_after) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (name) DO NOTHING RETURNING *),
             cursor AS (INSERT INTO feed.cursors (subscriber, position) SELECT name, begins_after FROM added)
             SELECT * FROM added",
        )
        .bind(asked.name.as_str())
        .bind(asked.kind.code())
        .bind(&events)
        .bind(&secret.digest()[..])
        .bind(i64::try_from(asked.begins_after).unwrap_or(i64::MAX))
        .fetch_optional(connection)
        .await?;
        match added {
            Some(added) => Ok((added, secret)),
            None => Err(SubscriberError::NameTaken(asked.name.clone())),
        }
    }

    /// A subscriber by name, revoked or not.
    ///
    /// # Errors
    /// [`SubscriberError::Unknown`], [`SubscriberError::Database`].
    pub async fn find(&self, name: &str) -> Result<Subscriber, SubscriberError> {
        sqlx::query_as("SELECT * FROM feed.subscribers WHERE name = $1")
            .bind(name)
            .fetch_optional(&self.pool)
            .await?
            .ok_or_else(|| SubscriberError::Unknown(name.to_owned()))
    }

    /// Every subscriber, by name; the revoked ones too.
    ///
    /// # Errors
    /// [`SubscriberError::Database`].
    pub async fn all(&self) -> Result<Vec<Subscriber>, SubscriberError> {
        Ok(sqlx::query_as("SELECT * FROM feed.subscribers ORDER BY name")
            .fetch_all(&self.pool)
            .await?)
    }

    /// Gives a subscriber another secret; the old one opens nothing from now on.
    ///
    /// # Errors
    /// [`SubscriberError::Unknown`], also for a revoked one; [`SubscriberError::Database`].
    pub async fn rotate(&self, name: &str) -> Result<SubscriberSecret, SubscriberError> {
        let secret = SubscriberSecret::new()?;
        let changed = sqlx::query(
            "UPDATE feed.subscribers SET secret_hash = $2, secret_changed_at = clock_timestamp()
              WHERE name = $1 AND revoked_at IS NULL",
        )
        .bind(name)
        .bind(&secret.digest()[..])
        .execute(&self.pool)
        .await?;
        match changed.rows_affected() {
            0 => Err(SubscriberError::Unknown(name.to_owned())),
            _ => Ok(secret),
        }
    }

    /// Revokes a subscriber: its secret opens nothing from now on, and nothing is sent to it. Twice is fine.
    ///
    /// # Errors
    /// [`SubscriberError::Unknown`], [`SubscriberError::Database`].
    pub async fn revoke(&self, name: &str) -> Result<Subscriber, SubscriberError> {
        sqlx::query_as(
            "UPDATE feed.subscribers SET revoked_at = coalesce(revoked_at, clock_timestamp()) WHERE name = $1
             RETURNING *",
        )
        .bind(name)
        .fetch_optional(&self.pool)
        .await?
        .ok_or_else(|| SubscriberError::Unknown(name.to_owned()))
    }

    /// Stops handing over to a subscriber, or goes on.
    ///
    /// # Errors
    /// [`SubscriberError::Unknown`], [`SubscriberError::Database`].
    pub async fn pause(&self, name: &str, pause: bool) -> Result<Subscriber, SubscriberError> {
        sqlx::query_as(
            "UPDATE feed.subscribers
                SET paused_at = CASE WHEN $2 THEN coalesce(paused_at, clock_timestamp()) END
              WHERE name = $1 AND revoked_at IS NULL RETURNING *",
        )
        .bind(name)
        .bind(pause)
        .fetch_optional(&self.pool)
        .await?
        .ok_or_else(|| SubscriberError::Unknown(name.to_owned()))
    }
}

/// The events asked for, each once; or all those that do not exist.
fn checked(asked: &[String]) -> Result<Vec<String>, SubscriberError> {
    let known = known_events();
    let list = || known.iter().copied().collect::<Vec<_>>().join(", ");
    let unknown: Vec<String> = asked
        .iter()
        .filter(|name| !known.contains(name.as_str()))
        .cloned()
        .collect();
    if !unknown.is_empty() {
        return Err(SubscriberError::UnknownEvents {
            unknown,
            known: list(),
        });
    }
    if asked.is_empty() {
        return Err(SubscriberError::NoEvents { known: list() });
    }
    let each_once: BTreeSet<&String> = asked.iter().collect();
    Ok(each_once.into_iter().cloned().collect())
}
